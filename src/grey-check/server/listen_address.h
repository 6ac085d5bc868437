/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a server listens: unix:PATH or inet:[HOST:]PORT.
 */
#ifndef LISTEN_ADDRESS_H
#define LISTEN_ADDRESS_H

#include <sys/types.h>
#include <stdbool.h>

enum { LISTEN_HOST_MAX = 255 };

struct listen_address {
	const char *text; /* as it was given, kept by reference */
	const char *path; /* NULL: inet */
	const char *port;
	char host[LISTEN_HOST_MAX + 1]; /* empty: loopback */
};

/* NULL, or why the text is not an address; refers to no host yet. */
const char *listen_parse(const char *text, struct listen_address *);

/* An octal mode such as 0666 or 660. False: it is not one. */
bool listen_parse_mode(const char *text, mode_t *);

struct listen_socket {
	int fd;	      /* does not block */
	bool is_inet; /* TCP */
	bool is_ours; /* and nobody else's: who waits there is lost with it */
	const char *path; /* of the file to be removed at the end, or NULL */
	dev_t device;	  /* of that file */
	ino_t inode;
};

#endif

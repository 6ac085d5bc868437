/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A service of master.cf, and what spawn(8) runs for it. The columns are those
 * of master(5), the words of spawn's command those of spawn(8).
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>

#include "words.h"

enum { SERVICE_COMMAND = 7 }; /* the word that it is */

struct master_service {
	/* What check_policy_service names, for one that is not of master.cf:
	   then that is all that is known of it, but for name and type. NULL:
	   it is of master.cf. */
	const char *endpoint;
	const char *name;
	const char *type;
	const char *private;
	const char *unprivileged;
	const char *chroot;
	const char *limit;  /* of processes */
	const char *daemon; /* smtpd, spawn, ... */
	char path[256];	    /* name/type, as postconf has it */
	struct words words; /* of the whole line */
	const char *user;   /* spawn: user=, NULL: it is not given */
	const char *group;  /* after the colon, NULL: the user's own */
	char **argv;	    /* spawn: the command; NULL: it has none */
	int argc;
};

/* Reads a line of `postconf -M`, and changes it. False: it is no service. */
bool service_read(char *line, struct master_service *);

/* Does spawn(8) run a program of this name for it? */
bool service_runs(const struct master_service *, const char *program);

/*
 * Is this what check_policy_service names: "unix:private/greylist",
 * "inet:host:port"? queue: Postfix's queue_directory.
 */
bool service_is_endpoint(
    const struct master_service *, const char *endpoint, const char *queue);

/* The file of its socket, if its type is unix. */
void service_path(
    const struct master_service *, const char *queue, char *out, size_t size);

/* What check_policy_service is to name. */
void service_endpoint(const struct master_service *, char *out, size_t size);

#endif

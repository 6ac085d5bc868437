/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Postfix's configuration, as postconf(1) prints it: main.cf's parameters with
 * their defaults, what master.cf's services say otherwise (-o), and its
 * services.
 */
#ifndef POSTCONF_H
#define POSTCONF_H

#include <stdbool.h>
#include <stddef.h>

/* Lines without their ends; each is a text of its own, and may be changed. */
struct postconf_lines {
	char *text;
	size_t count;
	char **line;
};

struct postconf {
	char command[4200];		 /* "postconf", for what is pasted */
	struct postconf_lines written;	 /* parameters as they are written */
	struct postconf_lines expanded;	 /* with $names replaced */
	struct postconf_lines overrides; /* service/type/parameter = value */
	struct postconf_lines services;
};

/* False: postconf could not be run, or failed, and msg() said why. */
bool postconf_read(struct postconf *, const char *directory);
void postconf_free(struct postconf *);

/* The value of a parameter, "" where there is no such one. */
const char *postconf_value(const struct postconf_lines *, const char *name);

/*
 * The same, as it counts for a service of master.cf, named "name/type"; *own is
 * true where the service says it.
 */
const char *postconf_of_service(
    const struct postconf *, const char *service, const char *name, bool *own);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a configuration holds, and how one file adds to it.
 */
#ifndef CONF_FILE_H
#define CONF_FILE_H

#include "file_version.h"
#include "opt_list.h"
#include "opt_value.h"

enum { CONF_FILES_MAX = 8, CONF_PROBLEMS_MAX = 10, CONF_BYTES_MAX = 65536 };

/* What is the same for all configurations of a program. */
struct conf_program {
	const char *name; /* its heading */
	bool is_greylist; /* what stands before any heading is for it, too */
	const struct opt *table; /* with a row "config" */
	/* Of values of files, beyond what the row says; may be NULL. */
	bool (*check)(const struct opt *, const char *text,
	    char reason[static OPT_REASON_MAX]);
};

struct conf_file {
	const char *path;
	bool optional; /* the default one: if it does not exist it is empty */
	struct file_version version; /* that was read */
	int seen_error;		     /* at the last look */
};

struct conf {
	const struct conf_program *program;
	struct opt_list list;
	struct conf_file files[CONF_FILES_MAX];
	size_t file_count;
	unsigned problem_count; /* of which the first are here */
	struct {
		struct opt_problem problem;
		uint64_t mark; /* of it in this version of the file */
	} problems[CONF_PROBLEMS_MAX];
	size_t used; /* of the next, which the texts of files are in */
	char bytes[CONF_BYTES_MAX];
};

/*
 * Reads the file as it is now. What is bad is among the problems, and for it
 * what `last` had from files is kept, unless that is NULL.
 */
void conf_file_read(struct conf *, struct conf_file *, const struct conf *last);

/* A text that lives as long as the configuration. NULL: there is no room. */
const char *conf_copy(struct conf *, struct bytes text);

/* NULL: the program has no option of this name. */
const struct opt *conf_row(const struct conf_program *, const char *name);

#endif

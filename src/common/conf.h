/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings of a program from all places: the command line, the store, the
 * files of the configuration (grey.conf(5), conf_line.h), the defaults.
 *
 * Lines before any heading are for all programs of the greylist; what a program
 * does not have there is passed over, if another one has it. Lines after a
 * heading are for the program of that name. The problems of the command line
 * come back at once, those of files are gathered, and what is bad there is left
 * out: the program decides whether it goes on without it.
 */
#ifndef CONF_H
#define CONF_H

#include "file_version.h"
#include "opt.h"
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
 * Reads argv, then the files that it names, or the default one, and sets the
 * settings. The configuration and its arguments are kept as long as these. The
 * index of the first operand, or -1 and *problem of the command line.
 */
int conf_read(struct conf *, const struct conf_program *, void *settings,
    int argc, char **argv, opt_obsolete *, struct opt_problem *problem);

/* NULL, or the first problem of a file. */
const struct opt_problem *conf_problem(const struct conf *);

/*
 * The store, named `where`, says how an option is set, which counts from now on
 * unless the command line has it. What the program does not have, or what can't
 * be a value, is passed over. Of what is repeatable nothing can come so.
 */
void conf_add_store(struct conf *, void *settings, const char *name,
    struct bytes text, const char *where);

/* What counts for this option, by any name of it; NULL: its default. */
const struct opt_entry *conf_given(const struct conf *, const char *name);

/* The last that was given there; NULL: nothing. */
const struct opt_entry *conf_given_by(
    const struct conf *, const char *name, enum opt_layer);

/* Has one of the files changed, and does nobody seem to be at work on it? */
bool conf_has_changed(struct conf *);

/*
 * The same again, from the files as they are now. Where a line is bad now, what
 * `last` had for that option stays; where a file can't be read, all of it.
 */
void conf_read_again(struct conf *, const struct conf *last, void *settings);

/*
 * --show-config: a file that would set the same, with a comment on each line
 * that says where the value comes from.
 */
void conf_show(const struct conf *, FILE *out);

#endif

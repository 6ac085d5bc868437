/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of options: one row an option holds its name, letter, argument,
 * default, unit, bounds and help.
 */
#ifndef OPT_TABLE_H
#define OPT_TABLE_H

#include <stdint.h>

#include "num.h"

enum opt_kind {
	OPT_FLAG,     /* bool: true */
	OPT_COUNT,    /* int: one more each time */
	OPT_NUMBER,   /* int64_t, within range */
	OPT_DURATION, /* int64_t seconds, within range; bare numbers in unit */
	OPT_TEXT,     /* const char *, range.min to range.max bytes; 0: any */
	OPT_CHOICE,   /* int: the index of the word in choices "a|b|c" */
	OPT_TEXTS,    /* struct opt_texts: repeatable */
	OPT_OBSOLETE  /* accepted; help says what is used instead */
};

enum { OPT_TEXTS_MAX = 64 };

struct opt_texts {
	const char *text[OPT_TEXTS_MAX];
	size_t count;
};

struct opt {
	const char *name; /* without the dashes */
	int letter;	  /* the short form, or 0 */
	/* As help shows it; NULL: takes none; "[N]": optional,
	 * "[=N]": and never the next word. */
	const char *argument;
	/* The default, also where an optional argument is empty or left out;
	   NULL: there is no default. */
	const char *fallback;
	enum opt_kind kind;
	size_t offset;
	int64_t unit;
	struct num_range range;
	const char *help; /* NULL: another name of the option above it */
};

/* Rows without unit and range; of flags; those of all programs; the last. */
#define OPT_ROW(name, letter, argument, fallback, kind, at, help) \
	{ \
		name, letter, argument, fallback, kind, at, 0, { 0, 0 }, help \
	}
#define OPT_SWITCH(name, letter, at, help) \
	OPT_ROW(name, letter, NULL, NULL, OPT_FLAG, at, help)
#define OPT_HELP(help_at, version_at) \
	OPT_SWITCH("help", 0, help_at, "show this and end"), \
	    OPT_SWITCH("version", 0, version_at, "show the version and end")
#define OPT_END OPT_ROW(NULL, 0, NULL, NULL, OPT_FLAG, 0, NULL)

#endif

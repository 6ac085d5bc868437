/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of options: one row an option holds its name, letter, argument,
 * default, unit, bounds and help.
 */
#ifndef OPT_TABLE_H
#define OPT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "defaults.h"
#include "num.h"

enum opt_kind {
	OPT_FLAG,     /* bool: true, or what "yes" or "no" says */
	OPT_UNFLAG,   /* bool: the contrary; of one place, a flag counts more */
	OPT_COUNT,    /* int: one more each time */
	OPT_NUMBER,   /* int64_t, within range */
	OPT_DURATION, /* int64_t seconds, within range; bare numbers in unit */
	OPT_SIZE,     /* int64_t bytes, within range */
	OPT_TEXT,     /* const char *, range.min to range.max bytes; 0: any */
	OPT_CHOICE,   /* int: the index of the word in choices "a|b|c" */
	OPT_TEXTS,    /* struct opt_texts: repeatable */
	OPT_LOG,      /* struct msg_target, from a text */
	OPT_OBSOLETE  /* accepted; help says what is used instead */
};

enum { OPT_ROWS_MAX = 80, OPT_TEXTS_MAX = 64 };

struct opt_texts {
	const char *text[OPT_TEXTS_MAX];
	size_t count;
};

struct opt_of_all {
	struct opt_texts files;
	bool show, help, version;
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
	/* A question or an order, not a setting: it stands in no file. */
	bool once;
};

/*
 * Rows: with unit and bounds, without them, of a switch; each also as one that
 * is given for one call only. Then those of all programs, and the last.
 */
#define OPT_ROW_OF( \
    name, letter, argument, fallback, kind, at, unit, min, max, help, once) \
	{ \
		name, letter, argument, fallback, kind, at, unit, \
		    { min, max }, help, once \
	}
#define OPT_BOUNDED( \
    name, letter, argument, fallback, kind, at, unit, min, max, help) \
	OPT_ROW_OF(name, letter, argument, fallback, kind, at, unit, min, max, \
	    help, false)
#define OPT_ROW(name, letter, argument, fallback, kind, at, help) \
	OPT_BOUNDED(name, letter, argument, fallback, kind, at, 0, 0, 0, help)
#define OPT_SWITCH(name, letter, at, help) \
	OPT_ROW(name, letter, NULL, NULL, OPT_FLAG, at, help)
#define OPT_ONCE_BOUNDED( \
    name, letter, argument, fallback, kind, at, unit, min, max, help) \
	OPT_ROW_OF(name, letter, argument, fallback, kind, at, unit, min, max, \
	    help, true)
#define OPT_ONCE(name, letter, argument, fallback, kind, at, help) \
	OPT_ONCE_BOUNDED( \
	    name, letter, argument, fallback, kind, at, 0, 0, 0, help)
#define OPT_ONCE_SWITCH(name, letter, at, help) \
	OPT_ONCE(name, letter, NULL, NULL, OPT_FLAG, at, help)
/* Those of all programs; at: where a struct opt_of_all is. */
#define OPT_OF_ALL(help_letter, at) \
	OPT_ONCE("config", 0, "FILE", GREY_CONF, OPT_TEXTS, \
	    (at) + offsetof(struct opt_of_all, files), \
	    "settings are in FILE; repeatable; none: in no file"), \
	    OPT_ONCE_SWITCH("show-config", 0, \
		(at) + offsetof(struct opt_of_all, show), \
		"print each setting and where it comes from"), \
	    OPT_ONCE_SWITCH("help", help_letter, \
		(at) + offsetof(struct opt_of_all, help), \
		"show this and end"), \
	    OPT_ONCE_SWITCH("version", 0, \
		(at) + offsetof(struct opt_of_all, version), \
		"show the version and end")
#define OPT_END OPT_ROW(NULL, 0, NULL, NULL, OPT_FLAG, 0, NULL)

#endif

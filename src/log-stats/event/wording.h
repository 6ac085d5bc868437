/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Postfix and its neighbours write, line by line: the only place that
 * knows their wording. A row of the table is a text, and what it means. The
 * first that fits is taken; rows that begin with two characters of text come
 * before those that do not.
 */
#ifndef WORDING_H
#define WORDING_H

#include "event.h"
#include "fields.h"

/* What stands before the text of a row. */
enum wording_lead {
	LEAD_ANY,     /* a queue id, NOQUEUE, or nothing */
	LEAD_PLAIN,   /* neither */
	LEAD_ID,      /* a queue id */
	LEAD_NOQUEUE, /* the word */
	LEAD_WARNING  /* "warning: ", and perhaps a queue id */
};

struct wording {
	unsigned long daemons; /* a bit each */
	enum wording_lead lead;
	const char *pattern; /* see match.h */
	enum event_class class;
	fields_reader *read; /* what follows the pattern, or NULL */
};

enum { WORDINGS_MAX = 320 };
extern const struct wording wordings[];
extern const size_t wording_count;

#endif

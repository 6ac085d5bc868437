/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Postfix and its neighbours write, line by line. A row has the front of a
 * text, what it means, and who reads the rest (fields.h). The first row that
 * fits is taken, but rows that begin with two characters of text are tried
 * before those that begin with a directive.
 */
#ifndef WORDING_H
#define WORDING_H

#include "event.h"
#include "fields.h"

/* What comes before the text of a row. */
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

enum { WORDINGS_MAX = 384 };
extern const struct wording wordings[];
extern const size_t wording_count;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries as journalctl(1) writes them: -o json (one object a line; json-sse
 * has "data: " before it, json-seq the byte 0x1E), and -o export (lines of
 * FIELD=value; a field that holds newlines or other control bytes is its name
 * alone, then its length in 8 bytes, little-endian, and as many bytes; a blank
 * line ends the entry). systemd: JOURNAL_EXPORT_FORMATS.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "entry.h"
#include "log-stats/input/source.h"

struct journal;

struct journal *journal_new(void);
void journal_free(struct journal *);

bool journal_is_json(struct bytes line);

/* False: it is no entry. The entry is valid until the next call. */
bool journal_read_json(struct journal *, struct bytes line, struct entry *);

enum journal_result {
	JOURNAL_MORE,	/* the entry goes on with the next line */
	JOURNAL_ENTRY,	/* it is complete */
	JOURNAL_NONE,	/* an entry without a message */
	JOURNAL_BROKEN, /* a field that is none; what was read is lost */
	JOURNAL_NOT	/* the line is no field: the entry has ended before */
};

/* Is it the first field of an entry? */
bool journal_is_export(struct bytes line);

/* A line of an entry, from its first to the blank one; the source is asked for
 * more where a field needs it. */
enum journal_result journal_read_export(
    struct journal *, struct source *, struct bytes line, struct entry *);

/* Something else follows, or nothing: was there an entry without its blank
 * line? */
enum journal_result journal_end_export(struct journal *, struct entry *);

/* An entry has begun and not ended. */
bool journal_is_within(const struct journal *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries as journalctl(1) writes them: -o json (one object a line; json-sse
 * has "data: " before it, json-seq the byte 0x1E), and -o export (lines of
 * FIELD=value; a field that holds newlines or other control bytes is its name
 * alone, then its length in 8 bytes, little-endian, and its bytes; a blank line
 * ends the entry). systemd: JOURNAL_EXPORT_FORMATS. Docker's json-file, too,
 * where a line of the log is the value of "log".
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "entry.h"
#include "log-stats/input/source.h"

struct journal;

struct journal *journal_new(void);
void journal_free(struct journal *);

bool journal_is_json(struct bytes line);

/* False: the line is not an entry. The entry is valid until the next call. */
bool journal_read_json(struct journal *, struct bytes line, struct entry *);

enum journal_result {
	JOURNAL_MORE,	/* the entry goes on with the next line */
	JOURNAL_ENTRY,	/* it is complete */
	JOURNAL_NONE,	/* an entry without a message */
	JOURNAL_BROKEN, /* in the middle of a field; the entry is lost */
	JOURNAL_NOT	/* the line is not a field: the entry has ended */
};

/* Is the line the first field of an entry? */
bool journal_is_export(struct bytes line);

/* For each line of an entry, from its first to the blank one; what else a field
 * needs is read from the source. */
enum journal_result journal_read_export(
    struct journal *, struct source *, struct bytes line, struct entry *);

/* For an entry that ends without a blank line, because something else follows,
 * or nothing. */
enum journal_result journal_end_export(struct journal *, struct entry *);

/* Has an entry begun and not ended? */
bool journal_is_within(const struct journal *);

#endif

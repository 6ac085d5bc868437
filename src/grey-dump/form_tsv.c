/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line a record, fields with a tab between, bytes escaped by text_escape():
 *   triplets  network sender recipient first last host state wait awl
 *   clients   client count last state
 *   others    key value, which can't be decoded
 * A key that has no parts stands whole in the first field, with empty ones for
 * sender and recipient.
 */
#include <inttypes.h>

#include "common/text.h"
#include "form.h"

static void
put(FILE *out, struct bytes bytes)
{
	char text[16];
	uint32_t code;
	size_t n;

	for (; bytes.len > 0; bytes = bytes_from(bytes, n)) {
		n = text_character(bytes, &code);
		if (n == 0)
			n = 1;
		fwrite_unlocked(text, 1,
		    text_escape((struct bytes){ bytes.data, n }, text), out);
	}
}

static void
put_triplet(FILE *out, const struct row *row)
{
	put(out, row->split ? row->parts.network : row->key);
	putc('\t', out);
	if (row->split)
		put(out, row->parts.sender);
	putc('\t', out);
	if (row->split)
		put(out, row->parts.recipient);
	fprintf(out, "\t%" PRId64 "\t%" PRId64 "\t", row->triplet.first,
	    row->triplet.last);
	put(out, row->triplet.host);
	fprintf(
	    out, "\t%s\t%" PRId64 "\t", row_state_names[row->state], row->wait);
	if (row->awl >= 0)
		fprintf(out, "%" PRId64, row->awl);
}

static void
put_client(FILE *out, const struct row *row)
{
	put(out, row->key);
	fprintf(out, "\t%" PRId64 "\t%" PRId64 "\t%s", row->client.count,
	    row->client.last, row_state_names[row->state]);
}

static bool
put_row(FILE *out, const struct row *row)
{
	if (!row->decoded) {
		put(out, row->key);
		putc('\t', out);
		put(out, row->value);
	} else if (row->table == STORE_TRIPLETS)
		put_triplet(out, row);
	else
		put_client(out, row);
	putc('\n', out);
	return true;
}

const struct form form_tsv = { NULL, put_row };

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line a record, fields with a tab between, bytes escaped by text_escape():
 *   triplets  network sender recipient first last host state wait awl
 *   clients   client count last state
 *   others    key value, which can't be decoded
 * A key that has no parts stands whole in the first field, with empty ones for
 * sender and recipient.
 */
#include "form.h"
#include "put.h"

static void
put_triplet(const struct row *row)
{
	put_escaped(row->split ? row->parts.network : row->key);
	put_char('\t');
	if (row->split)
		put_escaped(row->parts.sender);
	put_char('\t');
	if (row->split)
		put_escaped(row->parts.recipient);
	put_char('\t');
	put_number(row->triplet.first);
	put_char('\t');
	put_number(row->triplet.last);
	put_char('\t');
	put_escaped(row->triplet.host);
	put_char('\t');
	put_text(row_state_names[row->state]);
	put_char('\t');
	put_number(row->wait);
	put_char('\t');
	if (row->awl >= 0)
		put_number(row->awl);
}

static void
put_client(const struct row *row)
{
	put_escaped(row->key);
	put_char('\t');
	put_number(row->client.count);
	put_char('\t');
	put_number(row->client.last);
	put_char('\t');
	put_text(row_state_names[row->state]);
}

static void
put_row(const struct row *row)
{
	if (!row->decoded) {
		put_escaped(row->key);
		put_char('\t');
		put_escaped(row->value);
	} else if (row->table == STORE_TRIPLETS)
		put_triplet(row);
	else
		put_client(row);
	put_char('\n');
}

const struct form form_tsv = { NULL, put_row };

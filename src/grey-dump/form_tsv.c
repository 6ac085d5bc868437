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
put_field(struct bytes bytes)
{
	put_escaped(bytes);
	put_char('\t');
}

static void
put_number_field(int64_t number)
{
	put_number(number);
	put_char('\t');
}

static void
put_triplet(const struct row *row)
{
	const struct bytes nothing = { NULL, 0 };

	put_field(row->split ? row->parts.network : row->key);
	put_field(row->split ? row->parts.sender : nothing);
	put_field(row->split ? row->parts.recipient : nothing);
	put_number_field(row->triplet.first);
	put_number_field(row->triplet.last);
	put_field(row->triplet.host);
	put_field(bytes_of(row_state_names[row->state]));
	put_number_field(row->wait);
	if (row->awl >= 0)
		put_number(row->awl);
}

static void
put_client(const struct row *row)
{
	put_field(row->key);
	put_number_field(row->client.count);
	put_number_field(row->client.last);
	put_text(row_state_names[row->state]);
}

static void
put_row(const struct row *row)
{
	if (!row->decoded) {
		put_field(row->key);
		put_escaped(row->value);
	} else if (row->table == STORE_TRIPLETS)
		put_triplet(row);
	else
		put_client(row);
	put_char('\n');
}

const struct form form_tsv = { NULL, put_row };

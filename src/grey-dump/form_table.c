/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For eyes: columns that fit the terminal, headed, in local time, with totals
 * at the end. Only at a terminal is anything cut.
 */
#include "form.h"
#include "put.h"
#include "table_cell.h"
#include "table_layout.h"
#include "table_text.h"

static struct table_layout layout;

static void
put_heading(const char *text, int width)
{
	table_cell(bytes_of(text), width, false);
}

void
form_table_begin(enum store_table table, int64_t now, const struct row *rows,
    size_t count, bool is_all)
{
	layout.now = now;
	table_layout(&layout, table, rows, count, is_all);
	put_heading("client", layout.client);
	if (table == STORE_CLIENTS) {
		put_heading("passed", layout.count);
		put_heading("last counted", layout.times[1]);
		put_text("state");
	} else {
		put_heading("sender", layout.sender);
		put_heading("recipient", layout.recipient);
		put_heading(
		    layout.dates ? "first seen" : "first", layout.times[0]);
		put_heading(
		    layout.dates ? "last seen" : "last", layout.times[1]);
		put_heading("state", layout.state);
		put_text("AWL");
	}
	put_char('\n');
}

static void
put_time(int64_t time, int width)
{
	char text[TABLE_TEXT_MAX];

	table_cell(layout.dates ? table_date(time, text) :
				  table_age(time, layout.now, text),
	    width, false);
}

static void
put_triplet(const struct row *row)
{
	char text[TABLE_TEXT_MAX];

	table_cell_mailbox(table_sender(row), layout.sender, layout.cut);
	table_cell_mailbox(table_recipient(row), layout.recipient, layout.cut);
	put_time(row->triplet.first, layout.times[0]);
	put_time(row->triplet.last, layout.times[1]);
	table_cell(table_state(row, text), layout.state, false);
	put_bytes(table_awl(row, layout.awl_most, text));
}

static int
smaller(int a, int b)
{
	return a < b ? a : b;
}

/* No column is made for what can't be decoded: it gets a line of its own. */
static void
put_undecoded(const struct row *row)
{
	int key = smaller(table_cell_width(row->key), layout.width / 2 - 1);
	int value = smaller(
	    table_cell_width(row->value), layout.width - key - 2);

	table_cell(row->key, key, layout.cut);
	table_cell(row->value, value, layout.cut);
	put_char('\n');
}

void
form_table(const struct row *row)
{
	char text[TABLE_TEXT_MAX];

	if (!row->decoded) {
		put_undecoded(row);
		return;
	}
	table_cell(table_client(row, text), layout.client, layout.cut);
	if (row->table == STORE_TRIPLETS)
		put_triplet(row);
	else {
		table_cell(
		    (struct bytes){ text, num_format(row->client.count, text) },
		    layout.count, false);
		put_time(row->client.last, layout.times[1]);
		put_text(row_state_names[row->state]);
	}
	put_char('\n');
}

void
form_table_end(const struct totals *totals)
{
	totals_sentence(totals);
}

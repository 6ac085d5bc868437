/* SPDX-License-Identifier: BSD-2-Clause */
#include "put.h"
#include "totals.h"

void
totals_add(struct totals *totals, const struct row *row)
{
	if (row->decoded)
		totals->in_state[row->state]++;
	else
		totals->unreadable++;
}

void
totals_sentence(const struct totals *totals)
{
	for (int i = 0; i < ROW_STATES; i++) {
		put_text(i == 0 ? "" : ", ");
		put_number(totals->in_state[i]);
		put_char(' ');
		put_text(row_state_names[i]);
	}
	if (totals->unreadable > 0) {
		put_text(", ");
		put_number(totals->unreadable);
		put_text(" unreadable");
	}
	put_char('\n');
}

void
totals_lines(const struct totals *totals)
{
	for (int i = 0; i < ROW_STATES; i++) {
		put_text(row_state_names[i]);
		put_char('\t');
		put_number(totals->in_state[i]);
		put_char('\n');
	}
	put_text("unreadable\t");
	put_number(totals->unreadable);
	put_char('\n');
}

void
totals_json(const struct totals *totals)
{
	for (int i = 0; i < ROW_STATES; i++) {
		put_text(i == 0 ? "{\"" : ",\"");
		put_text(row_state_names[i]);
		put_text("\":");
		put_number(totals->in_state[i]);
	}
	put_text(",\"unreadable\":");
	put_number(totals->unreadable);
	put_text("}\n");
}

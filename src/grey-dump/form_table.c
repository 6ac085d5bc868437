/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For eyes: columns that fit the terminal, headed, in local time. At a terminal
 * what does not fit a column is cut and ends with "~"; elsewhere nothing is
 * cut.
 */
#include <sys/ioctl.h>
#include <arpa/inet.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/num.h"
#include "common/text.h"
#include "common/when.h"
#include "form.h"

enum {
	WIDTH_IF_UNKNOWN = 80,
	WIDE = 125, /* from here on there is room for whole dates */
	CLIENT_WIDTH = 15,
	STATE_WIDTH = 11,
	AWL_WIDTH = 5,
	AWL_SHOWN = 9999,
	MAILBOX_MIN = 8
};

static struct {
	bool cut; /* to the widths */
	bool whole_dates;
	int mailbox_width; /* of the sender, and of the recipient */
} layout;

static int
terminal_width(void)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	int64_t width = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (columns != NULL && num_decimal(bytes_of(columns), &width) &&
	    width > 0 && width < 10000)
		return (int)width;
	return WIDTH_IF_UNKNOWN;
}

static int
time_width(void)
{
	return layout.whole_dates ? 19 : 11;
}

/* Writes a column and a blank after it; width 0: as wide as it is. */
static void
put_column(FILE *out, struct bytes text, int width)
{
	int used;
	size_t fits = text_fit(text, INT_MAX, &used), n;
	bool cut = layout.cut && width > 0 && used > width;
	uint32_t code;

	if (cut)
		fits = text_fit(text, width - 1, &used);
	for (text.len = fits; text.len > 0;
	     text = bytes_from(text, n == 0 ? 1 : n)) {
		n = text_character(text, &code);
		if (n == 0)
			putc('?', out);
		else
			fwrite(text.data, 1, n, out);
	}
	if (cut)
		putc('~', out);
	fprintf(
	    out, "%*s", used + cut < width ? width - used - cut + 1 : 1, "");
}

static void
put_text(FILE *out, const char *text, int width)
{
	put_column(out, bytes_of(text), width);
}

static void
put_time(FILE *out, int64_t time)
{
	char text[WHEN_TEXT_MAX];

	when_format(time, text);
	/* "2026-11-22 07:00:00" -> "11-22 07:00" */
	if (!layout.whole_dates && strlen(text) == 19)
		put_column(out, (struct bytes){ text + 5, 11 }, time_width());
	else
		put_text(out, text, time_width());
}

static void
set_layout(enum store_table table)
{
	int width = terminal_width(), rest;

	layout.cut = isatty(STDOUT_FILENO) == 1;
	layout.whole_dates = !layout.cut || width >= WIDE ||
	    table == STORE_CLIENTS;
	rest = width - CLIENT_WIDTH - 2 * time_width() - STATE_WIDTH -
	    AWL_WIDTH - 6;
	layout.mailbox_width = rest / 2 < MAILBOX_MIN ? MAILBOX_MIN : rest / 2;
	if (!layout.cut)
		layout.mailbox_width = 30;
}

static void
begin(FILE *out, enum store_table table)
{
	set_layout(table);
	put_text(out, "client", CLIENT_WIDTH);
	if (table == STORE_CLIENTS) {
		put_text(out, "passed", 8);
		put_text(out, "last counted", time_width());
		put_text(out, "state", 0);
	} else {
		put_text(out, "sender", layout.mailbox_width);
		put_text(out, "recipient", layout.mailbox_width);
		put_text(out, "first seen", time_width());
		put_text(out, "last seen", time_width());
		put_text(out, "state", STATE_WIDTH);
		fputs("AWL", out);
	}
	putc('\n', out);
}

/* In the usual short form, which keys don't have. */
static void
put_client_address(FILE *out, const struct row *row)
{
	char text[INET6_ADDRSTRLEN];

	if (!row->has_address)
		put_column(out, row->split ? row->parts.network : row->key,
		    CLIENT_WIDTH);
	else if (address_is_ipv4(&row->address))
		put_text(out,
		    inet_ntop(
			AF_INET, row->address.octets + 12, text, sizeof(text)),
		    CLIENT_WIDTH);
	else
		put_text(out,
		    inet_ntop(
			AF_INET6, row->address.octets, text, sizeof(text)),
		    CLIENT_WIDTH);
}

static void
put_triplet(FILE *out, const struct row *row)
{
	char state[NUM_TEXT_MAX + 16];

	put_client_address(out, row);
	put_column(out, row->split ? row->parts.sender : bytes_of("-"),
	    layout.mailbox_width);
	put_column(out, row->split ? row->parts.recipient : bytes_of("-"),
	    layout.mailbox_width);
	put_time(out, row->triplet.first);
	put_time(out, row->triplet.last);
	snprintf(state, sizeof(state),
	    row->state == ROW_WAITING ? "%s %" PRId64 : "%s",
	    row_state_names[row->state], row->wait);
	put_text(out, state, STATE_WIDTH);
	if (row->awl > AWL_SHOWN)
		fprintf(out, ">%d", AWL_SHOWN);
	else if (row->awl >= 0)
		fprintf(out, "%" PRId64, row->awl);
}

static bool
put_row(FILE *out, const struct row *row)
{
	char count[NUM_TEXT_MAX + 1];

	if (!row->decoded) {
		put_column(out, row->key, 0);
		put_column(out, row->value, 0);
	} else if (row->table == STORE_TRIPLETS)
		put_triplet(out, row);
	else {
		put_client_address(out, row);
		snprintf(count, sizeof(count), "%" PRId64, row->client.count);
		put_text(out, count, 8);
		put_time(out, row->client.last);
		fputs(row_state_names[row->state], out);
	}
	putc('\n', out);
	return true;
}

const struct form form_table = { begin, put_row };

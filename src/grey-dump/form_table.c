/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For eyes: columns that fit the terminal, headed, in local time. At a terminal
 * what does not fit a column is cut and ends with "~"; elsewhere nothing is
 * cut.
 */
#include <sys/ioctl.h>
#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/num.h"
#include "common/text.h"
#include "common/when.h"
#include "form.h"
#include "put.h"

enum {
	WIDTH_IF_UNKNOWN = 80,
	WIDE = 125, /* from here on there is room for whole dates */
	CLIENT_WIDTH = 15,
	STATE_WIDTH = 11,
	AWL_WIDTH = 5,
	AWL_SHOWN = 9999,
	MAILBOX_MIN = 8,
	QUARTER = 15 * 60, /* of an hour, in seconds */
	QUARTERS = 4096	   /* that are remembered: 42 days */
};

static struct {
	bool cut;	   /* to the widths */
	int time_width;	   /* 19: whole dates */
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

/* Cuts it to the width, if need be; returns how many columns it took. */
static int
put_cut(struct bytes text, int width)
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
			put_char('?');
		else
			put_bytes((struct bytes){ text.data, n });
	}
	if (cut)
		put_char('~');
	return used + cut;
}

/* Writes a column and a blank after it; width 0: as wide as it is. */
static void
put_column(struct bytes text, int width)
{
	int used = (int)text.len;

	if (put_plain_run(text) == text.len &&
	    (!layout.cut || width == 0 || used <= width))
		put_bytes(text);
	else
		used = put_cut(text, width);
	put_blanks(used < width ? (size_t)(width - used) + 1 : 1);
}

static void
put_heading(const char *text, int width)
{
	put_column(bytes_of(text), width);
}

/* "2026-11-22 07:15:00", of which the last five characters get replaced. */
struct quarter {
	int64_t begins;
	int second; /* of its hour; -1: the clocks change in it */
	size_t len; /* 0: nothing is known yet */
	char text[WHEN_TEXT_MAX];
};

/* The second of the hour in "2026-11-22 07:15:00"; -1: another kind of text. */
static int
second_of(const char *text)
{
	size_t len = strlen(text);
	int minute, second;

	if (len < 19 || sscanf(text + len - 5, "%d:%d", &minute, &second) != 2)
		return -1;
	return minute * 60 + second;
}

static void
look_at_quarter(struct quarter *quarter, int64_t begins)
{
	char *text = quarter->text, last[WHEN_TEXT_MAX];

	when_format(begins, text);
	when_format(begins + QUARTER - 1, last);
	quarter->begins = begins;
	quarter->len = strlen(text);
	quarter->second = second_of(text);
	if (quarter->len != strlen(last) ||
	    second_of(last) != quarter->second + QUARTER - 1 ||
	    memcmp(text, last, quarter->len - 5) != 0)
		quarter->second = -1;
}

/*
 * As when_format(), but asks the C library only for the first and last second
 * of each quarter of an hour, for it takes longer than a whole row else does.
 */
static void
format_time(int64_t time, char out[static WHEN_TEXT_MAX])
{
	static struct quarter quarters[QUARTERS];
	struct quarter *quarter = &quarters[time / QUARTER % QUARTERS];
	int second = (int)(time % QUARTER);
	char *end;

	if (quarter->len == 0 || quarter->begins != time - second)
		look_at_quarter(quarter, time - second);
	if (quarter->second == -1) {
		when_format(time, out);
		return;
	}
	memcpy(out, quarter->text, quarter->len + 1);
	end = out + quarter->len;
	second += quarter->second;
	end[-5] = (char)('0' + second / 600);
	end[-4] = (char)('0' + second / 60 % 10);
	end[-2] = (char)('0' + second % 60 / 10);
	end[-1] = (char)('0' + second % 10);
}

static void
put_time(int64_t time)
{
	char text[WHEN_TEXT_MAX];

	format_time(time, text);
	/* "2026-11-22 07:00:00" -> "11-22 07:00" */
	if (layout.time_width < 19 && strlen(text) == 19)
		put_column((struct bytes){ text + 5, 11 }, layout.time_width);
	else
		put_column(bytes_of(text), layout.time_width);
}

static void
set_layout(enum store_table table)
{
	int width = terminal_width(), rest;

	layout.cut = isatty(STDOUT_FILENO) == 1;
	layout.time_width = !layout.cut || width >= WIDE ||
		table == STORE_CLIENTS ?
	    19 :
	    11;
	rest = width - CLIENT_WIDTH - 2 * layout.time_width - STATE_WIDTH -
	    AWL_WIDTH - 6;
	layout.mailbox_width = rest / 2 < MAILBOX_MIN ? MAILBOX_MIN : rest / 2;
	if (!layout.cut)
		layout.mailbox_width = 30;
}

void
form_table_begin(enum store_table table)
{
	set_layout(table);
	put_heading("client", CLIENT_WIDTH);
	if (table == STORE_CLIENTS) {
		put_heading("passed", 8);
		put_heading("last counted", layout.time_width);
		put_heading("state", 0);
	} else {
		put_heading("sender", layout.mailbox_width);
		put_heading("recipient", layout.mailbox_width);
		put_heading("first seen", layout.time_width);
		put_heading("last seen", layout.time_width);
		put_heading("state", STATE_WIDTH);
		put_text("AWL");
	}
	put_char('\n');
}

/* In the usual short form, which keys don't have. */
static void
put_client_address(const struct row *row)
{
	char text[ADDRESS_TEXT_MAX + INET6_ADDRSTRLEN];
	struct bytes shown = row->split ? row->parts.network : row->key;

	if (row->has_address && address_is_ipv4(&row->address))
		shown = (struct bytes){ text,
			address_text(&row->address, text) };
	else if (row->has_address)
		shown = bytes_of(inet_ntop(
		    AF_INET6, row->address.octets, text, sizeof(text)));
	put_column(shown, CLIENT_WIDTH);
}

static void
put_triplet(const struct row *row)
{
	char state[NUM_TEXT_MAX + 16];
	size_t len = strlen(row_state_names[row->state]);

	put_client_address(row);
	put_column(row->split ? row->parts.sender : bytes_of("-"),
	    layout.mailbox_width);
	put_column(row->split ? row->parts.recipient : bytes_of("-"),
	    layout.mailbox_width);
	put_time(row->triplet.first);
	put_time(row->triplet.last);
	memcpy(state, row_state_names[row->state], len);
	if (row->state == ROW_WAITING) {
		state[len++] = ' ';
		len += num_format(row->wait, state + len);
	}
	put_column((struct bytes){ state, len }, STATE_WIDTH);
	if (row->awl > AWL_SHOWN)
		put_char('>');
	if (row->awl >= 0)
		put_number(row->awl > AWL_SHOWN ? AWL_SHOWN : row->awl);
}

void
form_table(const struct row *row)
{
	char count[NUM_TEXT_MAX];

	if (!row->decoded) {
		put_column(row->key, 0);
		put_column(row->value, 0);
	} else if (row->table == STORE_TRIPLETS)
		put_triplet(row);
	else {
		put_client_address(row);
		put_column((struct bytes){ count,
			       num_format(row->client.count, count) },
		    8);
		put_time(row->client.last);
		put_text(row_state_names[row->state]);
	}
	put_char('\n');
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/ioctl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "table_cell.h"
#include "table_layout.h"
#include "table_text.h"

enum {
	WIDTH_IF_UNKNOWN = 80,
	WIDE = 125, /* from here on there is room for dates */
	CLIENT_WIDTH = 15,
	MAILBOX_WIDTH = 30, /* where nothing is cut */
	MAILBOX_MIN = 8,
	COUNT_WIDTH = 8,
	AWL_WIDTH = 3, /* ">99" */
	AWL_WIDTH_WIDE = 5
};

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

static void
widen(int *width, struct bytes text)
{
	int needed = table_cell_width(text);

	if (*width < needed)
		*width = needed;
}

static void
measure_row(struct table_layout *layout, const struct row *row)
{
	char text[TABLE_TEXT_MAX];

	if (!row->decoded)
		return;
	widen(&layout->client, table_client(row, text));
	widen(&layout->sender, table_sender(row));
	widen(&layout->recipient, table_recipient(row));
	widen(&layout->state, table_state(row, text));
	if (row->table == STORE_CLIENTS || layout->dates)
		return;
	widen(&layout->times[0],
	    table_age(row->triplet.first, layout->now, text));
	widen(
	    &layout->times[1], table_age(row->triplet.last, layout->now, text));
}

/*
 * Each column gets what it needs; where that is too much, those that need more
 * than an equal share get equal shares of what the others leave.
 */
static void
share(int room, int *const *widths, int count)
{
	bool settled[3] = { false };

	for (int left = count; left > 0; left--) {
		int fair = room / left, least = 0;

		while (least < count - 1 && settled[least])
			least++;
		for (int i = least + 1; i < count; i++)
			if (!settled[i] && *widths[i] < *widths[least])
				least = i;
		settled[least] = true;
		if (*widths[least] > fair)
			*widths[least] = fair > MAILBOX_MIN ? fair :
							      MAILBOX_MIN;
		room -= *widths[least];
	}
}

/* An IPv4 address is whole in any case. */
static void
fit(struct table_layout *layout, enum store_table table)
{
	int *const widths[] = { &layout->sender, &layout->recipient,
		&layout->client };
	int room = layout->width - layout->state, client = layout->client;

	if (table == STORE_CLIENTS) {
		share(
		    room - layout->count - layout->times[1] - 3, &widths[2], 1);
		return;
	}
	room -= layout->times[0] + layout->times[1] + 6 +
	    (layout->dates ? AWL_WIDTH_WIDE : AWL_WIDTH);
	if (client <= CLIENT_WIDTH)
		share(room - client, widths, 2);
	else
		share(room, widths, 3);
}

/* As wide as the headings. */
static void
begin(struct table_layout *layout, enum store_table table)
{
	bool cut = isatty(STDOUT_FILENO) == 1;
	int width = terminal_width();
	bool dates = !cut || width >= WIDE || table == STORE_CLIENTS;

	layout->cut = cut;
	layout->width = width;
	layout->dates = dates;
	layout->awl_most = dates ? 9999 : 99;
	layout->client = (int)strlen("client");
	layout->sender = (int)strlen("sender");
	layout->recipient = (int)strlen("recipient");
	layout->count = COUNT_WIDTH;
	layout->times[0] = dates ? TABLE_DATE_WIDTH : (int)strlen("first");
	layout->times[1] = dates ? TABLE_DATE_WIDTH : (int)strlen("last");
	layout->state = (int)strlen("state");
}

/* As wide as what may come after the first rows. */
static void
widen_for_all(struct table_layout *layout)
{
	if (layout->client < CLIENT_WIDTH)
		layout->client = CLIENT_WIDTH;
	layout->sender = layout->recipient = INT_MAX;
	layout->state = TABLE_STATE_WIDTH;
	if (!layout->dates)
		layout->times[0] = layout->times[1] = TABLE_AGE_WIDTH;
}

void
table_layout(struct table_layout *layout, enum store_table table,
    const struct row *rows, size_t count, bool is_all)
{
	begin(layout, table);
	for (size_t i = 0; i < count; i++)
		measure_row(layout, &rows[i]);
	if (!is_all)
		widen_for_all(layout);
	if (layout->cut)
		fit(layout, table);
	if (!layout->cut && layout->sender > MAILBOX_WIDTH)
		layout->sender = MAILBOX_WIDTH;
	if (!layout->cut && layout->recipient > MAILBOX_WIDTH)
		layout->recipient = MAILBOX_WIDTH;
}

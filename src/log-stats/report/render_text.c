/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For people: a heading for each section, with its figures and tables under it.
 * Numbers are aligned to the right, texts to the left. The column of the
 * figures' values is as wide as the widest number, however long a text is.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log-stats/tables/memory.h"
#include "readable.h"

enum { INDENT = 2, GAP = 2, SHARE_WIDTH = 7, NOTE_WIDTH = 80 };

static void
widen(int *width, struct cell cell)
{
	int needed = readable_width(cell);

	if (needed > *width)
		*width = needed;
}

static void
put_blanks(FILE *out, int count)
{
	fprintf(out, "%*s", count, "");
}

static bool
is_hidden(const struct report_item *item)
{
	return item->kind == ITEM_FIGURE && item->figure.label[0] == '\0';
}

struct figure_widths {
	int label;
	int number;
};

static struct figure_widths
figure_widths(const struct report_section *section)
{
	struct figure_widths widths = { 0, 0 };

	for (size_t i = 0; i < section->item_count; i++) {
		const struct report_item *item = &section->items[i];

		if (item->kind != ITEM_FIGURE || is_hidden(item))
			continue;
		widen(&widths.label, cell_text(item->figure.label));
		if (item->figure.value.kind != CELL_TEXT)
			widen(&widths.number, item->figure.value);
	}
	return widths;
}

static void
put_figure(
    FILE *out, struct figure_widths widths, const struct report_figure *figure)
{
	put_blanks(out, INDENT);
	readable_put_left(out, cell_text(figure->label), widths.label + GAP);
	if (figure->value.kind == CELL_TEXT)
		readable_put_left(out, figure->value, 0);
	else
		readable_put_right(out, figure->value, widths.number);
	if (figure->share.kind != CELL_NOTHING)
		readable_put_right(out, figure->share, GAP + SHARE_WIDTH);
	putc('\n', out);
}

struct layout {
	int width;
	bool text;
};

static struct layout
layout_of(const struct report_table *table, size_t column)
{
	struct layout layout = { 0, false };

	widen(&layout.width, cell_text(table->columns[column].title));
	for (size_t i = 0; i < table->row_count; i++) {
		struct cell
		    cell = table->cells[i * table->column_count + column];

		widen(&layout.width, cell);
		if (cell.kind == CELL_TEXT)
			layout.text = true;
	}
	return layout;
}

/* No blanks are put after the last column. */
static void
put_cell(FILE *out, struct cell cell, struct layout layout, bool last)
{
	if (layout.text)
		readable_put_left(out, cell, last ? 0 : layout.width + GAP);
	else {
		readable_put_right(out, cell, layout.width);
		put_blanks(out, last ? 0 : GAP);
	}
}

static void
put_rows(
    FILE *out, const struct report_table *table, const struct layout *layouts)
{
	size_t columns = table->column_count;

	for (size_t i = 0; i < table->row_count; i++) {
		put_blanks(out, 2 * INDENT);
		for (size_t j = 0; j < columns; j++)
			put_cell(out, table->cells[i * columns + j], layouts[j],
			    j + 1 == columns);
		putc('\n', out);
	}
}

static void
put_table(FILE *out, const struct report_table *table)
{
	struct layout *layouts;

	put_blanks(out, INDENT);
	readable_put_left(out, cell_text(table->title), 0);
	if (table->row_count == 0) {
		fputs(": none\n", out);
		return;
	}
	putc('\n', out);
	layouts = memory_new(table->column_count, sizeof(*layouts));
	put_blanks(out, 2 * INDENT);
	for (size_t i = 0; i < table->column_count; i++) {
		layouts[i] = layout_of(table, i);
		put_cell(out, cell_text(table->columns[i].title), layouts[i],
		    i + 1 == table->column_count);
	}
	putc('\n', out);
	put_rows(out, table, layouts);
	free(layouts);
}

static void
put_note(FILE *out, const char *note)
{
	int used = 0;

	while (*note != '\0') {
		size_t len = strcspn(note, " ");
		char *word = memory_need(strndup(note, len));
		int width = readable_width(cell_text(word));
		bool breaks = used == 0 || used + 1 + width > NOTE_WIDTH;

		if (breaks && used > 0)
			putc('\n', out);
		if (breaks)
			used = INDENT - 1;
		put_blanks(out, used == INDENT - 1 ? INDENT : 1);
		readable_put_left(out, cell_text(word), 0);
		used += 1 + width;
		free(word);
		note += len;
		note += strspn(note, " ");
	}
	putc('\n', out);
}

static bool
is_wide(const struct report_item *item)
{
	return item->kind == ITEM_TABLE && item->table.row_count > 0;
}

/* A table with rows stands apart from what is around it. */
static void
put_items(FILE *out, const struct report_section *section)
{
	struct figure_widths widths = figure_widths(section);
	const struct report_item *last = NULL;

	for (size_t i = 0; i < section->item_count; i++) {
		const struct report_item *item = &section->items[i];

		if (is_hidden(item))
			continue;
		if (last != NULL && (is_wide(item) || is_wide(last)))
			putc('\n', out);
		last = item;
		switch (item->kind) {
		case ITEM_FIGURE:
			put_figure(out, widths, &item->figure);
			break;
		case ITEM_TABLE:
			put_table(out, &item->table);
			break;
		case ITEM_NOTE:
			put_note(out, item->note);
			break;
		}
	}
}

static bool
is_empty(const struct report_section *section)
{
	for (size_t i = 0; i < section->item_count; i++) {
		if (!is_hidden(&section->items[i]))
			return false;
	}
	return true;
}

void
render_text(const struct report *report, FILE *out)
{
	bool bold = isatty(fileno(out)) == 1, first = true;

	for (size_t i = 0; i < report->section_count; i++) {
		const struct report_section *section = &report->sections[i];

		if (is_empty(section))
			continue;
		if (!first)
			putc('\n', out);
		first = false;
		if (section->title[0] != '\0')
			fprintf(out, bold ? "\033[1m%s\033[0m\n" : "%s\n",
			    section->title);
		put_items(out, section);
	}
}

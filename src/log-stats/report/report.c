/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "log-stats/tables/memory.h"
#include "report.h"

/* No time of a log is longer, and what is shorter fits an integer. */
#define SECONDS_MAX 1e15

static char *
copy_of(const char *text)
{
	return memory_need(strdup(text));
}

/* Room for more elements of this size after the count that there are. It
 * doubles whenever their number is a power of two. */
static void *
grow(void *array, size_t count, size_t more, size_t size)
{
	size_t room = 1;

	while (room < count)
		room *= 2;
	if (count > 0 && count + more <= room)
		return array;
	while (room < count + more)
		room *= 2;
	return memory_grow(array, room, size);
}

struct cell
cell_nothing(void)
{
	return (struct cell){ .kind = CELL_NOTHING };
}

struct cell
cell_count(uint64_t count)
{
	return (struct cell){ .kind = CELL_COUNT, .count = count };
}

struct cell
cell_share(uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return cell_nothing();
	return (struct cell){ .kind = CELL_SHARE,
		.number = (double)part / (double)whole };
}

struct cell
cell_seconds(double seconds)
{
	/* Neither is true of NaN. */
	if (!(seconds > -SECONDS_MAX && seconds < SECONDS_MAX))
		return cell_nothing();
	return (struct cell){ .kind = CELL_SECONDS, .number = seconds };
}

struct cell
cell_text(const char *text)
{
	if (text == NULL)
		return cell_nothing();
	return (struct cell){ .kind = CELL_TEXT, .text = (char *)text };
}

static struct cell
copy_of_cell(struct cell cell)
{
	if (cell.kind == CELL_TEXT)
		cell.text = copy_of(cell.text);
	return cell;
}

void
report_section(struct report *report, const char *name, const char *title)
{
	report->sections = grow(report->sections, report->section_count, 1,
	    sizeof(*report->sections));
	report->sections[report->section_count++] = (struct report_section){
		.name = copy_of(name), .title = copy_of(title)
	};
}

static struct report_section *
last_section(struct report *report)
{
	return &report->sections[report->section_count - 1];
}

static void
add(struct report *report, struct report_item item)
{
	struct report_section *section = last_section(report);

	section->items = grow(
	    section->items, section->item_count, 1, sizeof(*section->items));
	section->items[section->item_count++] = item;
}

static void
add_figure(struct report *report, const char *name, const char *label,
    struct cell value, struct cell share)
{
	add(report,
	    (struct report_item){ .kind = ITEM_FIGURE,
		.figure = { .name = copy_of(name),
		    .label = copy_of(label),
		    .value = copy_of_cell(value),
		    .share = share } });
}

void
report_figure(struct report *report, const char *name, const char *label,
    struct cell value)
{
	add_figure(report, name, label, value, cell_nothing());
}

void
report_count(
    struct report *report, const char *name, const char *label, uint64_t count)
{
	report_figure(report, name, label, cell_count(count));
}

void
report_part(struct report *report, const char *name, const char *label,
    uint64_t part, uint64_t whole)
{
	add_figure(
	    report, name, label, cell_count(part), cell_share(part, whole));
}

void
report_note(struct report *report, const char *format, ...)
{
	va_list arguments;
	char *note;
	int len;

	va_start(arguments, format);
	len = vasprintf(&note, format, arguments);
	va_end(arguments);
	add(report,
	    (struct report_item){ .kind = ITEM_NOTE,
		.note = memory_need(len < 0 ? NULL : note) });
}

void
report_table(struct report *report, const char *name, const char *title,
    const struct column *columns)
{
	struct report_table table = { .columns = columns };

	table.name = copy_of(name);
	table.title = copy_of(title);
	while (columns[table.column_count].name != NULL)
		table.column_count++;
	add(report, (struct report_item){ .kind = ITEM_TABLE, .table = table });
}

void
report_row(struct report *report, const struct cell *cells)
{
	struct report_section *section = last_section(report);
	struct report_table *table = &section->items[section->item_count - 1]
					  .table;
	size_t count = table->row_count * table->column_count;

	table->cells = grow(
	    table->cells, count, table->column_count, sizeof(*table->cells));
	for (size_t i = 0; i < table->column_count; i++)
		table->cells[count + i] = copy_of_cell(cells[i]);
	table->row_count++;
}

static void
free_cell(struct cell *cell)
{
	if (cell->kind == CELL_TEXT)
		free(cell->text);
}

static void
free_item(struct report_item *item)
{
	struct report_table *table = &item->table;

	for (size_t i = 0; i < table->row_count * table->column_count; i++)
		free_cell(&table->cells[i]);
	free(table->cells);
	free(table->name);
	free(table->title);
	free(item->figure.name);
	free(item->figure.label);
	free_cell(&item->figure.value);
	free(item->note);
}

void
report_free(struct report *report)
{
	for (size_t i = 0; i < report->section_count; i++) {
		struct report_section *section = &report->sections[i];

		for (size_t j = 0; j < section->item_count; j++)
			free_item(&section->items[j]);
		free(section->items);
		free(section->name);
		free(section->title);
	}
	free(report->sections);
	*report = (struct report){ NULL, 0 };
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One object of sections, each an object of figures and tables, a table a list
 * of objects. Texts are escaped by text_escape(), since JSON holds no bytes.
 */
#include <jansson.h>
#include <stdlib.h>

#include "common/text.h"
#include "log-stats/tables/memory.h"
#include "report.h"

enum { DIGITS = 6 };

static json_t *
string_of(struct bytes bytes)
{
	char *text = memory_new(4, bytes.len + 1);
	json_t *string = json_stringn(text, text_escape(bytes, text));

	free(text);
	return string;
}

/* Rounded to a multiple of 1 / parts, so that no more digits are shown. */
static json_t *
rounded(double number, double parts)
{
	double half = number < 0 ? -0.5 : 0.5;

	return json_real((double)(int64_t)(number * parts + half) / parts);
}

static json_t *
value_of(struct cell cell)
{
	switch (cell.kind) {
	case CELL_NOTHING:
		break;
	case CELL_COUNT:
		return json_integer((json_int_t)cell.count);
	case CELL_SHARE:
		return rounded(cell.number, 10000);
	case CELL_SECONDS:
		if (cell.number < 100 && cell.number > -100)
			return rounded(cell.number, 1000);
		return json_integer(
		    (json_int_t)(cell.number + (cell.number < 0 ? -0.5 : 0.5)));
	case CELL_TEXT:
		return string_of(bytes_of(cell.text));
	}
	return json_null();
}

static void
put(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, memory_need(value)) != 0)
		memory_need(NULL);
}

static json_t *
list_of(const struct report_table *table)
{
	json_t *list = memory_need(json_array());
	const struct cell *cell = table->cells;

	for (size_t i = 0; i < table->row_count; i++) {
		json_t *row = memory_need(json_object());

		for (size_t j = 0; j < table->column_count; j++)
			put(row, table->columns[j].name, value_of(*cell++));
		if (json_array_append_new(list, row) != 0)
			memory_need(NULL);
	}
	return list;
}

/* The member of that name, or the whole if the name is empty. */
static json_t *
object_of(json_t *whole, const char *name)
{
	if (name[0] == '\0')
		return whole;
	if (json_object_get(whole, name) == NULL)
		put(whole, name, json_object());
	return json_object_get(whole, name);
}

void
render_json(const struct report *report, FILE *out)
{
	json_t *whole = memory_need(json_object());

	for (size_t i = 0; i < report->section_count; i++) {
		const struct report_section *section = &report->sections[i];
		json_t *object = object_of(whole, section->name);

		for (size_t j = 0; j < section->item_count; j++) {
			const struct report_item *item = &section->items[j];

			if (item->kind == ITEM_FIGURE)
				put(object, item->figure.name,
				    value_of(item->figure.value));
			else if (item->kind == ITEM_TABLE)
				put(object, item->table.name,
				    list_of(&item->table));
		}
	}
	/* The caller checks the stream. */
	(void)json_dumpf(
	    whole, out, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
	putc('\n', out);
	json_decref(whole);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For programs, a line for each figure or row:
 *   section, name, value
 *   section.table, cell, cell ...
 * A table's rows come after a line that begins with "#" and names its columns.
 * Where the name of a section is "", it is left out. What is not
 * printable, and a backslash, is escaped as text_escape() does, so that no
 * field holds a tab or newline; csv has the quotes of RFC 4180 besides.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "report.h"

struct form {
	FILE *out;
	char separator;
	bool quotes;
};

static void
put_escaped(const struct form *form, struct bytes text)
{
	char escaped[16];
	uint32_t code;
	size_t n, len;

	for (; text.len > 0; text = bytes_from(text, n)) {
		n = text_character(text, &code);
		if (n == 0)
			n = 1;
		if (form->quotes && code == '"')
			putc('"', form->out);
		len = text_escape((struct bytes){ text.data, n }, escaped);
		fwrite(escaped, 1, len, form->out);
	}
}

static void
put_text(const struct form *form, const char *text)
{
	bool quoted = form->quotes && strpbrk(text, ",\"") != NULL;

	if (quoted)
		putc('"', form->out);
	put_escaped(form, bytes_of(text));
	if (quoted)
		putc('"', form->out);
}

/*
 * Rounded to this many decimals; zeros at the end go, down to the least number
 * of them. Not by printf(3), which writes the locale's comma.
 */
static void
put_decimal(FILE *out, double number, unsigned least, unsigned decimals)
{
	double size = number < 0 ? -number : number;
	uint64_t scale = 1, scaled;

	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	scaled = (uint64_t)(size * (double)scale + 0.5);
	for (; decimals > least && scaled % 10 == 0; decimals--) {
		scaled /= 10;
		scale /= 10;
	}
	if (number < 0 && scaled > 0)
		putc('-', out);
	fprintf(out, "%" PRIu64, scaled / scale);
	if (decimals > 0)
		fprintf(out, ".%0*" PRIu64, (int)decimals, scaled % scale);
}

static void
put_cell(const struct form *form, struct cell cell)
{
	bool large = cell.number >= 100 || cell.number <= -100;

	switch (cell.kind) {
	case CELL_NOTHING:
		break;
	case CELL_COUNT:
		fprintf(form->out, "%" PRIu64, cell.count);
		break;
	case CELL_SHARE:
		put_decimal(form->out, cell.number, 4, 4);
		break;
	case CELL_SECONDS:
		put_decimal(form->out, cell.number, 0, large ? 0 : 3);
		break;
	case CELL_TEXT:
		put_text(form, cell.text);
		break;
	}
}

static void
put_table_name(const struct form *form, const char *section, const char *table)
{
	put_text(form, section);
	if (section[0] != '\0')
		putc('.', form->out);
	put_text(form, table);
}

static void
put_table(const struct form *form, const char *section,
    const struct report_table *table)
{
	const struct cell *cell = table->cells;

	putc('#', form->out);
	put_table_name(form, section, table->name);
	for (size_t i = 0; i < table->column_count; i++) {
		putc(form->separator, form->out);
		put_text(form, table->columns[i].name);
	}
	putc('\n', form->out);
	for (size_t i = 0; i < table->row_count; i++) {
		put_table_name(form, section, table->name);
		for (size_t j = 0; j < table->column_count; j++) {
			putc(form->separator, form->out);
			put_cell(form, *cell++);
		}
		putc('\n', form->out);
	}
}

static void
put_figure(const struct form *form, const char *section,
    const struct report_figure *figure)
{
	put_text(form, section);
	putc(form->separator, form->out);
	put_text(form, figure->name);
	putc(form->separator, form->out);
	put_cell(form, figure->value);
	putc('\n', form->out);
}

static void
put_report(const struct form *form, const struct report *report)
{
	for (size_t i = 0; i < report->section_count; i++) {
		const struct report_section *section = &report->sections[i];

		for (size_t j = 0; j < section->item_count; j++) {
			const struct report_item *item = &section->items[j];

			if (item->kind == ITEM_FIGURE)
				put_figure(form, section->name, &item->figure);
			else if (item->kind == ITEM_TABLE)
				put_table(form, section->name, &item->table);
		}
	}
}

void
render_tsv(const struct report *report, FILE *out)
{
	put_report(&(struct form){ out, '\t', false }, report);
}

void
render_csv(const struct report *report, FILE *out)
{
	put_report(&(struct form){ out, ',', true }, report);
}

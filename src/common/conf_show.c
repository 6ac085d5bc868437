/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf.h"
#include "conf_line.h"

enum { VALUE_MAX = 4096 };

static void
show_value(const struct opt *row, const char *value, const char *where,
    unsigned line, FILE *out)
{
	char quoted[2 * VALUE_MAX + 3], cut[VALUE_MAX];

	snprintf(cut, sizeof(cut), "%s", value);
	conf_quote(cut, quoted);
	fprintf(out, "%s = %s  # %s", row->name, quoted, where);
	if (line > 0)
		fprintf(out, ":%u", line);
	fputc('\n', out);
}

/* Of what is repeatable the default is more than the one file (its .local). */
static void
show_default(const struct opt *row, FILE *out)
{
	const char *value = row->kind == OPT_FLAG ? "no" :
	    row->kind == OPT_COUNT		  ? "0" :
						    row->fallback;

	if (value == NULL)
		fprintf(out, "# %s is not set\n", row->name);
	else {
		fputs(row->kind == OPT_TEXTS ? "# " : "", out);
		show_value(row, value, "default", 0, out);
	}
}

static const char *
place_of(const struct opt_entry *entry)
{
	return entry->layer == OPT_FROM_COMMAND ? "command line" : entry->where;
}

/* The contrary of a flag is shown as the flag. */
static const char *
value_of(const struct opt *row, const struct opt_entry *entry)
{
	if (entry->row->kind != OPT_UNFLAG || row->kind == OPT_UNFLAG)
		return entry->text;
	return strcmp(entry->text, "yes") == 0 ? "no" : "yes";
}

static void
show_row(const struct opt_list *list, const struct opt *row, FILE *out)
{
	const struct opt_entry *first = opt_list_find(list, row);

	if (first == NULL) {
		show_default(row, out);
		return;
	}
	for (const struct opt_entry *entry = first;
	     entry < list->entries + list->count; entry++) {
		if (entry->row->offset == row->offset &&
		    opt_list_counts(list, entry))
			show_value(row, value_of(row, entry), place_of(entry),
			    entry->line, out);
	}
}

void
conf_show(const struct conf *conf, FILE *out)
{
	const struct opt *row = conf->program->table;

	fprintf(out, "[%s]\n", conf->program->name);
	for (; row->name != NULL; row++) {
		if (!row->once && row->help != NULL &&
		    row->kind != OPT_OBSOLETE && row->kind != OPT_UNFLAG)
			show_row(&conf->list, row, out);
	}
}

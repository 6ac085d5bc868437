/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf.h"
#include "conf_line.h"

enum { VALUE_MAX = 4096 };

/* place: what gave it, or NULL: the default. */
static void
show_value(const struct opt *row, const char *value,
    const struct opt_entry *place, FILE *out)
{
	char quoted[2 * VALUE_MAX + 3], cut[VALUE_MAX];

	snprintf(cut, sizeof(cut), "%s", value);
	conf_quote(cut, quoted);
	fprintf(out, "%s = %s  # ", row->name, quoted);
	if (place == NULL)
		fputs("default\n", out);
	else if (place->layer == OPT_FROM_COMMAND)
		fputs("command line\n", out);
	else if (place->layer == OPT_FROM_STORE)
		fprintf(out, "store %s\n", place->where);
	else
		fprintf(out, "%s:%u\n", place->where, place->line);
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
		show_value(row, value, NULL, out);
	}
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
			show_value(row, value_of(row, entry), entry, out);
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

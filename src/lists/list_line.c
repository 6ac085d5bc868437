/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "list_line.h"

size_t
list_line_word(struct bytes text)
{
	size_t len = 0;

	while (len < text.len && !bytes_is_blank(text.data[len]))
		len++;
	return len;
}

struct bytes
list_line_field(struct list_line *line)
{
	struct bytes text = bytes_trim(line->rest);
	struct bytes field = { text.data, list_line_word(text) };

	line->rest = bytes_from(text, field.len);
	return field;
}

void
list_line_complain(struct list_line *line, enum list_finding finding,
    struct bytes about, const char *why)
{
	char shown[LIST_SHOWN_MAX];

	if (about.len > 0)
		snprintf(line->problem, sizeof(line->problem), "\"%s\": %s",
		    list_show(about, shown), why);
	else
		snprintf(line->problem, sizeof(line->problem), "%s", why);
	line->complain(line->argument, finding, line->list->file, line->number,
	    line->problem);
}

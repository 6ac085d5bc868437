/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/num.h"
#include "common/text.h"
#include "line.h"

enum { FIELDS_MAX = 9, NO_ROOM = FIELDS_MAX + 1 };

static size_t
split(struct bytes line, struct bytes fields[static FIELDS_MAX])
{
	const char *tab;
	size_t count = 0;

	for (;;) {
		if (count == FIELDS_MAX)
			return NO_ROOM;
		tab = memchr(line.data, '\t', line.len);
		fields[count] = line;
		if (tab == NULL)
			return count + 1;
		fields[count].len = (size_t)(tab - line.data);
		line = bytes_from(line, fields[count++].len + 1);
	}
}

/* NULL, or what is wrong with the number, which is to be a time. */
static const char *
read_time(struct bytes field, const char *missing, int64_t *time)
{
	if (num_decimal(field, time))
		return NULL;
	return field.len > 0 && bytes_digits(field) == field.len ?
	    line_too_late :
	    missing;
}

static const char *
fields_to_triplet(const struct making *making, const struct bytes *fields,
    bool verbatim, struct item *item)
{
	static const char missing[] = "has no times in its fourth and fifth "
				      "field";
	struct address address;
	unsigned prefix;
	bool whole = fields[1].len == 0 && fields[2].len == 0 &&
	    address_parse_network(fields[0], &address, &prefix) != NULL;
	int64_t first, last;
	const char *problem = read_time(fields[3], missing, &first);

	if (problem == NULL)
		problem = read_time(fields[4], missing, &last);
	if (problem != NULL)
		return problem;
	if (verbatim)
		return item_from_triplet(
		    fields, whole ? 1 : 3, first, last, fields[5], item);
	return whole ?
	    made_from_key(making, fields[0], first, last, fields[5], item) :
	    made_triplet(making, fields, first, last, fields[5], item);
}

static const char *
fields_to_client(const struct making *making, const struct bytes *fields,
    bool verbatim, struct item *item)
{
	static const char missing[] = "has no count and time in its second and "
				      "third field";
	int64_t count, last;
	const char *problem = num_decimal(fields[1], &count) ?
	    read_time(fields[2], missing, &last) :
	    missing;

	if (problem != NULL)
		return problem;
	return verbatim ? item_from_client(fields[0], count, last, item) :
			  made_client(making, fields[0], count, last, item);
}

const char *
line_from_tsv(const struct making *making, enum store_table table,
    struct bytes line, struct item *item)
{
	struct bytes fields[FIELDS_MAX];
	size_t count = split(line, fields);

	if (line.len > 0 && line.data[line.len - 1] == '\r')
		return "ends with CR LF; lines end with LF alone";
	/* In place: what is unescaped is never longer. */
	for (size_t i = 0; count <= FIELDS_MAX && i < count; i++) {
		if (!text_unescape(fields[i], (char *)(uintptr_t)fields[i].data,
			&fields[i].len))
			return "has a backslash that does not begin \\\\ or "
			       "\\xHH";
	}
	if (count == 2)
		return line_from_bytes(
		    making, table, fields[0], fields[1], item);
	if (table == STORE_TRIPLETS && count >= 6 && count <= FIELDS_MAX)
		return fields_to_triplet(making, fields,
		    count == FIELDS_MAX && line_is_state(fields[6]), item);
	if (table == STORE_CLIENTS && (count == 3 || count == 4))
		return fields_to_client(making, fields,
		    count == 4 && line_is_state(fields[3]), item);
	return table == STORE_TRIPLETS ?
	    "is not a triplet: network, sender, recipient, first, last, host, "
	    "with a tab between" :
	    "is not a client: client, count, last, with a tab between";
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey-dump's fields, see form_tsv.c there. Those after the ones that are
 * stored are ignored: triplets  network sender recipient first last host [state
 * wait awl] clients   client count last [state] both      key value
 */
#include "common/num.h"
#include "common/text.h"
#include "item.h"

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

/* In place: what is unescaped is never longer. */
static bool
unescape(struct bytes *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!text_unescape(fields[i], (char *)(uintptr_t)fields[i].data,
			&fields[i].len))
			return false;
	}
	return true;
}

static const char *
set_triplet(const struct bytes *fields, struct item *item)
{
	struct address address;
	unsigned prefix;
	bool whole = fields[1].len == 0 && fields[2].len == 0 &&
	    address_parse_network(fields[0], &address, &prefix) != NULL;
	int64_t first, last;

	if (!num_decimal(fields[3], &first) || !num_decimal(fields[4], &last))
		return "has no times in its fourth and fifth field";
	if (!item_set_key(item, fields, whole ? 1 : 3) ||
	    !item_set_triplet(item, first, last, fields[5]))
		return "has a key or a host that is too long";
	return NULL;
}

static const char *
set_client(const struct bytes *fields, struct item *item)
{
	int64_t count, last;

	if (!num_decimal(fields[1], &count) || !num_decimal(fields[2], &last))
		return "has no count and time in its second and third field";
	item_set_client(item, count, last);
	return item_set_key(item, fields, 1) ? NULL :
					       "has a key that is too long";
}

const char *
item_from_tsv(enum store_table table, struct bytes line, struct item *item)
{
	struct bytes fields[FIELDS_MAX];
	size_t count = split(line, fields);

	if (line.len > 0 && line.data[line.len - 1] == '\r')
		return "ends with CR LF; lines end with LF alone";
	if (count <= FIELDS_MAX && !unescape(fields, count))
		return "has a backslash that does not begin \\\\ or \\xHH";
	if (count == 2)
		return item_set_key(item, fields, 1) &&
			item_set_value(item, fields[1]) ?
		    NULL :
		    "has a key or a value that is too long";
	if (table == STORE_TRIPLETS && count >= 6 && count <= 9)
		return set_triplet(fields, item);
	if (table == STORE_CLIENTS && (count == 3 || count == 4))
		return set_client(fields, item);
	return table == STORE_TRIPLETS ?
	    "is not a triplet: network, sender, recipient, first, last, host" :
	    "is not a client: client, count, last";
}

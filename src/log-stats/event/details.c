/* SPDX-License-Identifier: BSD-2-Clause */
#include "details.h"
#include "log-stats/entry/scan.h"
#include "parse.h"

static const struct bytes nothing = { NULL, 0 };

/* The address stands within the text of the entry. */
static bool
has_client(const struct entry *entry, const struct event *event)
{
	struct bytes address = event->client_address;

	return address.len > 0 && address.data > entry->text.data &&
	    address.data + address.len <= entry->text.data + entry->text.len;
}

/* "client_name=x, client_address=192.0.2.1" */
static struct bytes
name_before_field(struct bytes front)
{
	static const char field[] = ", client_address=";
	const size_t len = sizeof(field) - 1;

	if (front.len < len ||
	    memcmp(front.data + front.len - len, field, len) != 0)
		return nothing;
	front.len -= len;
	return parse_after(&front, "client_name=") ? front : nothing;
}

struct bytes
details_client_name(const struct entry *entry, const struct event *event)
{
	struct bytes front;
	size_t begin;

	if (!has_client(entry, event))
		return nothing;
	front = parse_before(entry->text, event->client_address.data);
	if (front.data[front.len - 1] != '[')
		return name_before_field(front);
	begin = --front.len;
	while (begin > 0 && front.data[begin - 1] != ' ' &&
	    front.data[begin - 1] != '=')
		begin--;
	return bytes_from(front, begin);
}

struct bytes
details_protocol(const struct entry *entry)
{
	const char *found = parse_find_last(entry->text, " proto=");
	struct bytes text;

	if (found == NULL)
		return nothing;
	text = bytes_from(entry->text, (size_t)(found + 7 - entry->text.data));
	text.len = scan_until_either(text, ' ', ',');
	text.len = scan_until(text, ':');
	return text;
}

struct bytes
details_helo(const struct entry *entry)
{
	struct bytes text = entry->text, helo;
	const char *found = parse_find_last(text, " helo=<");

	if (found == NULL)
		return nothing;
	text = bytes_from(text, (size_t)(found + 7 - text.data));
	return parse_mailbox(&text, &helo) ? helo : nothing;
}

uint64_t
details_recipients(const struct entry *entry)
{
	struct bytes text = entry->text;
	const char *found = parse_find_last(text, ", nrcpt=");
	uint64_t number = 0;

	if (found == NULL)
		return 0;
	text = bytes_from(text, (size_t)(found + 8 - text.data));
	text.len = bytes_digits(text);
	for (size_t i = 0; i < text.len && i < 9; i++)
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	return number;
}

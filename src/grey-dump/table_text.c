/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <string.h>

#include "common/span.h"
#include "local_time.h"
#include "table_text.h"

_Static_assert(TABLE_TEXT_MAX >= ADDRESS_TEXT_MAX &&
	TABLE_TEXT_MAX >= INET6_ADDRSTRLEN && TABLE_TEXT_MAX >= WHEN_TEXT_MAX,
    "a cell holds whatever stands in it");

struct bytes
table_client(const struct row *row, char out[static TABLE_TEXT_MAX])
{
	const struct address *address = row->has_address ? &row->address :
							   &row->parts.address;

	if (!row->has_address && !row->split)
		return row->key;
	if (address_is_ipv4(address))
		return (struct bytes){ out, address_text(address, out) };
	return bytes_of(
	    inet_ntop(AF_INET6, address->octets, out, INET6_ADDRSTRLEN));
}

struct bytes
table_sender(const struct row *row)
{
	if (!row->split)
		return bytes_of("-");
	return row->parts.sender.len == 0 ? bytes_of("<>") : row->parts.sender;
}

struct bytes
table_recipient(const struct row *row)
{
	return row->split ? row->parts.recipient : bytes_of("-");
}

struct bytes
table_age(int64_t time, int64_t now, char out[static TABLE_TEXT_MAX])
{
	if (time > now)
		return bytes_of("future");
	return (struct bytes){ out,
		span_format(now - time, SPAN_MINUTE, false, out) };
}

struct bytes
table_date(int64_t time, char out[static TABLE_TEXT_MAX])
{
	local_time_format(time, out);
	return bytes_of(out);
}

#define WAITS "waits "

struct bytes
table_state(const struct row *row, char out[static TABLE_TEXT_MAX])
{
	if (row->state != ROW_WAITING || row->wait == 0)
		return bytes_of(row_state_names[row->state]);
	memcpy(out, WAITS, strlen(WAITS));
	return (struct bytes){ out,
		strlen(WAITS) +
		    span_format(row->wait, 1000, true, out + strlen(WAITS)) };
}

struct bytes
table_awl(const struct row *row, int64_t most, char out[static TABLE_TEXT_MAX])
{
	bool more = row->awl > most;

	if (row->awl < 0)
		return bytes_of("");
	*out = '>';
	return (struct bytes){ out,
		more + num_format(more ? most : row->awl, out + more) };
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/num.h"
#include "redis_host.h"

/* What DNS and addresses are made of; so a name says nothing in a message. */
static bool
is_of_name(char c)
{
	char lower = bytes_lower(c);

	return bytes_is_digit(c) || (lower >= 'a' && lower <= 'z') ||
	    strchr("-._:%", c) != NULL;
}

static bool
set_name(struct redis_host *host, struct bytes name)
{
	if (name.len > REDIS_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '\0' || !is_of_name(name.data[i]))
			return false;
		host->name[i] = name.data[i];
	}
	host->name[name.len] = '\0';
	return true;
}

static bool
set_port(struct redis_host *host, struct bytes text)
{
	int64_t port;

	if (!num_decimal(text, &port) || port < 1 || port > UINT16_MAX)
		return false;
	host->port = (uint16_t)port;
	return true;
}

const char *
redis_host_parse(struct bytes text, uint16_t port, struct redis_host *host)
{
	struct bytes name = text, rest;
	const char *end;

	host->port = port;
	if (text.len > 0 && text.data[0] == '[') {
		end = memchr(text.data, ']', text.len);
		if (end == NULL)
			return "lacks the ] after an address";
		name = (struct bytes){ text.data + 1,
			(size_t)(end - text.data) - 1 };
		rest = bytes_from(text, name.len + 2);
		if (rest.len > 0 && rest.data[0] != ':')
			return "has something other than a port after the ]";
	} else {
		end = memchr(text.data, ':', text.len);
		if (end != NULL)
			name.len = (size_t)(end - text.data);
		rest = bytes_from(text, name.len);
		if (memchr(rest.data, ':', rest.len) !=
		    memrchr(rest.data, ':', rest.len))
			return "has an IPv6 address without [ ] around it";
	}
	if (name.len == 0)
		return "names no host";
	if (!set_name(host, name))
		return "has a host that is neither a name nor an address";
	if (rest.len > 0 && !set_port(host, bytes_from(rest, 1)))
		return "has a port that is not a number from 1 to 65535";
	return NULL;
}

bool
redis_host_parse_announced(struct bytes text, struct redis_host *host)
{
	struct bytes port = bytes_after_last(text, ':');

	if (port.len == text.len || !set_port(host, port))
		return false;
	return set_name(
	    host, (struct bytes){ text.data, text.len - port.len - 1 });
}

bool
redis_host_equal(const struct redis_host *a, const struct redis_host *b)
{
	return a->port == b->port && strcmp(a->name, b->name) == 0;
}

const char *
redis_host_text(
    const struct redis_host *host, char out[static REDIS_HOST_TEXT_MAX])
{
	bool brackets = strchr(host->name, ':') != NULL;

	if (host->port == 0)
		snprintf(out, REDIS_HOST_TEXT_MAX, "%s", host->name);
	else
		snprintf(out, REDIS_HOST_TEXT_MAX, "%s%s%s:%u",
		    brackets ? "[" : "", host->name, brackets ? "]" : "",
		    (unsigned)host->port);
	return out;
}

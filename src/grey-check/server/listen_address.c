/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/un.h>
#include <stdio.h>
#include <string.h>

#include "common/num.h"
#include "listen_address.h"

enum { PORT_MAX = 65535 };

static const char *
parse_unix(const char *path, struct listen_address *address)
{
	if (path[0] != '/')
		return "must be unix: and a path from the root, such as "
		       "unix:/var/spool/postfix/private/greylist";
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return "the path of a socket has at most 107 bytes";
	address->path = path;
	return NULL;
}

/* "[::1]:10023": the host without the brackets. */
static const char *
parse_inet(const char *text, struct listen_address *address)
{
	const char *colon = strrchr(text, ':');
	struct bytes host = { text, 0 };
	int64_t port;

	address->port = colon == NULL ? text : colon + 1;
	if (!num_decimal(bytes_of(address->port), &port) || port < 1 ||
	    port > PORT_MAX)
		return "must end with a port, from 1 to 65535, such as "
		       "inet:10023 or inet:127.0.0.1:10023";
	if (colon == NULL)
		return NULL;
	host.len = (size_t)(colon - text);
	if (host.len > 2 && host.data[0] == '[' &&
	    host.data[host.len - 1] == ']') {
		host = bytes_from(host, 1);
		host.len--;
	} else if (memchr(host.data, ':', host.len) != NULL)
		return "an IPv6 address stands in brackets: "
		       "inet:[2001:db8::1]:10023";
	if (host.len == 0)
		return "has no host before the colon; leave the colon out for "
		       "the loopback addresses";
	if (host.len > LISTEN_HOST_MAX)
		return "the name of the host is too long";
	memcpy(address->host, host.data, host.len);
	address->host[host.len] = '\0';
	return NULL;
}

const char *
listen_parse(const char *text, struct listen_address *address)
{
	address->text = text;
	address->path = NULL;
	address->host[0] = '\0';
	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(text + 5, address);
	if (strncmp(text, "inet:", 5) == 0)
		return parse_inet(text + 5, address);
	return "must be unix:PATH or inet:[HOST:]PORT";
}

bool
listen_parse_mode(const char *text, mode_t *mode)
{
	size_t len = strspn(text, "01234567");
	unsigned value;

	if (len == 0 || len > 4 || text[len] != '\0' ||
	    sscanf(text, "%o", &value) != 1 || value > 0777)
		return false;
	*mode = (mode_t)value;
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <sys/un.h>

#include "common/num.h"
#include "common/text.h"
#include "redis_url.h"

enum { PORT = 6379, SENTINEL_PORT = 26379, DB_MAX = 65535 };

/* False: a % without two digits after it, a NUL, or no room. */
static bool
decode(struct bytes text, char *out, size_t room)
{
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (c == '%') {
			int high = i + 2 < text.len ?
			    text_hex_value(text.data[i + 1]) :
			    -1;
			int low = high == -1 ? -1 :
					       text_hex_value(text.data[i + 2]);

			if (low == -1)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0' || used + 1 >= room)
			return false;
		out[used++] = c;
	}
	out[used] = '\0';
	return true;
}

/* What is before the first c; *rest is what follows it, data NULL: nothing. */
static struct bytes
cut(struct bytes text, char c, struct bytes *rest)
{
	const char *at = memchr(text.data, c, text.len);

	*rest = (struct bytes){ NULL, 0 };
	if (at == NULL)
		return text;
	*rest = bytes_from(text, (size_t)(at - text.data) + 1);
	text.len = (size_t)(at - text.data);
	return text;
}

static bool
read_db(struct bytes text, struct redis_url *url)
{
	int64_t db;

	if (!num_decimal(text, &db) || db > DB_MAX)
		return false;
	url->has_db = true;
	url->db = (int)db;
	return true;
}

static const char *
read_parameter(struct bytes name, struct bytes value, struct redis_url *url)
{
	if (bytes_equal(name, bytes_of("db"))) {
		if (url->kind == REDIS_CLUSTER)
			return "a cluster has no databases, so no db=";
		if (url->has_db)
			return "takes one db= only";
		return read_db(value, url) ? NULL :
					     "db= takes a number from 0 on";
	}
	if (bytes_equal(name, bytes_of("passfile")) && url->passfile[0] != '\0')
		return "takes one passfile= only";
	if (bytes_equal(name, bytes_of("passfile")))
		return decode(value, url->passfile, sizeof(url->passfile)) &&
			url->passfile[0] != '\0' ?
		    NULL :
		    "passfile= takes the path of a file";
	if (!bytes_equal(name, bytes_of("cafile")))
		return "takes passfile=, cafile= and db= after the ?, and "
		       "nothing else";
	if (!url->tls)
		return "cafile= is for rediss:, which is redis: through TLS";
	if (url->cafile[0] != '\0')
		return "takes one cafile= only";
	return decode(value, url->cafile, sizeof(url->cafile)) &&
		url->cafile[0] != '\0' ?
	    NULL :
	    "cafile= takes the path of a file";
}

static const char *
read_query(struct bytes query, struct redis_url *url)
{
	struct bytes word, value;
	const char *problem = NULL;

	while (problem == NULL && query.data != NULL) {
		word = cut(query, '&', &query);
		word = cut(word, '=', &value);
		problem = read_parameter(word, value, url);
	}
	return problem;
}

static const char *
read_user(struct bytes *text, struct redis_url *url)
{
	struct bytes rest, user = cut(*text, '@', &rest);

	if (rest.data == NULL)
		return NULL;
	*text = rest;
	if (memchr(user.data, ':', user.len) != NULL)
		return "has a password, which others would see: write it into "
		       "a file, and give passfile=FILE after a ?";
	return decode(user, url->user, sizeof(url->user)) ?
	    NULL :
	    "has a user that is too long, or a % that is not %HH";
}

static const char *
read_hosts(struct bytes text, struct redis_url *url)
{
	uint16_t port = url->kind == REDIS_SENTINEL ? SENTINEL_PORT : PORT;
	const char *problem = NULL;

	while (problem == NULL && text.data != NULL) {
		if (url->count == REDIS_HOSTS_MAX)
			return "names too many hosts: 16 at most";
		problem = redis_host_parse(
		    cut(text, ',', &text), port, &url->hosts[url->count++]);
		if (problem == NULL && text.data != NULL &&
		    url->kind == REDIS_SINGLE)
			return "names several hosts: that is redis+cluster: or "
			       "redis+sentinel:";
	}
	return problem;
}

/* What stands after the hosts' slash. */
static const char *
read_path(struct bytes path, struct redis_url *url)
{
	if (url->kind == REDIS_SENTINEL)
		return path.len > 0 &&
			decode(path, url->master, sizeof(url->master)) ?
		    NULL :
		    "lacks the name by which Sentinel knows the servers: "
		    "redis+sentinel://HOST,.../NAME";
	if (path.len == 0)
		return NULL;
	if (url->kind == REDIS_CLUSTER)
		return "a cluster has no databases, so nothing after the hosts";
	if (url->has_db)
		return "names a database twice, after the host's slash and "
		       "with db=";
	return read_db(path, url) ? NULL :
				    "has something other than a number after "
				    "the host's slash";
}

static const char *
read_socket(struct bytes text, struct redis_url *url)
{
	struct sockaddr_un address;
	struct redis_host *host = &url->hosts[0];

	url->count = 1;
	host->port = 0;
	if (text.len == 0 || text.data[0] != '/')
		return "takes the path of a socket: redis+unix:///PATH";
	return decode(text, host->name, sizeof(address.sun_path)) ?
	    NULL :
	    "has a path that is too long for a socket, or a % that is not %HH";
}

const char *
redis_url_parse(const char *scheme, const char *place, struct redis_url *url)
{
	struct bytes text = bytes_of(place), query, path;
	const char *kind = strchr(scheme, '+');
	bool socket = kind != NULL && strcmp(kind, "+unix") == 0;
	const char *problem;

	memset(url, 0, sizeof(*url));
	url->tls = strncmp(scheme, "rediss", strlen("rediss")) == 0;
	url->kind = kind == NULL || socket ? REDIS_SINGLE :
	    strcmp(kind, "+cluster") == 0  ? REDIS_CLUSTER :
					     REDIS_SENTINEL;
	if (!bytes_begin_with(text, bytes_of("//")))
		return "lacks the // after the kind";
	text = cut(bytes_from(text, 2), '?', &query);
	problem = read_query(query, url);
	if (problem == NULL)
		problem = read_user(&text, url);
	if (problem != NULL)
		return problem;
	if (socket)
		return read_socket(text, url);
	text = cut(text, '/', &path);
	problem = read_hosts(text, url);
	return problem == NULL ? read_path(path, url) : problem;
}

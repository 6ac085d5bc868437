/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/num.h"
#include "common/text.h"
#include "redis_error.h"
#include "redis_key.h"

/* By the first word, or all of the beginning, of what the server says. */
static const struct {
	const char *front;
	enum redis_error kind;
	const char *advice; /* or NULL */
} errors[] = {
	{ "MOVED ", REDIS_ERROR_MOVED,
	    "this is a node of a cluster: give "
	    "redis+cluster://" },
	{ "ASK ", REDIS_ERROR_ASK,
	    "this is a node of a cluster: give "
	    "redis+cluster://" },
	{ "CLUSTERDOWN", REDIS_ERROR_PASSING,
	    "this part of the cluster has no "
	    "master now" },
	{ "LOADING", REDIS_ERROR_PASSING,
	    "the server was just started, and "
	    "reads its data" },
	{ "READONLY", REDIS_ERROR_PASSING,
	    "it is a replica; give the master, "
	    "or redis+sentinel: or "
	    "redis+cluster:, which find it" },
	{ "MASTERDOWN", REDIS_ERROR_PASSING,
	    "it is a replica that has lost "
	    "its master" },
	{ "TRYAGAIN", REDIS_ERROR_PASSING, "keys are being moved" },
	{ "NOPERM", REDIS_ERROR_LASTING,
	    "the server's access list lacks what "
	    "grey-store(5) names" },
	{ "NOAUTH", REDIS_ERROR_LASTING,
	    "the server wants a password: give "
	    "passfile=FILE after a ?" },
	{ "WRONGPASS", REDIS_ERROR_LASTING,
	    "the password or the user is not "
	    "the server's: see passfile= and "
	    "USER@ in the store's name" },
	{ "DENIED", REDIS_ERROR_LASTING,
	    "without a password the server serves "
	    "its own host only (protected-mode)" },
	{ "OOM", REDIS_ERROR_LASTING,
	    "the server's maxmemory is full: raise "
	    "it, or set maxmemory-policy to "
	    "volatile-ttl" },
	{ "WRONGTYPE", REDIS_ERROR_LASTING,
	    "something other than a greylist "
	    "has a key of this name: use a "
	    "database that nobody else uses" },
	{ "MISCONF", REDIS_ERROR_LASTING,
	    "the server can't write its data to "
	    "its disk" },
	{ "NOREPLICAS", REDIS_ERROR_LASTING,
	    "too few replicas, by the "
	    "server's min-replicas-to-write" },
	{ "ERR syntax error", REDIS_ERROR_LASTING,
	    "Redis 7.0 or later is needed, or Valkey 8" },
	{ "ERR unknown command", REDIS_ERROR_LASTING,
	    "Redis 7.0 or later is needed, or Valkey 8" },
	{ "ERR max number of clients", REDIS_ERROR_LASTING,
	    "the server's maxclients are there: raise it" },
	{ "ERR DB index", REDIS_ERROR_LASTING,
	    "the server has no such database: see its setting databases" },
	{ "ERR This instance has cluster support disabled", REDIS_ERROR_LASTING,
	    "this server is no node of a cluster: give redis://" },
};

enum { ERRORS = sizeof(errors) / sizeof(errors[0]) };

static size_t
find(struct bytes text)
{
	size_t i = 0;

	while (i < ERRORS && !bytes_begin_with(text, bytes_of(errors[i].front)))
		i++;
	return i;
}

enum redis_error
redis_error_kind(struct bytes text)
{
	size_t i = find(text);

	return i == ERRORS ? REDIS_ERROR_LASTING : errors[i].kind;
}

bool
redis_redirect_parse(struct bytes text, struct redis_redirect *redirect)
{
	const char *blank = memchr(text.data, ' ', text.len);
	int64_t slot;

	if (blank == NULL)
		return false;
	text = bytes_from(text, (size_t)(blank - text.data) + 1);
	blank = memchr(text.data, ' ', text.len);
	if (blank == NULL ||
	    !num_decimal(
		(struct bytes){ text.data, (size_t)(blank - text.data) },
		&slot) ||
	    slot >= REDIS_SLOTS)
		return false;
	redirect->slot = (unsigned)slot;
	text = bytes_from(text, (size_t)(blank - text.data) + 1);
	return redis_host_parse_announced(text, &redirect->host);
}

/* The server's words have an end: what people read, and no lists of names. */
enum { WORDS_MAX = 160 };

void
redis_error_explain(struct bytes text, char out[static REDIS_EXPLANATION_MAX])
{
	char words[WORDS_MAX];
	size_t i = find(text), len = text_printable(text, words, WORDS_MAX);

	snprintf(out, REDIS_EXPLANATION_MAX, "%s%s%.*s%s",
	    i < ERRORS && errors[i].advice != NULL ? errors[i].advice : "",
	    i < ERRORS && errors[i].advice != NULL ? " (it said: " :
						     "the server said: ",
	    (int)len, words, i < ERRORS && errors[i].advice != NULL ? ")" : "");
}

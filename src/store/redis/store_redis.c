/* SPDX-License-Identifier: BSD-2-Clause */
/* What this engine offers, and what it is opened with. */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/defaults.h"
#include "common/mark.h"
#include "redis_check.h"
#include "redis_get.h"
#include "redis_nodes.h"
#include "redis_route.h"
#include "redis_turn.h"
#include "redis_update.h"
#include "redis_uses.h"
#include "redis_walk.h"

/* Milliseconds: of a check, and of what nobody waits for at an SMTP session. */
enum { DEADLINE = 500, PATIENCE = 10000 };

static bool
init(struct store *store, const char *scheme, const char *place,
    const char **reason)
{
	struct redis *redis = calloc(1, sizeof(*redis));
	int64_t deadline = store->options.deadline;

	*reason = "out of memory";
	if (redis == NULL)
		return false;
	redis->store = store;
	redis->epoll = -1;
	redis_route_init(redis);
	redis->deadline = deadline > 0 ? deadline : DEADLINE;
	redis->patience = deadline > 0 ? deadline : PATIENCE;
	*reason = redis_url_parse(scheme, place, &redis->url);
	if (*reason == NULL && !redis_check_reserve(redis))
		*reason = "out of memory";
	store->state = redis;
	if (*reason != NULL) {
		redis_check_free(redis);
		free(redis);
	}
	return *reason == NULL;
}

/* What keeps it from being used is said when it would have been of use. */
static void
open_state(struct redis *redis)
{
	const struct store_options *options = &redis->store->options;

	if (options->read_only || options->deadline == 0)
		return;
	if (options->state_dir == NULL)
		(void)store_failed(redis->store,
		    "the processes of this host share no directory: "
		    "make " DEFAULT_STATE_DIR ", or give --state-dir");
	else
		redis->state = redis_state_open(
		    redis->store, options->state_dir);
	if (redis->state == NULL)
		snprintf(redis->stateless, sizeof(redis->stateless), "%.*s",
		    REDIS_TROUBLE_MAX - 1, redis->store->reason);
}

static enum store_result
add_hosts(struct redis *redis)
{
	enum redis_role role = redis->url.kind == REDIS_SENTINEL ?
	    REDIS_ROLE_SENTINEL :
	    REDIS_ROLE_DATA;

	for (size_t i = 0; i < redis->url.count; i++) {
		if (redis_node_of(redis, &redis->url.hosts[i], role) == NULL)
			return store_failed(redis->store, "out of memory");
	}
	if (redis->url.kind == REDIS_SINGLE)
		redis->master = redis->nodes[0];
	return STORE_OK;
}

/* No server is asked for anything yet. */
static enum store_result
prepare(struct store *store)
{
	struct redis *redis = store->state;
	char trouble[REDIS_TLS_TROUBLE_MAX];

	if (redis->epoll != -1)
		return STORE_OK;
	if (redis->url.tls && redis->tls == NULL) {
		redis->tls = redis_tls_new(redis->url.cafile, trouble);
		if (redis->tls == NULL)
			return store_failed(store, "%s", trouble);
	}
	open_state(redis);
	if (redis->count == 0 && add_hosts(redis) != STORE_OK)
		return STORE_ERROR;
	redis->epoll = epoll_create1(EPOLL_CLOEXEC);
	return redis->epoll == -1 ? store_failed(store, "%m") : STORE_OK;
}

static void
begin(struct store *store, struct store_pending *pending)
{
	struct redis *redis = store->state;

	if (prepare(store) == STORE_OK) {
		redis_check_begin(redis, pending);
		redis_uses_serve(redis);
	} else
		redis_check_refuse(redis, pending);
}

static void
turn(struct store *store)
{
	struct redis *redis = store->state;

	redis_turn(redis);
	redis_check_tell(redis);
}

static int
descriptor(struct store *store)
{
	return redis_descriptor(store->state);
}

static int
patience(struct store *store)
{
	const struct redis *redis = store->state;

	return redis->denied != NULL ? 0 : redis_patience(redis);
}

static enum store_result
walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	return prepare(store) == STORE_OK ?
	    redis_walk(store->state, table, from, visit, argument) :
	    STORE_ERROR;
}

static enum store_result
get(struct store *store, enum store_table table, const struct bytes *keys,
    size_t count, store_show *show, void *argument)
{
	return prepare(store) == STORE_OK ?
	    redis_get(store->state, table, keys, count, show, argument) :
	    STORE_ERROR;
}

static enum store_result
update(struct store *store, enum store_table table, const struct bytes *keys,
    size_t count, store_decide *decide, void *argument)
{
	return prepare(store) == STORE_OK ?
	    redis_update(store->state, table, keys, count, decide, argument) :
	    STORE_ERROR;
}

/* As of a file of Berkeley DB that is not there. */
static enum store_result
header(struct store *store, enum store_table table, bool print, char *out)
{
	(void)store;
	(void)table;
	snprintf(out, STORE_HEADER_MAX,
	    "VERSION=3\nformat=%s\ntype=btree\nHEADER=END\n",
	    print ? "print" : "bytevalue");
	return STORE_OK;
}

static void
use_as(struct store *store, struct bytes text)
{
	redis_uses_begin(store->state, text);
}

static size_t
read_uses(struct store *store, struct store_use *uses)
{
	return prepare(store) == STORE_OK ?
	    redis_uses_read(store->state, uses) :
	    0;
}

static enum store_use_news
use_news(struct store *store)
{
	return redis_uses_news(store->state);
}

static bool
say_once(struct store *store, uint64_t mark)
{
	return store->options.read_only || prepare(store) != STORE_OK ||
	    redis_uses_say_once(store->state, mark);
}

/*
 * By a name that the kernel gives to one socket of this host: nothing has to be
 * removed, however the process ends.
 */
static enum store_result
claim(struct store *store, const char *name, bool *claimed)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	uint64_t mark = mark_add(MARK_NONE, bytes_of(store->place));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int len = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
	    "%s-%016" PRIx64, name, mark);

	*claimed = false;
	if (fd == -1)
		return store_failed(store, "can't claim %s: %m", name);
	*claimed = bind(fd, (const struct sockaddr *)&address,
		       (socklen_t)(sizeof(sa_family_t) + 1 + (size_t)len)) == 0;
	if (!*claimed)
		close(fd);
	return STORE_OK;
}

static enum store_result
nothing_to_do(struct store *store)
{
	(void)store;
	return STORE_OK;
}

static void
close_store(struct store *store)
{
	struct redis *redis = store->state;

	redis_uses_end(redis);
	redis_nodes_free(redis);
	redis_command_free(&redis->search.command);
	redis_check_free(redis);
	redis_state_close(redis->state);
	redis_tls_free(redis->tls);
	if (redis->epoll != -1)
		close(redis->epoll);
	free(redis->scratch);
	free(redis);
}

const struct store_engine store_redis = {
	.schemes = { "redis", "rediss", "redis+unix", "redis+cluster",
	    "rediss+cluster", "redis+sentinel", "rediss+sentinel" },
	.form = "redis://HOST[:PORT]",
	.forgets = true,
	.init = init,
	.begin = begin,
	.turn = turn,
	.descriptor = descriptor,
	.patience = patience,
	.walk = walk,
	.get = get,
	.update = update,
	.header = header,
	.claim = claim,
	.use_as = use_as,
	.uses = read_uses,
	.use_news = use_news,
	.say_once = say_once,
	.checkpoint = nothing_to_do,
	.open = prepare,
	.close = close_store,
};

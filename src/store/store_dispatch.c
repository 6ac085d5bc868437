/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/msg.h"
#include "store_engine.h"

/* For where there is no memory: who has a store can at least answer. */
static struct store spare;

static void
free_store(struct store *store)
{
	if (store == &spare)
		memset(&spare, 0, sizeof(spare));
	else
		free(store);
}

/* How much of the hosts may be shown: up to a colon that stands before
   something other than a port. */
static size_t
shown(const char *text, size_t len)
{
	size_t inside, end;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '[') {
			inside = strspn(
			    text + i + 1, "0123456789abcdefABCDEF:.");
			i += text[i + 1 + inside] == ']' ? inside : 0;
		}
		if (text[i] != ':')
			continue;
		end = i + 1 + strspn(text + i + 1, "0123456789");
		if (end < len && text[end] != ',' && text[end] != '/')
			return i + 1;
	}
	return len;
}

/*
 * Somebody may have written a password into it, which is refused, and must not
 * stand in a log: what comes after the user's name is left out, and so is all
 * after a question mark, which may be in a password, too.
 */
static void
complain(const char *where, const char *reason)
{
	size_t len = strcspn(where, "?");
	const char *scheme_end = where + strcspn(where, ":/");
	const char *at, *user_end, *rest;
	size_t rest_len, rest_shown;

	if (*scheme_end != ':') {
		msg(MSG_ERROR, "--store=%s: %s", where, reason);
		return;
	}
	at = memrchr(where, '@', len);
	rest = at == NULL ? scheme_end + 1 : at;
	user_end = strchr(scheme_end + 1, ':');
	if (user_end == NULL || user_end >= rest)
		user_end = rest - 1;
	rest_len = (size_t)(where + len - rest);
	rest_shown = shown(rest, rest_len);
	msg(MSG_ERROR, "--store=%.*s%s%.*s%s%s: %s",
	    (int)(user_end + 1 - where), where,
	    user_end + 1 == rest ? "" : "...", (int)rest_shown, rest,
	    rest_shown == rest_len ? "" : "...",
	    where[len] == '\0' ? "" : "?...", reason);
}

struct store *
store_new(const char *where, const struct store_options *options)
{
	const char *scheme, *place, *reason;
	const struct store_engine *engine = store_find(
	    where, &scheme, &place, &reason);
	struct store *store;

	if (engine == NULL) {
		complain(where, reason);
		return NULL;
	}
	reason = "out of memory";
	store = calloc(1, sizeof(*store));
	if (store == NULL && spare.engine == NULL)
		store = &spare;
	if (store != NULL) {
		store->engine = engine;
		store->options = *options;
		store->place = place;
		if (engine->init(store, scheme, place, &reason))
			return store;
	}
	complain(where, reason);
	free_store(store);
	return NULL;
}

/* What is called of an engine that does not name it. */
static enum store_result
lacks(struct store *store, const char *operation)
{
	return store_failed(store, "%s: this kind of store has no %s",
	    store->engine->schemes[0], operation);
}

/* Calls the operation of the store, which comes first; or what there is else.
 */
#define CALL_OR(otherwise, operation, ...) \
	(store->engine->operation == NULL ? \
		(otherwise) : \
		store->engine->operation(__VA_ARGS__))
#define CALL(operation, ...) \
	CALL_OR(lacks(store, #operation), operation, __VA_ARGS__)

enum store_result
store_walk(struct store *store, enum store_table table, struct bytes from,
    store_visit *visit, void *argument)
{
	return CALL(walk, store, table, from, visit, argument);
}

enum store_result
store_get(struct store *store, enum store_table table, const struct bytes *keys,
    size_t count, store_show *show, void *argument)
{
	return CALL(get, store, table, keys, count, show, argument);
}

enum store_result
store_update(struct store *store, enum store_table table,
    const struct bytes *keys, size_t count, store_decide *decide,
    void *argument)
{
	return CALL(update, store, table, keys, count, decide, argument);
}

enum store_result
store_header(struct store *store, enum store_table table, bool print,
    char out[static STORE_HEADER_MAX])
{
	return CALL(header, store, table, print, out);
}

enum store_result
store_claim(struct store *store, const char *name, bool *claimed)
{
	return CALL(claim, store, name, claimed);
}

enum store_result
store_checkpoint(struct store *store)
{
	return CALL(checkpoint, store);
}

enum store_result
store_compact(struct store *store, enum store_table table,
    bool (*again)(void *argument), void *argument)
{
	return CALL(compact, store, table, again, argument);
}

enum store_result
store_shrink(struct store *store, enum store_table table)
{
	return CALL(shrink, store, table);
}

enum store_result
store_open(struct store *store)
{
	return CALL_OR(STORE_OK, open, store);
}

enum store_result
store_become_owner(struct store *store)
{
	return CALL_OR(STORE_OK, become_owner, store);
}

void
store_use_as(struct store *store, struct bytes text)
{
	if (store->engine->use_as != NULL)
		store->engine->use_as(store, text);
}

size_t
store_uses(struct store *store, struct store_use uses[static STORE_USES_MAX])
{
	return CALL_OR(0, uses, store, uses);
}

enum store_use_news
store_use_news(struct store *store)
{
	return CALL_OR(STORE_USE_AS_BEFORE, use_news, store);
}

bool
store_say_once(struct store *store, uint64_t mark)
{
	return CALL_OR(true, say_once, store, mark);
}

enum store_step
store_checkpoint_step(struct store *store)
{
	return CALL_OR(STORE_STEP_NONE, checkpoint_step, store);
}

enum store_result
store_tidy(struct store *store, time_t now)
{
	return CALL_OR(STORE_OK, tidy, store, now);
}

double
store_position(struct store *store, enum store_table table, struct bytes key)
{
	return CALL_OR(-1, position, store, table, key);
}

const char *
store_directory(const struct store *store)
{
	return store->engine->is_directory ? store->place : NULL;
}

bool
store_forgets(const struct store *store)
{
	return store->engine->forgets;
}

int64_t
store_size(struct store *store, enum store_table table)
{
	return CALL_OR(0, size, store, table);
}

int64_t
store_longest_hold(const struct store *store)
{
	return store->longest_hold;
}

const char *
store_reason(const struct store *store)
{
	return store->reason;
}

void
store_close(struct store *store)
{
	if (store->engine->close != NULL)
		store->engine->close(store);
	free_store(store);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "message_link.h"

/* The address in "name[address]:port"; empty: there is none. */
static struct bytes
relay_address(const struct event *event)
{
	const struct bytes relay = event->relay;
	const char *open = memchr(
	    relay.data == NULL ? "" : relay.data, '[', relay.len);
	const char *close;
	struct bytes inside;

	if (open == NULL)
		return (struct bytes){ NULL, 0 };
	inside = bytes_from(relay, (size_t)(open + 1 - relay.data));
	close = memchr(inside.data, ']', inside.len);
	inside.len = close == NULL ? 0 : (size_t)(close - inside.data);
	return inside;
}

static bool
names_filter(struct bytes text)
{
	return memmem(text.data, text.len, "from MTA(", 9) != NULL;
}

/*
 * A host elsewhere may have a queue id that is in use here, too. What a filter
 * brings back comes from where it was sent to, or has the same message-id; a
 * filter may add one that was missing.
 */
static bool
may_be_brought_back(const struct message *message, const struct message *next,
    const struct event *event)
{
	const struct bytes relay = relay_address(event);

	if (session_is_loopback(relay))
		return true;
	return next->client != 0 &&
	    (next->id == message->id || message->id == 0 ||
		next->client == hash_text(relay, 0) ||
		names_filter(event->text));
}

struct message *
message_link_successor(struct messages *all, const struct message *message,
    const struct event *event)
{
	struct message *next = message_find_near(all, event->other_id);

	if (next == NULL || next == message ||
	    (message->arrival != ARRIVAL_BEFORE &&
		next->seconds < message->seconds) ||
	    !may_be_brought_back(message, next, event))
		return NULL;
	return next;
}

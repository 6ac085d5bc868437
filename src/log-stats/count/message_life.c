/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_life.h"
#include "session.h"

bool
message_is_mail(const struct message *message)
{
	return message->origin != ORIGIN_NOTICE;
}

/* All services, but for those that the user leaves out. */
bool
message_counts(const struct tally *tally, const struct message *message)
{
	if (tally->settings->service == SERVICE_ALL)
		return true;
	return session_in_service(tally, message->origin == ORIGIN_MX,
	    message->origin == ORIGIN_SUBMITTED);
}

void
message_add_to_bucket(struct tally *tally, int64_t seconds,
    enum bucket_column column, int64_t change)
{
	buckets_add(&tally->buckets, tally->settings->by, seconds,
	    tally->entry->writer->host, column, change);
}

static void
count_origin(struct tally *tally, const struct message *message, int64_t change)
{
	struct messages_tally *figures = &tally->messages;
	uint64_t more = (uint64_t)change;

	switch (message->origin) {
	case ORIGIN_MX:
		figures->received += more;
		message_add_to_bucket(
		    tally, message->seconds, BUCKET_RECEIVED, change);
		break;
	case ORIGIN_SUBMITTED:
		figures->submitted += more;
		break;
	case ORIGIN_LOCAL:
		figures->local += more;
		break;
	case ORIGIN_NOTICE:
		figures->notices += more;
		return;
	case ORIGIN_BEFORE:
		figures->began_before += more;
		return;
	default:
		return;
	}
	if (message->delivered > 0)
		figures->delivered += more;
}

/*
 * What a message adds to the figures, as far as is known; taken away before
 * more becomes known, and added again: in the hour or day of its first line.
 */
void
message_contribute(struct tally *tally, const struct message *message, int sign)
{
	int64_t delivered = (int64_t)message->delivered * sign;

	if (!message_counts(tally, message))
		return;
	if (message->flags & MESSAGE_ACTIVE)
		count_origin(tally, message, sign);
	if (!message_is_mail(message))
		return;
	tally->recipients.delivered += (uint64_t)delivered;
	if (session_in_service(tally, message->origin == ORIGIN_MX,
		message->origin == ORIGIN_SUBMITTED))
		tally_row_at(tally, message->seconds, ROW_DELIVERED,
		    UNIT_RECIPIENT, delivered);
}

void
message_set_origin(
    struct tally *tally, struct message *message, enum message_origin origin)
{
	message_contribute(tally, message, -1);
	message->origin = origin;
	message_contribute(tally, message, 1);
}

void
message_decide(
    struct tally *tally, struct message *message, enum session_outcome outcome)
{
	if (!(message->flags & MESSAGE_UNDECIDED))
		return;
	message->flags &= ~(unsigned)MESSAGE_UNDECIDED;
	session_ends_message(tally, message->session, outcome);
}

void
message_stop_waiting(struct recipient *recipient, void *tally)
{
	if (!recipient->is_waiting)
		return;
	recipient->is_waiting = 0;
	((struct tally *)tally)->recipients.deferred_waiting--;
}

struct message *
message_begin(struct tally *tally, struct bytes queue_id)
{
	struct message *old = message_find(tally, queue_id);

	if (old != NULL) {
		message_decide(tally, old, SESSION_CANCELED);
		if (!(old->flags & MESSAGE_REMOVED))
			message_each_recipient(
			    old, message_stop_waiting, tally);
		message_forget(tally, old);
	}
	return message_new(tally, queue_id);
}

struct message *
message_begin_internal(struct tally *tally, struct bytes queue_id)
{
	struct message *message = message_find(tally, queue_id);

	if (message != NULL &&
	    (message->origin == ORIGIN_INTERNAL ||
		(message->origin == ORIGIN_BEFORE &&
		    !(message->flags & MESSAGE_REMOVED))))
		return message;
	return message_begin(tally, queue_id);
}

struct message *
message_need(struct tally *tally, const struct event *event)
{
	struct message *message = message_find(tally, event->queue_id);

	return message != NULL ? message : message_new(tally, event->queue_id);
}

struct moving {
	struct tally *tally;
	struct message *root;
	uint64_t moved;
};

static void
move_delivered(struct recipient *recipient, void *argument)
{
	struct moving *moving = argument;
	bool is_new;

	if ((recipient->hash & 1) == 0 ||
	    message_add_recipient(
		moving->tally, moving->root, recipient->hash, &is_new) == NULL)
		return;
	moving->moved += is_new;
}

/* Both count under the one root from now on. */
void
message_continue(
    struct tally *tally, struct message *message, struct message *root)
{
	struct moving moving = { tally, message_root(tally, root), 0 };

	if (moving.root == message || message->root != NULL)
		return;
	message_contribute(tally, message, -1);
	message_contribute(tally, moving.root, -1);
	message_each_recipient(message, move_delivered, &moving);
	moving.root->delivered += moving.moved;
	message->delivered = 0;
	message->origin = ORIGIN_CONTINUED;
	message_set_root(message, moving.root);
	message_contribute(tally, moving.root, 1);
	message_contribute(tally, message, 1);
}

struct bytes
message_domain(struct bytes address)
{
	const char *at = memrchr(address.data, '@', address.len);

	return at == NULL ?
	    address :
	    bytes_from(address, (size_t)(at + 1 - address.data));
}

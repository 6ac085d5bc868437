/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/num.h"
#include "log-stats/entry/entry.h"
#include "log-stats/tables/hash.h"
#include "rcpt.h"

/* All names of attributes with "=" and the end of the line. */
enum { NAMES_ROOM = 256 };

uint64_t
rcpt_key(struct bytes client_address, struct bytes recipient)
{
	return hash_lower(recipient, hash_text(client_address, 0));
}

size_t
rcpt_room(const struct rcpt *rcpt)
{
	return NAMES_ROOM + NUM_TEXT_MAX + rcpt->client_name.len +
	    rcpt->client_address.len + rcpt->protocol.len + rcpt->helo.len +
	    rcpt->stage.len + rcpt->queue_id.len + rcpt->sender.len +
	    rcpt->recipient.len;
}

/* A byte that would end the line or the text is written as Postfix logs it. */
static char *
put(char *at, const char *name, struct bytes value)
{
	at = stpcpy(at, name);
	*at++ = '=';
	for (size_t i = 0; i < value.len; i++) {
		const char c = value.data[i];

		*at++ = c == '\n' || c == '\r' || c == '\0' ? '?' : c;
	}
	*at++ = '\n';
	return at;
}

static char *
put_known(char *at, const char *name, struct bytes value)
{
	return value.len > 0 ? put(at, name, value) : at;
}

size_t
rcpt_write(const struct rcpt *rcpt, char *out)
{
	char number[NUM_TEXT_MAX];
	const struct bytes time = { number,
		num_format(rcpt->time / MICROSECONDS, number) };
	char *at = out;

	at = put(at, "request", bytes_of("smtpd_access_policy"));
	at = put(at, "policy_test_time", time);
	at = put(at, "protocol_state",
	    rcpt->stage.len > 0 ? rcpt->stage : bytes_of("RCPT"));
	at = put_known(at, "protocol_name", rcpt->protocol);
	at = put(at, "client_address", rcpt->client_address);
	at = put(at, "client_name", rcpt->client_name);
	at = put_known(at, "helo_name", rcpt->helo);
	at = put_known(at, "queue_id", rcpt->queue_id);
	at = put(at, "sender", rcpt->sender);
	at = put(at, "recipient", rcpt->recipient);
	*at++ = '\n';
	return (size_t)(at - out);
}

struct bytes
rcpt_unquoted(struct bytes mailbox, char room[static MAILBOX_MAX])
{
	struct bytes out = { room, 0 };
	size_t at = 1;

	if (mailbox.len == 0 || mailbox.len > MAILBOX_MAX ||
	    *mailbox.data != '"')
		return mailbox;
	for (; at < mailbox.len && mailbox.data[at] != '"'; at++) {
		at += mailbox.data[at] == '\\' && at + 1 < mailbox.len;
		room[out.len++] = mailbox.data[at];
	}
	/* What else begins with a quotation mark is an older Postfix's. */
	if (at + 1 >= mailbox.len || mailbox.data[at + 1] != '@')
		return mailbox;
	for (at++; at < mailbox.len; at++)
		room[out.len++] = mailbox.data[at];
	return out;
}

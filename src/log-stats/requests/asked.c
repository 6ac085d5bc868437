/* SPDX-License-Identifier: BSD-2-Clause */
#include "asked.h"
#include "common/address.h"
#include "common/text.h"
#include "log-stats/event/details.h"

enum { SUM_LENGTH = 40 };

/* What the line of a server, or of a refusal, says of its command. False: not
 * all that is needed. */
static bool
read_command(struct proved *proved, const struct entry *entry,
    const struct event *event, struct rcpt *rcpt)
{
	struct address address;

	*rcpt = (struct rcpt){
		.time = entry->time,
		.client_name = details_client_name(entry, event),
		.client_address = event->client_address,
		.queue_id = event->queue_id,
		.sender = event->sender,
		.recipient = event->recipient,
	};
	if (!event->has_sender || event->recipient.len == 0 ||
	    rcpt->client_name.len == 0 ||
	    !address_parse(event->client_address, &address)) {
		proved->cut++;
		return false;
	}
	return true;
}

/* "a44e4d58...", the SHA-1 that grey-check --log-privacy shows of a value. */
static bool
is_sum(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text_hex_value(text.data[i]) == -1)
			return false;
	return text.len == SUM_LENGTH;
}

/* sqlgrey does not say all that a request needs; smtpd's lines do. Who logged
 * in was not greylisted. */
void
asked_decision(
    struct proved *proved, const struct entry *entry, const struct event *event)
{
	struct rcpt rcpt;

	if (is_sum(event->client_address)) {
		proved->hidden++;
		return;
	}
	if (details_client_name(entry, event).len == 0 ||
	    bytes_equal(event->text, bytes_of("sasl username")) ||
	    !read_command(proved, entry, event, &rcpt))
		return;
	rcpt.proof = PROOF_DECISION;
	proved_take(proved, &rcpt, rcpt.time);
}

void
asked_refusal(
    struct proved *proved, const struct entry *entry, const struct event *event)
{
	static char sender[MAILBOX_MAX], recipient[MAILBOX_MAX];
	struct rcpt rcpt;

	if (!read_command(proved, entry, event, &rcpt))
		return;
	rcpt.proof = PROOF_REFUSAL;
	rcpt.sender = rcpt_unquoted(event->sender, sender);
	rcpt.recipient = rcpt_unquoted(event->recipient, recipient);
	rcpt.stage = event->stage;
	rcpt.protocol = details_protocol(entry);
	rcpt.helo = details_helo(entry);
	proved_take(proved, &rcpt, rcpt.time);
}

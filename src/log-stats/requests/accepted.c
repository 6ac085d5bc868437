/* SPDX-License-Identifier: BSD-2-Clause */
#include "accepted.h"
#include "log-stats/event/details.h"
#include "log-stats/tables/hash.h"

/* Recipients are kept under hashes of two kinds: as the client called them, and
 * as they were delivered to. These are their seeds. */
enum { ASKED = 21, DELIVERED = 22 };

/* A client was allowed to name this recipient. */
static void
take_recipient(struct proved *proved, struct mail *mail, struct rcpt *rcpt)
{
	static char room[MAILBOX_MAX];
	const struct bytes recipient = rcpt_unquoted(rcpt->recipient, room);

	if (!mail_add_recipient(
		&proved->mails, mail, hash_lower(recipient, ASKED)))
		return;
	mail->flags |= MAIL_IS_ASKED;
	rcpt->proof = PROOF_ACCEPTANCE;
	rcpt->time = mail->time;
	rcpt->client_name = mail->client_name;
	rcpt->client_address = mail->client_address;
	rcpt->queue_id = mail->queue_id;
	rcpt->recipient = recipient;
	proved_take(proved, rcpt, proved->now);
}

/* A line about the whole message names the last of its recipients. */
static void
take_last(struct proved *proved, const struct entry *entry,
    const struct event *event, struct mail *mail)
{
	static char sender[MAILBOX_MAX];
	struct rcpt rcpt = {
		.sender = rcpt_unquoted(event->sender, sender),
		.recipient = event->recipient,
		.protocol = details_protocol(entry),
		.helo = details_helo(entry),
	};

	if (mail != NULL && (mail->flags & MAIL_FROM_CLIENT) &&
	    event->has_sender && event->recipient.len > 0)
		take_recipient(proved, mail, &rcpt);
}

void
accepted_refused(
    struct proved *proved, const struct entry *entry, const struct event *event)
{
	take_last(
	    proved, entry, event, mail_find(&proved->mails, event->queue_id));
}

/* A queue id begins, or a session in front of a filter before the queue. */
void
accepted_client(
    struct proved *proved, const struct entry *entry, const struct event *event)
{
	struct mails *mails = &proved->mails;
	struct mail *mail = event->queue_id.len > 0 ?
	    mail_begin(mails, event->queue_id) :
	    mail_begin_session(mails);

	if (event->class == EVENT_SMTPD_CLIENT && proved_of_mx(entry, event))
		mail_set_client(mails, mail, details_client_name(entry, event),
		    event->client_address, event->queue_id);
}

/*
 * A filter before the queue has answered to a session's message. If it took it,
 * the message is another one in the log, which the filter has brought in.
 */
void
accepted_filtered(
    struct proved *proved, const struct entry *entry, const struct event *event)
{
	struct mails *mails = &proved->mails;
	struct mail *session = mail_find_session(mails);
	struct mail *mail = mail_find(mails, event->other_id);

	if (session == NULL || !(session->flags & MAIL_FROM_CLIENT))
		return;
	if (mail != NULL && !(mail->flags & MAIL_FROM_CLIENT)) {
		mail_set_client(mails, mail, session->client_name,
		    session->client_address, event->other_id);
		mail->time = session->time;
		take_last(proved, entry, event, mail);
		return;
	}
	take_last(proved, entry, event, session);
}

/* Postfix itself made the message, or smtpd or pickup have said more. */
void
accepted_message_id(struct proved *proved, const struct event *event)
{
	struct mails *mails = &proved->mails;
	struct mail *mail = mail_find(mails, event->queue_id);

	if (event->is_resent)
		return;
	if (mail == NULL)
		mail = mail_adopt(mails, event->queue_id);
	if (mail == NULL ||
	    (mail->flags & (MAIL_REMOVED | MAIL_ACTIVE | MAIL_HAS_ID)))
		mail = mail_begin(mails, event->queue_id);
	mail->flags |= MAIL_HAS_ID;
}

static struct mail *
need_mail(struct proved *proved, const struct event *event)
{
	struct mail *mail = mail_find(&proved->mails, event->queue_id);

	if (mail != NULL)
		return mail;
	proved->began_before++;
	return mail_begin(&proved->mails, event->queue_id);
}

void
accepted_active(
    struct proved *proved, const struct entry *entry, const struct event *event)
{
	static char sender[MAILBOX_MAX];
	struct mail *mail = need_mail(proved, event);

	if (mail->flags & MAIL_ACTIVE)
		return;
	mail->flags |= MAIL_ACTIVE;
	mail->expected = details_recipients(entry);
	mail_set_sender(
	    &proved->mails, mail, rcpt_unquoted(event->sender, sender));
}

void
accepted_delivery(struct proved *proved, const struct event *event)
{
	struct mail *mail = need_mail(proved, event);
	struct rcpt rcpt = { .sender = mail->sender,
		.recipient = event->original_recipient.len > 0 ?
		    event->original_recipient :
		    event->recipient };

	if (!(mail->flags & MAIL_FROM_CLIENT) || !(mail->flags & MAIL_ACTIVE))
		return;
	take_recipient(proved, mail, &rcpt);
	mail->seen += mail_add_recipient(&proved->mails, mail,
	    hash_text(event->original_recipient,
		hash_text(event->recipient, DELIVERED)));
	if (mail->seen >= mail->expected)
		mail_close(&proved->mails, mail);
}

void
accepted_end(struct proved *proved, const struct event *event)
{
	struct mail *mail = mail_find(&proved->mails, event->queue_id);

	if (mail != NULL)
		mail_retire(&proved->mails, mail);
}

void
accepted_session_end(struct proved *proved)
{
	struct mail *session = mail_find_session(&proved->mails);

	if (session != NULL)
		mail_forget(&proved->mails, session);
}

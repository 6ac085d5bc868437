/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "accepted.h"
#include "asked.h"
#include "requests.h"

/* Seconds that the log goes on before a request is written: for lines that come
 * late; for messages whose recipients are not known, if the queue manager has
 * them or not. */
enum { LINES_LATE = 60, IN_QUEUE = 3600, BEFORE_QUEUE = 600 };

void
requests_begin(struct requests *all, int64_t since, int64_t until)
{
	*all = (struct requests){
		.proved = { .since = since, .until = until, .now = INT64_MIN },
		.latest = INT64_MIN,
	};
	mails_begin(&all->proved.mails);
}

static void
take_reject(
    struct proved *proved, const struct entry *entry, const struct event *event)
{
	const bool is_rcpt = bytes_equal(event->stage, bytes_of("RCPT"));

	if (event->greylists &&
	    (is_rcpt || bytes_equal(event->stage, bytes_of("DATA")))) {
		if (proved_of_mx(entry, event))
			asked_refusal(proved, entry, event);
	} else if (event->refuses_message)
		accepted_refused(proved, entry, event);
	else
		proved->other_refusals += is_rcpt && proved_of_mx(entry, event);
}

static void
take(
    struct proved *proved, const struct entry *entry, const struct event *event)
{
	switch (event->class) {
	case EVENT_GREY_GREYLIST:
	case EVENT_GREY_PASS:
	case EVENT_GREY_LEARN:
	case EVENT_GREY_ERROR:
		asked_decision(proved, entry, event);
		break;
	case EVENT_SMTPD_REJECT:
	case EVENT_SMTPD_MILTER_REJECT:
		take_reject(proved, entry, event);
		break;
	case EVENT_SMTPD_CLIENT:
	case EVENT_PICKUP_MSG:
		accepted_client(proved, entry, event);
		break;
	case EVENT_SMTPD_PROXY_ACCEPT:
	case EVENT_SMTPD_PROXY_REJECT:
		accepted_filtered(proved, entry, event);
		break;
	case EVENT_SMTPD_CONNECT:
	case EVENT_SMTPD_DISCONNECT:
		accepted_session_end(proved);
		break;
	case EVENT_CLEANUP_MESSAGE_ID:
		accepted_message_id(proved, event);
		break;
	case EVENT_CLEANUP_REJECT:
	case EVENT_CLEANUP_MILTER_REJECT:
		accepted_refused(proved, entry, event);
		break;
	case EVENT_QMGR_ACTIVE:
		accepted_active(proved, entry, event);
		break;
	case EVENT_QMGR_REMOVED:
	case EVENT_CLEANUP_REMOVED:
	case EVENT_POSTSUPER_REMOVED:
		accepted_end(proved, event);
		break;
	case EVENT_DELIVER_SENT:
	case EVENT_DELIVER_DEFERRED:
	case EVENT_DELIVER_BOUNCED:
	case EVENT_DELIVER_SOFTBOUNCE:
	case EVENT_DELIVER_DISCARDED:
	case EVENT_DELIVER_FORWARDED:
		accepted_delivery(proved, event);
		break;
	default:
		break;
	}
}

/* Nothing that is before this time is waited for. */
static int64_t
ready_until(struct proved *proved)
{
	struct mail *mail;
	int64_t late = proved->now - LINES_LATE * MICROSECONDS;

	while ((mail = TAILQ_FIRST(&proved->mails.open)) != NULL) {
		const int64_t patience = mail->flags & MAIL_ACTIVE ?
		    IN_QUEUE :
		    BEFORE_QUEUE;

		if (mail->time != ENTRY_NO_TIME &&
		    mail->time >= proved->now - patience * MICROSECONDS)
			return mail->time < late ? mail->time : late;
		mail_close(&proved->mails, mail);
	}
	return late;
}

static void
write_first(struct requests *all)
{
	struct held *held = held_take(&all->proved.holder);

	if (!decided_replaces(&all->proved.decided, held->key, held->serial)) {
		fwrite(held->text, 1, held->len, stdout);
		all->written[held->proof]++;
		all->with_helo += held->has_helo;
		all->late += held->time < all->latest;
		if (held->time > all->latest)
			all->latest = held->time;
	}
	free(held);
}

static void
write_ready(struct requests *all)
{
	struct proved *proved = &all->proved;
	const struct held *first = held_first(&proved->holder);
	int64_t until;

	if (first == NULL ||
	    first->time >= proved->now - LINES_LATE * MICROSECONDS)
		return;
	until = ready_until(proved);
	while ((first = held_first(&proved->holder)) != NULL &&
	    first->time < until)
		write_first(all);
}

void
requests_event(
    struct requests *all, const struct entry *entry, const struct event *event)
{
	struct proved *proved = &all->proved;

	proved->mails.entry = entry;
	if (entry->time != ENTRY_NO_TIME)
		proved->now = entry->time;
	take(proved, entry, event);
	if (proved->now != INT64_MIN)
		write_ready(all);
	while (held_is_full(&proved->holder))
		write_first(all);
}

void
requests_end(struct requests *all)
{
	while (held_first(&all->proved.holder) != NULL)
		write_first(all);
	mails_end(&all->proved.mails);
	decided_free(&all->proved.decided);
	held_free(&all->proved.holder);
}

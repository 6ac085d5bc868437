/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one line of a maillog says. Texts are parts of the line, and live as
 * long as it does; of one that is empty the data may be anything.
 *
 * This folder is the only one that knows what Postfix and its neighbours write.
 * The way of a text through it:
 *   event_read   severity and queue id off the front; finds the row that fits,
 *                and decides the class; repeat: a line that says how often
 *                another came
 *   wording      the table of rows: the front of a text, its class, and the
 *                reader of the rest
 *   unnamed      the daemon of a line that does not name it; debug: what
 *                those who look for a fault have asked for
 *   match        does a row's pattern fit? captures clients, stages, ids
 *   fields*      readers of the rest: rejects, deliveries, greylisters, others;
 *                parse has what they share: mailboxes, codes, seconds
 *   event        the classes, and struct event, which count/ is handed; lines
 * as grep counts them; event_print: one as --events prints it, with what the
 * other side said of it (remote) filters      what filters that are not of
 * Postfix say of a message reason       a text without what differs from line
 * to line, word by word pattern      a regular expression, the user's
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"
#include "log-stats/entry/entry.h"

/* The classes; their names as --events prints them, which are a contract; and
 * the part of the count that each is for. wording.c has the texts of each. */
#define EVENT_CLASSES(X) \
	X(PSC_CONNECT, "psc.connect", POSTSCREEN) \
	X(PSC_DISCONNECT, "psc.disconnect", POSTSCREEN) \
	X(PSC_PASS_OLD, "psc.pass_old", POSTSCREEN) \
	X(PSC_PASS_NEW, "psc.pass_new", POSTSCREEN) \
	X(PSC_ALLOW, "psc.allow", POSTSCREEN) \
	X(PSC_DENY, "psc.deny", POSTSCREEN) \
	X(PSC_VETO, "psc.veto", POSTSCREEN) \
	X(PSC_PREGREET, "psc.pregreet", POSTSCREEN) \
	X(PSC_DNSBL, "psc.dnsbl", POSTSCREEN) \
	X(PSC_HANGUP, "psc.hangup", POSTSCREEN) \
	X(PSC_REJECT_CONN, "psc.reject_conn", POSTSCREEN) \
	X(PSC_REJECT_RCPT, "psc.reject_rcpt", POSTSCREEN) \
	X(PSC_CMD_TIME, "psc.cmd_time", POSTSCREEN) \
	X(PSC_CMD_COUNT, "psc.cmd_count", POSTSCREEN) \
	X(PSC_CMD_LENGTH, "psc.cmd_length", POSTSCREEN) \
	X(PSC_NONSMTP, "psc.nonsmtp", POSTSCREEN) \
	X(PSC_PIPELINING, "psc.pipelining", POSTSCREEN) \
	X(PSC_BARELF, "psc.barelf", POSTSCREEN) \
	X(PSC_NODATA, "psc.nodata", POSTSCREEN) \
	X(PSC_CACHE, "psc.cache", POSTSCREEN) \
	X(PSC_STRESS, "psc.stress", POSTSCREEN) \
	X(SMTPD_CONNECT, "smtpd.connect", SMTPD) \
	X(SMTPD_DISCONNECT, "smtpd.disconnect", SMTPD) \
	X(SMTPD_CLIENT, "smtpd.client", SMTPD) \
	X(SMTPD_REJECT, "smtpd.reject", SMTPD) \
	X(SMTPD_REJECT_WARNING, "smtpd.reject_warning", SMTPD) \
	X(SMTPD_MILTER_REJECT, "smtpd.milter_reject", SMTPD) \
	X(SMTPD_DISCARD, "smtpd.discard", SMTPD) \
	X(SMTPD_HOLD, "smtpd.hold", SMTPD) \
	X(SMTPD_MILTER_HOLD, "smtpd.milter_hold", SMTPD) \
	X(SMTPD_MILTER_DISCARD, "smtpd.milter_discard", SMTPD) \
	X(SMTPD_REDIRECT, "smtpd.redirect", SMTPD) \
	X(SMTPD_FILTER, "smtpd.filter", SMTPD) \
	X(SMTPD_BCC, "smtpd.bcc", SMTPD) \
	X(SMTPD_INFO, "smtpd.info", SMTPD) \
	X(SMTPD_WARN, "smtpd.warn", SMTPD) \
	X(SMTPD_PERMIT, "smtpd.permit", SMTPD) \
	X(SMTPD_HANGUP, "smtpd.hangup", SMTPD) \
	X(SMTPD_PROXY_REJECT, "smtpd.proxy_reject", SMTPD) \
	X(SMTPD_PROXY_ACCEPT, "smtpd.proxy_accept", SMTPD) \
	X(SMTPD_LOST, "smtpd.lost", SMTPD) \
	X(SMTPD_TIMEOUT, "smtpd.timeout", SMTPD) \
	X(SMTPD_TOOMANY, "smtpd.toomany", SMTPD) \
	X(SMTPD_PIPELINING, "smtpd.pipelining", SMTPD) \
	X(SMTPD_NONSMTP, "smtpd.nonsmtp", SMTPD) \
	X(SMTPD_LIMIT, "smtpd.limit", SMTPD) \
	X(SMTPD_SASL_FAIL, "smtpd.sasl_fail", SMTPD) \
	X(SMTPD_FCRDNS, "smtpd.fcrdns", SMTPD) \
	X(SMTPD_BARELF_NOTE, "smtpd.barelf_note", SMTPD) \
	X(SMTPD_TLS, "smtpd.tls", SMTPD) \
	X(SMTPD_TLS_ERROR, "smtpd.tls_error", SMTPD) \
	X(GREY_GREYLIST, "grey.greylist", GREYLIST) \
	X(GREY_PASS, "grey.pass", GREYLIST) \
	X(GREY_LEARN, "grey.learn", GREYLIST) \
	X(GREY_ERROR, "grey.error", GREYLIST) \
	X(GREY_WHITELISTED, "grey.whitelisted", GREYLIST) \
	X(GREY_THROTTLE, "grey.throttle", GREYLIST) \
	X(GREY_NEVER, "grey.never", GREYLIST) \
	X(GREY_MAINTENANCE, "grey.maintenance", GREYLIST) \
	X(SPF_RESULT, "spf.result", OTHER) \
	X(PICKUP_MSG, "pickup.msg", MESSAGE) \
	X(CLEANUP_MESSAGE_ID, "cleanup.message_id", MESSAGE) \
	X(CLEANUP_REJECT, "cleanup.reject", MESSAGE) \
	X(CLEANUP_MILTER_REJECT, "cleanup.milter_reject", MESSAGE) \
	X(CLEANUP_MILTER_HOLD, "cleanup.milter_hold", MESSAGE) \
	X(CLEANUP_MILTER_DISCARD, "cleanup.milter_discard", MESSAGE) \
	X(CLEANUP_REMOVED, "cleanup.removed", MESSAGE) \
	X(CLEANUP_WARNING, "cleanup.warning", MESSAGE) \
	X(CLEANUP_INFO, "cleanup.info", MESSAGE) \
	X(CLEANUP_FILTER, "cleanup.filter", MESSAGE) \
	X(CLEANUP_PASS, "cleanup.pass", MESSAGE) \
	X(CLEANUP_DISCARD, "cleanup.discard", MESSAGE) \
	X(CLEANUP_HOLD, "cleanup.hold", MESSAGE) \
	X(CLEANUP_DELAY, "cleanup.delay", MESSAGE) \
	X(CLEANUP_PREPEND, "cleanup.prepend", MESSAGE) \
	X(CLEANUP_REPLACE, "cleanup.replace", MESSAGE) \
	X(CLEANUP_REDIRECT, "cleanup.redirect", MESSAGE) \
	X(CLEANUP_BCC, "cleanup.bcc", MESSAGE) \
	X(CLEANUP_STRIP, "cleanup.strip", MESSAGE) \
	X(QMGR_ACTIVE, "qmgr.active", MESSAGE) \
	X(QMGR_REMOVED, "qmgr.removed", MESSAGE) \
	X(QMGR_EXPIRED, "qmgr.expired", MESSAGE) \
	X(QMGR_SKIPPED, "qmgr.skipped", MESSAGE) \
	X(DELIVER_SENT, "deliver.sent", DELIVERY) \
	X(DELIVER_DEFERRED, "deliver.deferred", DELIVERY) \
	X(DELIVER_BOUNCED, "deliver.bounced", DELIVERY) \
	X(DELIVER_SOFTBOUNCE, "deliver.softbounce", DELIVERY) \
	X(DELIVER_DISCARDED, "deliver.discarded", DELIVERY) \
	X(DELIVER_FORWARDED, "deliver.forwarded", DELIVERY) \
	X(DELIVER_DELIVERABLE, "deliver.deliverable", DELIVERY) \
	X(DELIVER_UNDELIVERABLE, "deliver.undeliverable", DELIVERY) \
	X(DELIVER_UNCACHED, "deliver.undeliverable-but-not-cached", DELIVERY) \
	X(SMTP_TRY_FAILED, "smtp.try_failed", OTHER) \
	X(SMTP_TLS, "smtp.tls", OTHER) \
	X(SMTP_TLS_ERROR, "smtp.tls_error", OTHER) \
	X(BOUNCE_NDN, "bounce.ndn", MESSAGE) \
	X(BOUNCE_DELAY, "bounce.delay", MESSAGE) \
	X(BOUNCE_DSN_SUCCESS, "bounce.dsn_success", MESSAGE) \
	X(BOUNCE_POSTMASTER, "bounce.postmaster", MESSAGE) \
	X(BOUNCE_FAILED, "bounce.failed", MESSAGE) \
	X(DNSBLOG_LISTED, "dnsblog.listed", OTHER) \
	X(TLSPROXY_CONNECT, "tlsproxy.connect", OTHER) \
	X(TLSPROXY_DISCONNECT, "tlsproxy.disconnect", OTHER) \
	X(TLSPROXY_TLS, "tlsproxy.tls", OTHER) \
	X(META_REPEAT, "meta.repeat", OTHER) \
	X(META_TRUNCATED, "meta.truncated", OTHER) \
	X(ANVIL_STAT, "anvil.stat", OTHER) \
	X(SCACHE_STAT, "scache.stat", OTHER) \
	X(VERIFY_CACHE, "verify.cache", OTHER) \
	X(POSTSUPER_REQUEUED, "postsuper.requeued", MESSAGE) \
	X(POSTSUPER_HOLD, "postsuper.hold", MESSAGE) \
	X(POSTSUPER_RELEASED, "postsuper.released", MESSAGE) \
	X(POSTSUPER_EXPIRED, "postsuper.expired", MESSAGE) \
	X(POSTSUPER_REMOVED, "postsuper.removed", MESSAGE) \
	X(POSTSUPER_SUMMARY, "postsuper.summary", MESSAGE) \
	X(WARNING, "warning", OTHER) \
	X(ERROR, "error", OTHER) \
	X(FATAL, "fatal", OTHER) \
	X(PANIC, "panic", OTHER) \
	X(MASTER, "master", OTHER) \
	X(INFO, "info", OTHER) \
	X(FOREIGN, "foreign", OTHER) \
	X(UNKNOWN, "unknown", OTHER) \
	X(DEBUG, "debug", OTHER)

#define EVENT_ENUMERATOR(name, text, part) EVENT_##name,
enum event_class { EVENT_CLASSES(EVENT_ENUMERATOR) EVENT_CLASS_COUNT };

/* EVENT_OF_OTHER: the class is counted, and at most ranked in a list. */
enum event_part {
	EVENT_OF_POSTSCREEN,
	EVENT_OF_SMTPD,
	EVENT_OF_GREYLIST,
	EVENT_OF_MESSAGE,
	EVENT_OF_DELIVERY,
	EVENT_OF_OTHER
};

extern const char *const event_class_names[EVENT_CLASS_COUNT];
extern const enum event_part event_parts[EVENT_CLASS_COUNT];

/* The four numbers of delays=a/b/c/d and their sum; microseconds;
 * below 0: the line does not say (before Postfix 2.3). */
enum {
	DELAY_BEFORE_QUEUE,
	DELAY_IN_QUEUE,
	DELAY_CONNECTION,
	DELAY_TRANSMISSION,
	DELAY_TOTAL,
	DELAYS
};

struct event {
	enum event_class class;
	bool no_queue_id; /* the line says NOQUEUE */
	bool has_sender;  /* may be empty */
	bool has_sasl;	  /* a sasl_username */
	bool has_delay;
	bool is_requeued;     /* pickup: the message was in the queue before */
	bool is_resent;	      /* cleanup: has a resent-message-id */
	bool is_cut;	      /* understood, though the line was cut */
	bool has_no_quit;     /* smtpd.disconnect: has counters, but no quit= */
	bool asks_back;	      /* psc.reject_rcpt: 450 4.3.2, come back later */
	bool greylists;	      /* smtpd.reject, cleanup's: its text says so */
	bool refuses_command; /* warning: there is no other line of it */
	bool refuses_message; /* smtpd.reject, warning: all its recipients */
	bool is_early_retry;  /* grey.greylist: it came back too soon */
	bool is_double_bounce; /* qmgr.active: a probe or a report */
	struct bytes queue_id; /* of the message; empty: none */
	struct bytes other_id; /* what it became, or was, or caused */
	struct bytes client_address;
	struct bytes client_port;
	struct bytes original_client; /* address, before a content filter */
	struct bytes sender;
	struct bytes recipient;
	struct bytes original_recipient;
	struct bytes relay;	/* deliver.*: name[address]:port, a service */
	struct bytes stage;	/* RCPT, END-OF-MESSAGE, ... */
	unsigned code;		/* SMTP reply; 0: none */
	struct bytes reply;	/* "450 4.2.0", or the code alone */
	struct bytes enhanced;	/* 5.7.1; empty: none */
	struct bytes rbl;	/* the name of a DNS list */
	struct bytes text;	/* what is left: of a reject, or what grey.* is
				 * about, the reason; of spf.result, the result;
				 * of smtpd.tls and smtp.tls, the protocol */
	int messages_max;	/* smtpd.disconnect: it can't have sent more;
				 * below 0: that is not known */
	unsigned nrcpt;		/* qmgr.active: recipients; 0: not known */
	unsigned repeats;	/* meta.repeat: this many times */
	int64_t delays[DELAYS]; /* if it has_delay */
};

/*
 * The rows in lines, as they were counted before there was this program: by
 * grep -c of postscreen.*NOQUEUE: reject, smtpd.*NOQUEUE: reject: and
 * status=sent. A line may be in several.
 */
struct event_grep {
	bool is_postscreen, is_smtpd, is_delivered;
};
/* line: the whole line of the log; empty for an entry of a journal, where the
 * program that wrote it is compared by its name. */
struct event_grep event_grep(const struct entry *, struct bytes line);

#endif

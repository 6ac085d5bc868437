/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one line of a maillog says. Texts are parts of the line, and live as
 * long as it does.
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"
#include "log-stats/entry/entry.h"

/*
 * The classes, and their names as --events prints them: a contract. See the
 * table in wording.c for the text that makes each.
 */
#define EVENT_CLASSES(X) \
	X(PSC_CONNECT, "psc.connect") \
	X(PSC_DISCONNECT, "psc.disconnect") \
	X(PSC_PASS_OLD, "psc.pass_old") \
	X(PSC_PASS_NEW, "psc.pass_new") \
	X(PSC_ALLOW, "psc.allow") \
	X(PSC_DENY, "psc.deny") \
	X(PSC_VETO, "psc.veto") \
	X(PSC_PREGREET, "psc.pregreet") \
	X(PSC_DNSBL, "psc.dnsbl") \
	X(PSC_HANGUP, "psc.hangup") \
	X(PSC_REJECT_CONN, "psc.reject_conn") \
	X(PSC_REJECT_RCPT, "psc.reject_rcpt") \
	X(PSC_CMD_TIME, "psc.cmd_time") \
	X(PSC_CMD_COUNT, "psc.cmd_count") \
	X(PSC_CMD_LENGTH, "psc.cmd_length") \
	X(PSC_NONSMTP, "psc.nonsmtp") \
	X(PSC_PIPELINING, "psc.pipelining") \
	X(PSC_BARELF, "psc.barelf") \
	X(PSC_NODATA, "psc.nodata") \
	X(PSC_CACHE, "psc.cache") \
	X(PSC_STRESS, "psc.stress") \
	X(SMTPD_CONNECT, "smtpd.connect") \
	X(SMTPD_DISCONNECT, "smtpd.disconnect") \
	X(SMTPD_CLIENT, "smtpd.client") \
	X(SMTPD_REJECT, "smtpd.reject") \
	X(SMTPD_REJECT_WARNING, "smtpd.reject_warning") \
	X(SMTPD_MILTER_REJECT, "smtpd.milter_reject") \
	X(SMTPD_DISCARD, "smtpd.discard") \
	X(SMTPD_HOLD, "smtpd.hold") \
	X(SMTPD_MILTER_HOLD, "smtpd.milter_hold") \
	X(SMTPD_MILTER_DISCARD, "smtpd.milter_discard") \
	X(SMTPD_REDIRECT, "smtpd.redirect") \
	X(SMTPD_FILTER, "smtpd.filter") \
	X(SMTPD_BCC, "smtpd.bcc") \
	X(SMTPD_INFO, "smtpd.info") \
	X(SMTPD_WARN, "smtpd.warn") \
	X(SMTPD_PERMIT, "smtpd.permit") \
	X(SMTPD_HANGUP, "smtpd.hangup") \
	X(SMTPD_PROXY_REJECT, "smtpd.proxy_reject") \
	X(SMTPD_PROXY_ACCEPT, "smtpd.proxy_accept") \
	X(SMTPD_LOST, "smtpd.lost") \
	X(SMTPD_TIMEOUT, "smtpd.timeout") \
	X(SMTPD_TOOMANY, "smtpd.toomany") \
	X(SMTPD_PIPELINING, "smtpd.pipelining") \
	X(SMTPD_NONSMTP, "smtpd.nonsmtp") \
	X(SMTPD_LIMIT, "smtpd.limit") \
	X(SMTPD_SASL_FAIL, "smtpd.sasl_fail") \
	X(SMTPD_FCRDNS, "smtpd.fcrdns") \
	X(SMTPD_BARELF_NOTE, "smtpd.barelf_note") \
	X(SMTPD_TLS, "smtpd.tls") \
	X(SMTPD_TLS_ERROR, "smtpd.tls_error") \
	X(GREY_GREYLIST, "grey.greylist") \
	X(GREY_PASS, "grey.pass") \
	X(GREY_LEARN, "grey.learn") \
	X(GREY_WHITELISTED, "grey.whitelisted") \
	X(GREY_THROTTLE, "grey.throttle") \
	X(GREY_NEVER, "grey.never") \
	X(GREY_MAINTENANCE, "grey.maintenance") \
	X(SPF_RESULT, "spf.result") \
	X(PICKUP_MSG, "pickup.msg") \
	X(CLEANUP_MESSAGE_ID, "cleanup.message_id") \
	X(CLEANUP_REJECT, "cleanup.reject") \
	X(CLEANUP_MILTER_REJECT, "cleanup.milter_reject") \
	X(CLEANUP_MILTER_HOLD, "cleanup.milter_hold") \
	X(CLEANUP_MILTER_DISCARD, "cleanup.milter_discard") \
	X(CLEANUP_REMOVED, "cleanup.removed") \
	X(CLEANUP_WARNING, "cleanup.warning") \
	X(CLEANUP_INFO, "cleanup.info") \
	X(CLEANUP_FILTER, "cleanup.filter") \
	X(CLEANUP_PASS, "cleanup.pass") \
	X(CLEANUP_DISCARD, "cleanup.discard") \
	X(CLEANUP_HOLD, "cleanup.hold") \
	X(CLEANUP_DELAY, "cleanup.delay") \
	X(CLEANUP_PREPEND, "cleanup.prepend") \
	X(CLEANUP_REPLACE, "cleanup.replace") \
	X(CLEANUP_REDIRECT, "cleanup.redirect") \
	X(CLEANUP_BCC, "cleanup.bcc") \
	X(CLEANUP_STRIP, "cleanup.strip") \
	X(QMGR_ACTIVE, "qmgr.active") \
	X(QMGR_REMOVED, "qmgr.removed") \
	X(QMGR_EXPIRED, "qmgr.expired") \
	X(QMGR_SKIPPED, "qmgr.skipped") \
	X(DELIVER_SENT, "deliver.sent") \
	X(DELIVER_DEFERRED, "deliver.deferred") \
	X(DELIVER_BOUNCED, "deliver.bounced") \
	X(DELIVER_SOFTBOUNCE, "deliver.softbounce") \
	X(DELIVER_DISCARDED, "deliver.discarded") \
	X(DELIVER_FORWARDED, "deliver.forwarded") \
	X(DELIVER_DELIVERABLE, "deliver.deliverable") \
	X(DELIVER_UNDELIVERABLE, "deliver.undeliverable") \
	X(DELIVER_UNCACHED, "deliver.undeliverable-but-not-cached") \
	X(SMTP_TRY_FAILED, "smtp.try_failed") \
	X(SMTP_TLS, "smtp.tls") \
	X(SMTP_TLS_ERROR, "smtp.tls_error") \
	X(BOUNCE_NDN, "bounce.ndn") \
	X(BOUNCE_DELAY, "bounce.delay") \
	X(BOUNCE_DSN_SUCCESS, "bounce.dsn_success") \
	X(BOUNCE_POSTMASTER, "bounce.postmaster") \
	X(BOUNCE_FAILED, "bounce.failed") \
	X(DNSBLOG_LISTED, "dnsblog.listed") \
	X(TLSPROXY_CONNECT, "tlsproxy.connect") \
	X(TLSPROXY_DISCONNECT, "tlsproxy.disconnect") \
	X(TLSPROXY_TLS, "tlsproxy.tls") \
	X(META_REPEAT, "meta.repeat") \
	X(META_TRUNCATED, "meta.truncated") \
	X(ANVIL_STAT, "anvil.stat") \
	X(SCACHE_STAT, "scache.stat") \
	X(VERIFY_CACHE, "verify.cache") \
	X(POSTSUPER_REQUEUED, "postsuper.requeued") \
	X(POSTSUPER_HOLD, "postsuper.hold") \
	X(POSTSUPER_RELEASED, "postsuper.released") \
	X(POSTSUPER_EXPIRED, "postsuper.expired") \
	X(POSTSUPER_REMOVED, "postsuper.removed") \
	X(POSTSUPER_SUMMARY, "postsuper.summary") \
	X(WARNING, "warning") \
	X(ERROR, "error") \
	X(FATAL, "fatal") \
	X(PANIC, "panic") \
	X(MASTER, "master") \
	X(INFO, "info") \
	X(FOREIGN, "foreign") \
	X(UNKNOWN, "unknown")

#define EVENT_ENUMERATOR(name, text) EVENT_##name,
enum event_class { EVENT_CLASSES(EVENT_ENUMERATOR) EVENT_CLASS_COUNT };
#undef EVENT_ENUMERATOR

extern const char *const event_class_names[EVENT_CLASS_COUNT];

/* The four numbers of delays=a/b/c/d and their sum; microseconds. */
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
	bool has_sender;  /* an empty one is one */
	bool has_sasl;	  /* a sasl_username */
	bool has_delay;
	bool is_requeued;      /* pickup: the message was in the queue before */
	bool is_resent;	       /* cleanup: not the message-id */
	bool is_cut;	       /* understood, though the line was cut */
	struct bytes queue_id; /* of the message; empty: none */
	struct bytes other_id; /* what it became, or was, or caused */
	struct bytes client_address;
	struct bytes client_port;
	struct bytes original_client; /* address, before a content filter */
	struct bytes sender;
	struct bytes recipient;
	struct bytes original_recipient;
	struct bytes stage;	/* RCPT, END-OF-MESSAGE, ... */
	unsigned code;		/* SMTP reply; 0: none */
	struct bytes reply;	/* "450 4.2.0", or the code alone */
	struct bytes enhanced;	/* 5.7.1; empty: none */
	struct bytes text;	/* what is left, for people and for reasons */
	struct bytes list;	/* the name of an RBL */
	unsigned repeats;	/* meta.repeat: so many times */
	int64_t delays[DELAYS]; /* if it has_delay */
};

/*
 * Understands the text of an entry. For meta.repeat, text is what was repeated,
 * empty: the line before of that host.
 */
void event_read(const struct entry *, struct event *);

/* Once, before the first event_read(). */
void event_prepare(void);

#endif

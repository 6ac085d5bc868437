/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second halves of lines: what comes after the words that name the class.
 * Addresses are in <>, quoted as in mail headers from Postfix 3.5 on. Before,
 * they are not quoted, and may hold any character; what is in a reply or a
 * header is the client's choice, too.
 *
 * Each reader takes the text of the event, and returns the class: the event's
 * own, which is that of the row in wording.c; another, if the fields say so; or
 * EVENT_META_TRUNCATED, if the line was cut before its end.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include "event.h"
#include "pattern.h"

typedef enum event_class fields_reader(struct event *);

/* `550 5.1.1 <u@d>: reason; from=<s> to=<r> proto=ESMTP helo=<h>`; with commas
 * between the fields in postscreen's lines. */
fields_reader fields_reply;
/* The same of a reply that rejects, for its reason. */
fields_reader fields_reject;
/* The same of one that only warns. */
fields_reader fields_warned;
/* The same of one that accepts; what it was "queued as" is the other id. */
fields_reader fields_accept;
/* `header Subject: .. from x[..]; from=<s> to=<r> ..: 5.7.1 text` */
fields_reader fields_content;
/* The same of one that refuses, for its reason; the stage is what it found. */
fields_reader fields_content_reject;
/* `END-OF-MESSAGE from x[..]: 5.7.1 text; from=<s> ..` of cleanup */
fields_reader fields_milter;
fields_reader fields_milter_reject;
/* What the text of a 450, of a 451, or of cleanup's 4.x.y must match to
 * greylist; NULL: none does. */
void fields_greylisted(const struct pattern *);

/* ` ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4` */
fields_reader fields_disconnect;
/* `x[..], sasl_method=.., orig_queue_id=.., orig_client=y[..]` */
fields_reader fields_client;
/* `<a@b@c>` of a command that was refused for it, with nothing but a warning */
fields_reader fields_refused_command;
/* `: TLSv1.3 with cipher ..` */
fields_reader fields_tls;
/* `<id>` of a resent-message-id=: the message has another one. */
fields_reader fields_resent;
/* `<s>, size=5360, nrcpt=1 (queue active)`, or status=expired: the class. */
fields_reader fields_queue;
/* `<r>, orig_to=<o>, relay=.., delays=a/b/c/d, dsn=2.0.0, status=sent (text)`:
 * the status is the class. */
fields_reader fields_delivery;
/* `uid=0 from=<root> orig_id=OLD` */
fields_reader fields_pickup;
/* `new, delay=2254, client_name=.., client_address=.., sender=..,
 * recipient=..` after "action=.., reason=". */
fields_reader fields_greylist;
/* `603 seconds: client=x[203.0.113.8], from=s@d, to=r@d` after "delayed ": of
 * older postgreys. */
fields_reader fields_delayed;
/* `x[203.0.113.8]`, `203.0.113.8`, `203.0.113.8, x(s@d -> r@d)` */
fields_reader fields_whitelisted;
/* `new: 203.0.113(203.0.113.8), s@d -> r@d` after "grey: ": the kind, "new", is
 * the class, and the text. */
fields_reader fields_sqlgrey;

/* These take a whole text, and look for it anywhere: */
/* `prepend Received-SPF: Pass (..)`, `Policy action=Pass`, `Pass; identity=..`,
 * `550 5.7.23 Message rejected due to: SPF fail ..`, `: SPF fail (..)` */
void fields_spf(struct event *, struct bytes text);
/* `Requeue: 4104E42.A1B2C to 4104E43` of MailScanner, which has taken the first
 * from the hold queue: the queue id, and the other one. */
void fields_requeue(struct event *);
/* `message not accepted` and the like: a warning of a message. */
void fields_warning(struct event *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One RCPT command of a client, as far as a log says what it was, and the
 * request to a policy server that it stands for.
 */
#ifndef RCPT_H
#define RCPT_H

#include <stdint.h>

#include "common/bytes.h"

/* By what it is known. */
enum proof {
	PROOF_DECISION,	  /* a greylisting policy server was asked, and says so
			   */
	PROOF_REFUSAL,	  /* smtpd refused it, for it was greylisted */
	PROOF_ACCEPTANCE, /* it was accepted: its message has this recipient */
	PROOFS
};

/* Texts that are not known are empty. */
struct rcpt {
	enum proof proof;
	int64_t time; /* microseconds */
	struct bytes client_name;
	struct bytes client_address;
	struct bytes protocol;
	struct bytes helo;
	struct bytes stage; /* RCPT, if it is empty */
	struct bytes queue_id;
	struct bytes sender; /* empty: the null sender */
	struct bytes recipient;
};

/* The same for what may be the same command: its client and its recipient. The
 * sender may have been rewritten between one line and the other. */
uint64_t rcpt_key(struct bytes client_address, struct bytes recipient);

/*
 * Writes the request, the empty line after it included, and returns its length.
 * What is at most as long as rcpt_room() says fits.
 */
size_t rcpt_room(const struct rcpt *);
size_t rcpt_write(const struct rcpt *, char *out);

enum { MAILBOX_MAX = 2048 };

/*
 * Since 3.5 Postfix logs a mailbox as mail headers have it, "a b"@example.net,
 * where a policy server is told a b@example.net. The result is in the room, or
 * the mailbox itself.
 */
struct bytes rcpt_unquoted(struct bytes mailbox, char room[static MAILBOX_MAX]);

#endif

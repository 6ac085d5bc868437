/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sessions of postscreen that may still be open, by host, instance, address
 * and port, and the addresses they are of, by host.
 */
#ifndef POSTSCREEN_TABLE_H
#define POSTSCREEN_TABLE_H

#include "tally.h"

enum {
	PSC_SESSION_SECONDS = 7200, /* 6 s and 20 commands of 300 s, and some */
	PSC_CHAIN_MAX = 256 /* more sessions of one address are not looked at */
};

/* Behind the bits of the tests. */
enum {
	MARKS = (1 << TESTS) - 1,
	REJECTED = 1 << TESTS, /* other than "come back later" */
	COME_BACK = REJECTED << 1,
	VETOED = REJECTED << 2,
	BUSY = REJECTED << 3,
	COUNTED_RECIPIENT = REJECTED << 4,
	HANDED_OFF = REJECTED << 5,
	CLAIMED = REJECTED << 6 /* by a connection of smtpd */
};

struct psc_session {
	uint64_t hash;
	uint64_t address; /* hash of host and address */
	uint64_t next;	  /* session of that address that is not handed off */
	uint32_t seconds; /* of its CONNECT */
	uint32_t flags;
};

struct psc_address {
	uint64_t hash;
	uint64_t first;	  /* session that is not handed off */
	uint32_t passes;  /* handed off, and smtpd has not said so yet */
	uint32_t seconds; /* of the last session */
};

bool psc_is_old(uint32_t now, uint32_t then, uint32_t age);

/* The keys of the event's client, and of its session. */
uint64_t psc_address_hash(const struct tally *);
uint64_t psc_session_hash(const struct tally *, const struct event *);

/* NULL: not there. */
struct psc_session *psc_find(struct tally *, uint64_t hash);
struct psc_address *psc_find_address(struct tally *, uint64_t hash);

/* Unless another session is of it. Pointers to others are void behind it. */
void psc_forget_address(struct tally *, struct psc_address *);

/* Before a session is added; pointers to others are void behind it. */
void psc_make_room(struct tally *, uint32_t now);

/* Out of the chain of its address' sessions that are not handed off; the
 * address, as that of psc_forget_address(), may be NULL. */
void psc_unlink(
    struct tally *, struct psc_address *, const struct psc_session *);

#endif

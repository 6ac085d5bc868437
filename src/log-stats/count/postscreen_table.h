/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sessions of postscreen that may still be open, by host, instance, address
 * and port; the addresses they are of, by host; and the verdict on a session.
 */
#ifndef POSTSCREEN_TABLE_H
#define POSTSCREEN_TABLE_H

#include "ledger.h"

enum {
	PSC_SESSION_SECONDS = 7200, /* 6 s and 20 commands of 300 s, and some */
	PSC_CHAIN_MAX = 256 /* sessions of one address that are looked at */
};

/* After the bits of the tests. */
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

/* postscreen's tests; a session that fails one has its mark. */
struct test_figures {
	uint64_t marked;   /* sessions with a verdict, or handed off */
	uint64_t enforced; /* with a reject line */
	uint64_t dropped;  /* blocked without one */
	uint64_t ignored;  /* handed off in spite of it */
	uint64_t clients;  /* different addresses */
};

/* connects = blocked + come_back + gave_up + handed_off + open */
struct postscreen {
	struct ledger *ledger;
	uint64_t connects;
	uint64_t blocked;
	uint64_t blocked_busy; /* of these, by load and not by spam */
	uint64_t come_back;
	uint64_t gave_up;
	uint64_t handed_off;
	uint64_t began_before; /* the end of a session without its beginning */
	uint64_t hangups;
	uint64_t pass_old, pass_new, allowlisted, vetoed;
	uint64_t clients;
	uint64_t duplicates; /* the same CONNECT twice: the log is doubled */
	uint64_t last_connect;
	int64_t last_connect_time;
	struct test_figures tests[TESTS];
	struct table sessions; /* struct psc_session */
	struct table addresses;
	size_t sweep_at;	   /* when there are this many sessions */
	uint64_t sessions_dropped; /* at the limit of the table */
	uint64_t sessions_gone;	   /* dropped, or too old, without a verdict */
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
uint64_t psc_address_hash(const struct postscreen *);
uint64_t psc_session_hash(const struct postscreen *, const struct event *);

/* Unless it still has sessions. Pointers to other addresses are void after it.
 */
void psc_forget_address(struct postscreen *, struct psc_address *);

/* Before a session is added. Pointers to sessions and addresses are void after
 * it. */
void psc_make_room(struct postscreen *, uint32_t now);

/* Takes it out of the chain of its address, which has the sessions that are not
 * handed off. Here, and in psc_forget_address(), the address may be NULL. */
void psc_unlink(
    struct postscreen *, struct psc_address *, const struct psc_session *);

/* The DISCONNECT of a session with these flags has come; see postscreen.h. */
void psc_judge(struct postscreen *, uint32_t flags, const struct event *);

/* A session was handed off in spite of the tests it failed: 1, or -1 to take
 * that back. */
void psc_count_ignored(struct postscreen *, uint32_t flags, uint64_t change);

/* The mode of a test, as the user says, or as the sessions so far show. */
enum mode psc_mode(const struct postscreen *, enum test);

/* Connections of which no end was seen. */
uint64_t psc_open_count(const struct postscreen *);

#endif

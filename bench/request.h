/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request: makes the policy requests, with the attributes, the order and the
 * usual lengths of Postfix 3.7's smtpd(8) at RCPT TO (about 700 bytes).
 *
 * A triplet is a pure function of the seed and its number: the same seed
 * gives the same triplets again, two seeds give no triplet in common. The
 * sender holds 64 bits that no other triplet has, in letters only, because
 * postgrey folds numbers. The client addresses lie in 13 networks /8 that
 * send no mail and so stand on no white list (852,000 networks /24).
 *
 * Limits: seed below 2^24, 2^40 requests a seed.
 */
#ifndef BENCH_REQUEST_H
#define BENCH_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#define REQUEST_SEED_LIMIT (UINT64_C(1) << 24)
#define REQUEST_POOL 1000 /* triplets of the repeat workload */

enum workload {
	WORKLOAD_NEW,	/* every triplet comes once */
	WORKLOAD_REPEAT /* triplets drawn from a pool of REQUEST_POOL */
};

struct triplet {
	char client_address[16];
	char sender[64];
	char recipient[64];
};

struct request {
	struct triplet triplet;
	char text[1536];
	size_t length;
};

struct request_source {
	enum workload workload;
	uint64_t seed;
	uint64_t count; /* requests made so far */
};

void request_next(struct request_source *, struct request *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy requests, as in Postfix's SMTPD_POLICY_README: lines name=value, in
 * any order, followed by an empty line. Unknown names are ignored, of a
 * repeated name the last value counts. '=' signs at the front of a line are not
 * part of the name, as in postgrey; a value may hold anything.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>

#include "common/bytes.h"
#include "line.h"

enum request_attribute {
	REQUEST_TYPE,
	REQUEST_CLIENT_ADDRESS,
	REQUEST_CLIENT_NAME,
	REQUEST_SENDER,
	REQUEST_RECIPIENT,
	REQUEST_INSTANCE,
	REQUEST_QUEUE_ID,
	REQUEST_ETRN_DOMAIN,
	REQUEST_SASL_USERNAME,
	REQUEST_TIME,
	REQUEST_PROBE, /* of --check-postfix: nothing is stored */
	REQUEST_ATTRIBUTES
};

enum request_state {
	REQUEST_ABSENT,
	REQUEST_PRESENT,
	REQUEST_TOO_LONG, /* its line was longer than LINE_MAX_LENGTH */
	REQUEST_HAS_NUL
};

struct request {
	bool begun;	       /* at least one line came */
	unsigned long garbage; /* lines without '=' */
	size_t first_garbage_len;
	struct {
		enum request_state state;
		size_t at, len; /* in text */
	} value[REQUEST_ATTRIBUTES];
	size_t used; /* of text, in which the values stand close together */
	char first_garbage[100];
	char text[REQUEST_ATTRIBUTES * LINE_MAX_LENGTH];
};

void request_clear(struct request *);

/*
 * Takes a line that is not empty. cut: it was longer, this is the front of it.
 */
void request_add(struct request *, struct bytes line, bool cut);

/* value: no NUL, at most LINE_MAX_LENGTH bytes. */
void request_set(struct request *, enum request_attribute, struct bytes value);

const char *request_name(enum request_attribute);
bool request_has(const struct request *, enum request_attribute);
/* Empty where the attribute is absent. */
struct bytes request_value(const struct request *, enum request_attribute);

#endif

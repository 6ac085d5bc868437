/* SPDX-License-Identifier: BSD-2-Clause */
/* request: see request.h */

#include <stdlib.h>
#include <string.h>

#include "request.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char LETTERS[] = "abcdefghijklmnop";
static const char DIGITS[] = "0123456789abcdef";

/* US military networks: no mail comes from them, no white list names them. */
static const unsigned char NETWORKS[] = { 6, 7, 11, 21, 22, 26, 28, 29, 30, 33,
	55, 214, 215 };

static const char *const SENDER_HEADS[] = { "", "bounce-", "newsletter.",
	"john-smith-" };
static const char *const SENDER_DOMAINS[] = { "@example.com",
	"@lists.example.net", "@bounces.mail.example.org", "@example.co.jp" };
static const char *const RECIPIENT_HEADS[] = { "info.", "taro.yamada.",
	"sales-", "w." };
static const char *const RECIPIENT_DOMAINS[] = { "@example.jp",
	"@mail.example.jp", "@example.or.jp", "@city.example.jp" };

/* One to one on 64 bits (the last step of SplitMix64): different in, different
 * out. */
static uint64_t
scramble(uint64_t value)
{
	value += UINT64_C(0x9e3779b97f4a7c15);
	value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
	return value ^ (value >> 31);
}

/* The lowest 4 x count bits of value, one character for each four. */
static char *
put_nibbles(char *end, uint64_t value, unsigned int count, const char *alphabet)
{
	for (; count > 0; count--) {
		*end++ = alphabet[value & 15];
		value >>= 4;
	}
	*end = '\0';
	return end;
}

static char *
put_decimal(char *end, uint64_t value)
{
	char digits[20];
	size_t first = sizeof(digits);

	do {
		digits[--first] = DIGITS[value % 10];
		value /= 10;
	} while (value > 0);
	memcpy(end, digits + first, sizeof(digits) - first);
	end += sizeof(digits) - first;
	*end = '\0';
	return end;
}

static void
make_client_address(char *end, uint64_t bits)
{
	end = put_decimal(end, NETWORKS[bits % COUNT_OF(NETWORKS)]);
	end = stpcpy(end, ".");
	end = put_decimal(end, bits >> 8 & 255);
	end = stpcpy(end, ".");
	end = put_decimal(end, bits >> 16 & 255);
	end = stpcpy(end, ".");
	put_decimal(end, 1 + (bits >> 24) % 254);
}

static void
make_triplet(struct triplet *triplet, uint64_t identity)
{
	uint64_t bits = scramble(identity);
	char *end;

	make_client_address(triplet->client_address, bits);
	end = stpcpy(triplet->sender,
	    SENDER_HEADS[bits >> 32 & (COUNT_OF(SENDER_HEADS) - 1)]);
	end = put_nibbles(end, identity, 16, LETTERS);
	stpcpy(
	    end, SENDER_DOMAINS[bits >> 34 & (COUNT_OF(SENDER_DOMAINS) - 1)]);
	end = stpcpy(triplet->recipient,
	    RECIPIENT_HEADS[bits >> 36 & (COUNT_OF(RECIPIENT_HEADS) - 1)]);
	end = put_nibbles(end, bits >> 40, 6, LETTERS);
	stpcpy(end,
	    RECIPIENT_DOMAINS[bits >> 38 & (COUNT_OF(RECIPIENT_DOMAINS) - 1)]);
}

static char *
put_attribute(char *end, const char *name, const char *value)
{
	end = stpcpy(end, name);
	end = stpcpy(end, "=");
	end = stpcpy(end, value);
	return stpcpy(end, "\n");
}

static char *
put_client(char *end, const struct triplet *triplet, uint64_t identity)
{
	char name[32];

	stpcpy(put_nibbles(stpcpy(name, "mx-"), identity, 6, LETTERS),
	    ".example.net");
	end = stpcpy(end,
	    "request=smtpd_access_policy\n"
	    "protocol_state=RCPT\nprotocol_name=ESMTP\n");
	end = put_attribute(end, "client_address", triplet->client_address);
	end = put_attribute(end, "client_name", name);
	end = stpcpy(end, "client_port=");
	end = put_decimal(end, 32768 + (identity >> 8 & 16383));
	end = stpcpy(end, "\n");
	end = put_attribute(end, "reverse_client_name", name);
	end = stpcpy(end, "server_address=192.0.2.25\nserver_port=25\n");
	return put_attribute(end, "helo_name", name);
}

static char *
put_message(char *end, const struct triplet *triplet, uint64_t number)
{
	uint64_t bits = scramble(number);

	end = put_attribute(end, "sender", triplet->sender);
	end = put_attribute(end, "recipient", triplet->recipient);
	end = stpcpy(end, "recipient_count=0\nqueue_id=\ninstance=");
	end = put_nibbles(end, bits, 4, DIGITS);
	end = stpcpy(end, ".");
	end = put_nibbles(end, bits >> 16, 8, DIGITS);
	end = stpcpy(end, ".");
	end = put_nibbles(end, number, 5, DIGITS);
	end = stpcpy(end, ".0\nsize=");
	end = put_decimal(end, 1000 + (bits >> 48));
	return stpcpy(end, "\netrn_domain=\nstress=\n");
}

static char *
put_session(char *end)
{
	return stpcpy(end,
	    "sasl_method=\nsasl_username=\nsasl_sender=\n"
	    "ccert_subject=\nccert_issuer=\nccert_fingerprint=\n"
	    "ccert_pubkey_fingerprint=\nencryption_protocol=TLSv1.3\n"
	    "encryption_cipher=TLS_AES_256_GCM_SHA384\n"
	    "encryption_keysize=256\npolicy_context=\n"
	    "compatibility_level=3.6\nmail_version=3.7.11\n\n");
}

void
request_next(struct request_source *source, struct request *request)
{
	uint64_t base = source->seed << 40;
	uint64_t number = base + source->count++;
	uint64_t identity;
	char *end = request->text;

	if (source->workload == WORKLOAD_REPEAT)
		identity = scramble(base + scramble(number) % REQUEST_POOL);
	else
		identity = scramble(number);
	make_triplet(&request->triplet, identity);
	end = put_client(end, &request->triplet, identity);
	end = put_message(end, &request->triplet, number);
	end = put_session(end);
	request->length = (size_t)(end - request->text);
}

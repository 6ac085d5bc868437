/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/text.h"
#include "redis_stranger.h"

/* By which TLS answers what is not TLS: an alert, of a version 3.x. */
static const struct bytes alert = { "\025\003", 2 };

void
redis_stranger_explain(struct redis_acquaintance known, struct bytes sent,
    const char *reason, char out[static REDIS_TROUBLE_MAX])
{
	char words[128];
	size_t len = text_printable(bytes_of(reason), words, sizeof(words) - 1);

	if (!known.greeted && !known.tls && bytes_begin_with(sent, alert))
		snprintf(out, REDIS_TROUBLE_MAX,
		    "answers with TLS: give rediss:// instead of redis://, or "
		    "the port that the server has without TLS");
	else
		snprintf(out, REDIS_TROUBLE_MAX, "%s (%.*s)",
		    known.greeted ? "sends what can't be understood" :
				    "is no Redis server, nor Valkey",
		    (int)len, words);
}

const char *
redis_stranger_ending(struct redis_acquaintance known)
{
	if (known.greeted)
		return "closed the connection";
	return known.tls ?
	    "closed the connection when it was greeted: does it want a "
	    "certificate from its clients (then set tls-auth-clients to no), "
	    "or speak another protocol?" :
	    "closed the connection when it was greeted: does this port want "
	    "TLS (then give rediss://), or speak another protocol?";
}

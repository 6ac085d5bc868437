/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>

#include "common/text.h"
#include "common/when.h"
#include "explanation.h"
#include "grey-check/reply.h"

/* A label, and what there is to say; bytes of the request may be in it. */
static void __attribute__((format(printf, 3, 4)))
line(FILE *out, const char *label, const char *format, ...)
{
	char text[2 * KEY_MAX], clean[2 * KEY_MAX];
	va_list arguments;
	size_t len;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	len = text_printable(bytes_of(text), clean, sizeof(clean));
	fprintf(out, "%-9s%.*s\n", label, (int)len, clean);
}

enum { SPAN_MAX = 64, SEEN_MAX = WHEN_TEXT_MAX + SPAN_MAX + 32 };

/* "120 s", "12 min", "2 h 5 min", "35 d 3 h" */
static const char *
span(int64_t seconds, char out[static SPAN_MAX])
{
	int64_t minutes = seconds / 60, hours = minutes / 60;

	if (seconds < 600)
		snprintf(out, SPAN_MAX, "%" PRId64 " s", seconds);
	else if (hours == 0)
		snprintf(out, SPAN_MAX, "%" PRId64 " min", minutes);
	else if (hours < 48)
		snprintf(out, SPAN_MAX, "%" PRId64 " h %" PRId64 " min", hours,
		    minutes % 60);
	else
		snprintf(out, SPAN_MAX, "%" PRId64 " d %" PRId64 " h",
		    hours / 24, hours % 24);
	return out;
}

/* "2026-11-22 07:00:00 (120 s ago)"; stored times may also lie in the future.
 */
static const char *
seen(int64_t now, int64_t then, char out[static SEEN_MAX])
{
	char moment[WHEN_TEXT_MAX], age[SPAN_MAX];

	when_format(then, moment);
	if (then <= now)
		snprintf(out, SEEN_MAX, "%s (%s ago)", moment,
		    span(now - then, age));
	else
		snprintf(out, SEEN_MAX, "%s (in %s, in the future)", moment,
		    span(then - now, age));
	return out;
}

/* Why the record of the triplet, if there is one, does not count. */
static const char *
why_new(const struct explanation *explanation)
{
	const struct policy *policy = explanation->policy;

	if (!explanation->evidence->triplet_found)
		return "there is no record of this triplet";
	if (!explanation->has_triplet)
		return "the record of this triplet can't be read";
	if (policy_triplet_expired(
		policy, explanation->now, &explanation->triplet))
		return "the record of this triplet has expired";
	if (explanation->triplet.first >= explanation->now)
		return "the record of this triplet begins now";
	return "this triplet has not come back within the retry window";
}

/* The entry of a list that decided, or makes it wait. */
static void
write_rule(const struct list_match *rule, FILE *out)
{
	char delay[64] = "";

	if (rule->delay >= 0)
		snprintf(delay, sizeof(delay),
		    ", with a delay of %" PRId64 " s", rule->delay);
	line(out, "rule", "%s:%u%s%s", rule->file, rule->line, delay,
	    rule->never ? ", never by the auto-whitelist" : "");
}

static void
write_reason(const struct explanation *explanation, FILE *out)
{
	const struct verdict *verdict = explanation->verdict;
	const char *reason = reply_reason(verdict);
	char age[SPAN_MAX];

	switch (verdict->reason) {
	case VERDICT_NEW:
		line(out, "reason", "%s: %s; the delay is %" PRId64 " s",
		    reason, why_new(explanation), verdict->delay);
		break;
	case VERDICT_EARLY_RETRY:
		line(out, "reason",
		    "%s: %" PRId64 " s of the delay of %" PRId64
		    " s have gone by, %" PRId64 " s are missing",
		    reason, verdict->since_first, verdict->delay,
		    verdict->missing);
		break;
	case VERDICT_TRIPLET_FOUND:
		if (verdict->passed_before)
			line(out, "reason", "%s: it has passed before", reason);
		else
			line(out, "reason",
			    "%s: it is back, and was first seen %s ago", reason,
			    span(verdict->since_first, age));
		break;
	case VERDICT_NOT_GREYLISTED:
		line(out, "reason",
		    "%s: it is on no list of --greylist-recipients", reason);
		break;
	case VERDICT_CLIENT_AWL:
		line(out, "reason",
		    "%s: as many of the client's triplets have passed as it "
		    "takes",
		    reason);
		break;
	default:
		line(out, "reason", "%s", reason);
		break;
	}
}

static void
write_records(const struct explanation *explanation, FILE *out)
{
	const struct triplet_record *triplet = &explanation->triplet;
	const struct client_record *client = &explanation->client;
	const struct verdict *verdict = explanation->verdict;
	char first[SEEN_MAX], last[SEEN_MAX];
	int64_t now = explanation->now;
	bool overruled = explanation->has_client &&
	    verdict->rule.file != NULL &&
	    policy_client(explanation->policy, now, client).whitelisted;

	if (explanation->triplet_key.len > 0)
		line(out, "triplet", "%.*s", (int)explanation->triplet_key.len,
		    explanation->triplet_key.data);
	if (explanation->has_triplet)
		line(out, "record", "first seen %s, last seen %s%s%.*s",
		    seen(now, triplet->first, first),
		    seen(now, triplet->last, last),
		    triplet->host.len > 0 ? ", host " : "",
		    (int)triplet->host.len, triplet->host.data);
	if (explanation->has_client)
		line(out, "client",
		    "%.*s: %" PRId64 " passed triplets, of %" PRId64
		    " that put it on the auto-whitelist; last counted %s%s%s",
		    (int)explanation->client_key.len,
		    explanation->client_key.data, client->count,
		    explanation->policy->whitelist_count,
		    seen(now, client->last, last),
		    policy_client_expired(explanation->policy, now, client) ?
			", expired" :
			"",
		    overruled ? "; the rule counts more" : "");
}

static void
write_future(const struct explanation *explanation, FILE *out)
{
	char from[WHEN_TEXT_MAX], until[WHEN_TEXT_MAX], expires[WHEN_TEXT_MAX];

	when_format(explanation->passes_from, from);
	when_format(explanation->passes_until, until);
	when_format(explanation->expires, expires);
	if (explanation->passes_from > explanation->passes_until)
		line(out, "passes",
		    "no single retry: the delay is longer than the record is "
		    "kept, see --retry-window and --max-age");
	else if (explanation->passes_from != 0)
		line(out, "passes",
		    "a retry of the same sender and recipient from the same "
		    "%s, from %s (in %" PRId64 " s) until %s",
		    explanation->settings->key.by_host ? "client" : "network",
		    from, explanation->passes_from - explanation->now, until);
	if (explanation->passes_from != 0)
		line(out, "or",
		    "an entry in a list: --whitelist-clients, "
		    "--whitelist-senders, --whitelist-recipients");
	if (explanation->expires != 0)
		line(out, "expires", "%s, if it is not seen again", expires);
}

void
explain_text(const struct explanation *explanation, FILE *out)
{
	const struct list_match *rule = &explanation->verdict->rule;

	line(out, "answer", "%s", explanation->answer);
	line(out, "action", "%s",
	    reply_action(explanation->settings, explanation->verdict));
	write_reason(explanation, out);
	if (rule->file != NULL)
		write_rule(rule, out);
	if (explanation->used_with.len > 0)
		line(out, "options",
		    "not those of requests: grey-check uses this store with "
		    "%.*s, which makes other triplets; give --explain the same",
		    (int)explanation->used_with.len,
		    explanation->used_with.data);
	if (explanation->log.len > 0)
		line(out, "log", "%.*s", (int)explanation->log.len,
		    explanation->log.data);
	write_records(explanation, out);
	write_future(explanation, out);
}

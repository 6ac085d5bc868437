/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>

#include "common/text.h"
#include "common/when.h"
#include "explain.h"
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

/* "120 s", "12 min", "2 h 5 min", "35 d 3 h": an age. */
static const char *
span(int64_t seconds)
{
	static char texts[4][64];
	static unsigned next;
	char *text = texts[next++ % 4];
	int64_t minutes = seconds / 60, hours = minutes / 60;

	if (seconds < 600)
		snprintf(text, 64, "%" PRId64 " s", seconds);
	else if (hours == 0)
		snprintf(text, 64, "%" PRId64 " min", minutes);
	else if (hours < 48)
		snprintf(text, 64, "%" PRId64 " h %" PRId64 " min", hours,
		    minutes % 60);
	else
		snprintf(text, 64, "%" PRId64 " d %" PRId64 " h", hours / 24,
		    hours % 24);
	return text;
}

/* "120 s ago"; stored times may also lie in the future. */
static const char *
since(int64_t now, int64_t then)
{
	static char texts[2][80];
	static unsigned next;
	char *text = texts[next++ % 2];

	if (then <= now)
		snprintf(text, 80, "%s ago", span(now - then));
	else
		snprintf(text, 80, "in %s, in the future", span(then - now));
	return text;
}

static const char *
moment(int64_t time)
{
	static char texts[4][WHEN_TEXT_MAX];
	static unsigned next;
	char *text = texts[next++ % 4];

	when_format(time, text);
	return text;
}

/* Why there is no use in the record that there is. */
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

static void
tell_reason(const struct explanation *explanation, FILE *out)
{
	const struct verdict *verdict = explanation->verdict;
	const char *reason = reply_reason(verdict);

	switch (verdict->reason) {
	case VERDICT_NEW:
		line(out, "reason", "%s: %s; the delay is %" PRId64 " s",
		    reason, why_new(explanation), verdict->delay);
		break;
	case VERDICT_EARLY_RETRY:
		line(out, "reason",
		    "%s: %" PRId64 " s of the delay of %" PRId64
		    " s have gone by, %" PRId64 " s are missing",
		    reason, verdict->waited, verdict->delay, verdict->wait);
		break;
	case VERDICT_TRIPLET_FOUND:
		line(out, "reason",
		    verdict->known ?
			"%s: it has passed before" :
			"%s: it is back, and was first seen %s ago",
		    reason, span(verdict->waited));
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
tell_rule(const struct explanation *explanation, FILE *out)
{
	const struct list_match *rule = &explanation->verdict->rule;

	if (rule->file == NULL)
		return;
	if (rule->delay == LIST_PASSES)
		line(out, "rule", "%s:%u", rule->file, rule->line);
	else
		line(out, "rule", "%s:%u, with a delay of %" PRId64 " s",
		    rule->file, rule->line, rule->delay);
}

static void
tell_records(const struct explanation *explanation, FILE *out)
{
	const struct triplet_record *triplet = &explanation->triplet;
	const struct client_record *client = &explanation->client;
	int64_t now = explanation->now;

	if (explanation->triplet_key.len > 0)
		line(out, "triplet", "%.*s", (int)explanation->triplet_key.len,
		    explanation->triplet_key.data);
	if (explanation->has_triplet)
		line(out, "record",
		    "first seen %s (%s), last seen %s (%s)%s%.*s",
		    moment(triplet->first), since(now, triplet->first),
		    moment(triplet->last), since(now, triplet->last),
		    triplet->host.len > 0 ? ", host " : "",
		    (int)triplet->host.len, triplet->host.data);
	if (explanation->has_client)
		line(out, "client",
		    "%.*s: %" PRId64 " passed triplets, of %" PRId64
		    " that put it on the auto-whitelist; last counted %s "
		    "(%s)%s",
		    (int)explanation->client_key.len,
		    explanation->client_key.data, client->count,
		    explanation->policy->whitelist_count, moment(client->last),
		    since(now, client->last),
		    policy_client_expired(explanation->policy, now, client) ?
			", expired" :
			"");
}

static void
tell_future(const struct explanation *explanation, FILE *out)
{
	if (explanation->passes_from > explanation->passes_until)
		line(out, "passes",
		    "no single retry: the delay is longer than the record is "
		    "kept, see --retry-window and --max-age");
	else if (explanation->passes_from != 0)
		line(out, "passes",
		    "a retry of the same sender and recipient from the same "
		    "%s, from %s (in %" PRId64 " s) until %s",
		    explanation->settings->key.by_host ? "client" : "network",
		    moment(explanation->passes_from),
		    explanation->passes_from - explanation->now,
		    moment(explanation->passes_until));
	if (explanation->passes_from != 0)
		line(out, "or",
		    "an entry in a list: --whitelist-clients, "
		    "--whitelist-senders, --whitelist-recipients");
	if (explanation->expires != 0)
		line(out, "expires", "%s, if it is not seen again",
		    moment(explanation->expires));
}

void
explain_text(const struct explanation *explanation, FILE *out)
{
	line(out, "answer", "%s", explanation->answer);
	line(out, "action", "%s",
	    reply_action(explanation->settings, explanation->verdict));
	tell_reason(explanation, out);
	tell_rule(explanation, out);
	tell_records(explanation, out);
	tell_future(explanation, out);
}

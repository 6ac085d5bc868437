/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>

#include "common/text.h"
#include "explanation.h"
#include "grey-check/reply.h"

/* Bytes that are not printable UTF-8 become '?'. */
static json_t *
string_of(struct bytes bytes)
{
	char clean[KEY_MAX + REPLY_MAX];

	return json_stringn(clean, text_printable(bytes, clean, sizeof(clean)));
}

static json_t *
time_of(int64_t time)
{
	return time == 0 ? json_null() : json_integer(time);
}

static json_t *
rule_of(const struct list_match *rule)
{
	if (rule->file == NULL)
		return json_null();
	return json_pack("{s:o, s:i, s:o*}", "file",
	    string_of(bytes_of(rule->file)), "line", (int)rule->line, "never",
	    rule->never ? json_true() : NULL);
}

static json_t *
record_of(const struct explanation *explanation)
{
	const struct triplet_record *record = &explanation->triplet;

	if (!explanation->has_triplet)
		return json_null();
	return json_pack("{s:I, s:I, s:o}", "first", (json_int_t)record->first,
	    "last", (json_int_t)record->last, "host", string_of(record->host));
}

static json_t *
client_of(const struct explanation *explanation)
{
	const struct client_record *record = &explanation->client;

	if (!explanation->has_client)
		return json_null();
	return json_pack("{s:I, s:I}", "count", (json_int_t)record->count,
	    "last", (json_int_t)record->last);
}

bool
explain_json(const struct explanation *explanation, FILE *out)
{
	const struct verdict *verdict = explanation->verdict;
	bool asked = explanation->triplet_key.len > 0;
	bool waits = explanation->passes_from != 0, done;
	json_t *object = json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, "
				   "s:o, s:o, s:o, s:o, s:o*, s:o*}",
	    "answer", string_of(bytes_of(explanation->answer)), "action",
	    reply_action(explanation->settings, verdict), "reason",
	    reply_reason(verdict), "rule", rule_of(&verdict->rule), "delay",
	    asked ? json_integer(verdict->delay) : json_null(), "wait",
	    waits ? json_integer(verdict->missing) : json_null(), "triplet",
	    asked ? string_of(explanation->triplet_key) : json_null(), "record",
	    record_of(explanation), "client", client_of(explanation),
	    "passes_from", time_of(explanation->passes_from), "passes_until",
	    time_of(explanation->passes_until), "expires",
	    time_of(explanation->expires), "used_with",
	    explanation->used_with.len == 0 ? NULL :
					      string_of(explanation->used_with),
	    "log",
	    explanation->log.len == 0 ? NULL : string_of(explanation->log));

	done = object != NULL && json_dumpf(object, out, JSON_COMPACT) == 0;
	json_decref(object);
	return done && fputc('\n', out) != EOF;
}

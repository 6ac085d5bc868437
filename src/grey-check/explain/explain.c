/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "common/copied.h"
#include "explain.h"
#include "explanation.h"
#include "grey-check/reply.h"
#include "greylist/key_text.h"
#include "greylist/use_text.h"

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * What is stored of this request: first, now. One that has not passed is
 * forgotten after the retry window, and must be back before that.
 */
static void
foresee(struct explanation *explanation)
{
	const struct policy *policy = explanation->policy;
	const struct verdict *verdict = explanation->verdict;
	struct policy_client client;
	int64_t now = explanation->now;
	int64_t kept = earlier(policy->max_age, policy->retry_window);
	int64_t first;

	switch (verdict->reason) {
	case VERDICT_NEW:
	case VERDICT_EARLY_RETRY:
		first = now - verdict->since_first;
		explanation->passes_from = first + verdict->delay;
		explanation->passes_until = earlier(
		    first + policy->retry_window, now + kept);
		explanation->expires = now + kept + 1;
		break;
	case VERDICT_TRIPLET_FOUND:
		explanation->expires = now + policy->max_age + 1;
		break;
	case VERDICT_CLIENT_AWL:
		/* The time in a client's record is not renewed at once. */
		client = policy_client(policy, now, &explanation->client);
		explanation->expires = policy->max_age + 1 +
		    (client.changed ? now : explanation->client.last);
		break;
	default:
		break;
	}
}

static void
read_records(struct explanation *explanation)
{
	const struct evidence *evidence = explanation->evidence;

	explanation->triplet_key = (struct bytes){ evidence->triplet_key,
		evidence->triplet_key_len };
	explanation->client_key = (struct bytes){ evidence->client_key,
		evidence->client_key_len };
	explanation->has_triplet = evidence->triplet_found &&
	    record_read_triplet(
		(struct bytes){ evidence->triplet.data, evidence->triplet.len },
		&explanation->triplet);
	explanation->has_client = evidence->client_found &&
	    record_read_client(
		(struct bytes){ evidence->client.data, evidence->client.len },
		&explanation->client);
}

/* The options may have been copied from a log: name[address], <a@b>. */
static void
set_client(const struct settings *settings, struct request *request)
{
	struct bytes given = bytes_of(settings->client_address), name;
	char text[ADDRESS_TEXT_MAX];
	struct address address;

	if (copied_client(given, &name, &address))
		given = (struct bytes){ text, address_text(&address, text) };
	else
		name.len = 0;
	if (settings->client_name != NULL)
		name = bytes_of(settings->client_name);
	else if (name.len == 0)
		name = bytes_of("unknown");
	request_set(request, REQUEST_CLIENT_ADDRESS, given);
	request_set(request, REQUEST_CLIENT_NAME, name);
}

/* What is not one address is taken as it is, as in a request. */
static struct bytes
mailbox_of(const char *given)
{
	struct bytes mailbox;

	return copied_mailbox(bytes_of(given), &mailbox) == NULL ?
	    mailbox :
	    bytes_of(given);
}

static void
make_request(const struct settings *settings, struct request *request)
{
	request_clear(request);
	set_client(settings, request);
	request_set(request, REQUEST_SENDER, mailbox_of(settings->sender));
	request_set(
	    request, REQUEST_RECIPIENT, mailbox_of(settings->recipient));
	/* Postfix since 2.3 sends it. */
	request_set(request, REQUEST_ETRN_DOMAIN, bytes_of(""));
}

/* Whether the keys are those that requests ask for; text: for the bytes. */
static void
compare_options(const struct lookup *lookup, struct explanation *explanation,
    char text[static KEY_TEXT_MAX])
{
	struct store_use uses[STORE_USES_MAX];
	struct key_settings keys;
	char mine[KEY_TEXT_MAX];
	struct bytes theirs, ours = { mine, key_text(&lookup->key, mine) };

	if (store_uses(lookup->store, uses) == 0 ||
	    !use_keys((struct bytes){ uses[0].text, uses[0].len }, &keys))
		return;
	theirs = (struct bytes){ text, key_text(&keys, text) };
	if (!bytes_equal(theirs, ours))
		explanation->used_with = theirs;
}

bool
explain_answer(struct decider *decider, const struct settings *settings,
    int64_t now, FILE *out)
{
	static struct request request;
	static struct instances instances;
	static struct decision decision = { .request = &request,
		.instances = &instances };
	static char answer[REPLY_MAX], log[REPLY_LOG_MAX];
	const struct verdict *verdict = &decision.verdict;
	char used_with[KEY_TEXT_MAX];
	struct policy policy = decider->lookup.policy;
	struct explanation explanation = { .settings = settings,
		.policy = &policy,
		.verdict = verdict,
		.evidence = &decision.inquiry.evidence,
		.now = now };

	make_request(settings, &request);
	decide(decider, &decision, now);
	if (verdict->reason == VERDICT_UNAVAILABLE ||
	    verdict->reason == VERDICT_UNUSABLE) {
		msg(MSG_ERROR, "%s", verdict->problem);
		return false;
	}
	/* "action=DUNNO\n\n" -> "DUNNO" */
	answer[reply_answer(settings, &request, verdict, (time_t)now, answer) -
	    2] = '\0';
	explanation.answer = answer + strlen("action=");
	if (settings->log_privacy)
		explanation.log = (struct bytes){ log,
			reply_log(settings, &request, verdict, log) };
	policy.delay = verdict->delay;
	compare_options(&decider->lookup, &explanation, used_with);
	read_records(&explanation);
	foresee(&explanation);
	if (settings->format == EXPLAIN_JSON)
		return explain_json(&explanation, out);
	explain_text(&explanation, out);
	return true;
}

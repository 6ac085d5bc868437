/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <unistd.h>

#include "common/defaults.h"
#include "common/num.h"
#include "reply.h"
#include "reply_text.h"

/* What %letter stands for; the letter is 0 once it has been replaced. */
struct placeholder {
	char letter;
	struct bytes value;
};

/* Each placeholder is replaced once, where it first stands. */
static void
add_template(struct text *text, struct bytes template,
    struct placeholder *placeholders, size_t count)
{
	const char *end = template.data + template.len;

	for (const char *at = template.data; at < end; at++) {
		size_t i = *at == '%' && at + 1 < end ? 0 : count;

		while (i < count && placeholders[i].letter != at[1])
			i++;
		if (i == count)
			add(text, (struct bytes){ at, 1 });
		else {
			add(text, placeholders[i].value);
			placeholders[i].letter = '\0';
			at++;
		}
	}
}

/* Does a clause end with this byte of the text, which is not its last one? */
static bool
ends_clause(const char *at)
{
	return *at == '(' || (strchr(",;:.", *at) != NULL && at[1] == ' ');
}

/*
 * The text as far as it makes sense where there is no recipient: a link with %r
 * in it would lead to nowhere, so it is left out with the clause before it.
 */
static struct bytes
without_link(const char *template)
{
	const char *recipient = strstr(template, "%r"), *scheme, *end;

	if (recipient == NULL)
		return bytes_of(template);
	for (end = recipient; end > template && end[-1] != ' '; end--)
		continue;
	scheme = strstr(end, "://");
	if (scheme == NULL || scheme > recipient)
		return bytes_of(template);
	for (const char *at = end; at > template; at--) {
		if (ends_clause(at - 1)) {
			end = at - 1;
			break;
		}
	}
	while (end > template && end[-1] == ' ')
		end--;
	return end == template ?
	    bytes_of("Greylisted") :
	    (struct bytes){ template, (size_t)(end - template) };
}

/*
 * With Postfix 2.3 and later, known by its etrn_domain attribute, 4.2.0 takes
 * the place of its default 4.7.1, which some Exchange servers bounce at.
 */
static void
add_greylist(struct text *text, const struct settings *settings,
    const struct request *request, const struct verdict *verdict)
{
	struct bytes recipient = request_value(request, REQUEST_RECIPIENT);
	char number[NUM_TEXT_MAX];
	struct placeholder values[] = {
		{ 's', { number, num_format(verdict->missing, number) } },
		{ 'r', bytes_after_last(recipient, '@') },
	};

	add_string(text, settings->action);
	add_string(text, " ");
	if (request_has(request, REQUEST_ETRN_DOMAIN) &&
	    (settings->text[0] < '0' || settings->text[0] > '9'))
		add_string(text, "4.2.0 ");
	add_template(text,
	    recipient.len > 0 ? bytes_of(settings->text) :
				without_link(settings->text),
	    values, 2);
}

static void
add_header(struct text *text, const struct settings *settings,
    const struct verdict *verdict, time_t date)
{
	char number[NUM_TEXT_MAX], date_text[64];
	struct tm local;
	struct placeholder values[] = {
		{ 't', { number, num_format(verdict->since_first, number) } },
		{ 'v', bytes_of(GREY_VERSION) },
		{ 'h', bytes_of(settings->hostname) },
		{ 'd',
		    { date_text,
			strftime(date_text, sizeof(date_text),
			    "%a, %d %b %Y %T %Z",
			    localtime_r(&date, &local)) } },
	};

	add_string(text, "PREPEND ");
	add_template(text, bytes_of(settings->header), values, 4);
}

static void
add_probed(struct text *text, const char *name, const char *value)
{
	size_t len = strnlen(value, SETTINGS_TEXT_MAX / 2);

	add_string(text, "\n");
	add_string(text, name);
	add_string(text, "=");
	add(text, (struct bytes){ value, len });
}

static void
add_probe(struct text *text, const struct settings *settings,
    const struct verdict *verdict)
{
	char pid[24];

	add_probed(text, REPLY_PROBE_VERSION, GREY_VERSION);
	add_probed(text, REPLY_PROBE_STORE, settings->store);
	add_probed(text, REPLY_PROBE_ACTION, reply_action(settings, verdict));
	add_probed(text, REPLY_PROBE_REASON, reply_reason(verdict));
	add_probed(text, REPLY_PROBE_PROBLEM, verdict->problem);
	if (verdict->by_server) {
		snprintf(pid, sizeof(pid), "%ld", (long)getpid());
		add_probed(text, REPLY_PROBE_SERVER, pid);
	}
}

size_t
reply_answer(const struct settings *settings, const struct request *request,
    const struct verdict *verdict, time_t date, char out[static REPLY_MAX])
{
	struct text text = { out, 0 };

	add_string(&text, "action=");
	switch (verdict->reason) {
	case VERDICT_NEW:
	case VERDICT_EARLY_RETRY:
		if (settings->learn)
			add_string(&text, "DUNNO");
		else
			add_greylist(&text, settings, request, verdict);
		break;
	case VERDICT_TRIPLET_FOUND:
		if (verdict->first_of_message)
			add_header(&text, settings, verdict, date);
		else
			add_string(&text, "DUNNO");
		break;
	case VERDICT_UNAVAILABLE:
		add_string(&text,
		    settings->on_error == ON_ERROR_DEFER ?
			"DEFER_IF_PERMIT 4.3.0 The greylist is not available, "
			"please try again later" :
			"DUNNO");
		break;
	default:
		add_string(&text, "DUNNO");
		break;
	}
	if (verdict->foreseen)
		add_probe(&text, settings, verdict);
	add_string(&text, "\n\n");
	return text.used;
}

static const char *const reasons[] = {
	[VERDICT_NEW] = "new",
	[VERDICT_EARLY_RETRY] = "early-retry",
	[VERDICT_TRIPLET_FOUND] = "triplet found",
	[VERDICT_CLIENT_WHITELIST] = "client whitelist",
	[VERDICT_RECIPIENT_WHITELIST] = "recipient whitelist",
	[VERDICT_SENDER_WHITELIST] = "sender whitelist",
	[VERDICT_NOT_GREYLISTED] = "recipient not greylisted",
	[VERDICT_CLIENT_AWL] = "client AWL",
	[VERDICT_SASL] = "sasl username",
	[VERDICT_UNUSABLE] = "unusable request",
	[VERDICT_UNAVAILABLE] = "unavailable",
};

const char *
reply_reason(const struct verdict *verdict)
{
	return reasons[verdict->reason];
}

const char *
reply_action(const struct settings *settings, const struct verdict *verdict)
{
	switch (verdict->reason) {
	case VERDICT_NEW:
	case VERDICT_EARLY_RETRY:
		return settings->learn ? "learn" : "greylist";
	case VERDICT_UNAVAILABLE:
		return "error";
	default:
		return "pass";
	}
}

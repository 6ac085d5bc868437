/* SPDX-License-Identifier: BSD-2-Clause */
#include "filters.h"
#include "log-stats/entry/scan.h"
#include "match.h"
#include "parse.h"

static const struct bytes none = { NULL, 0 };

/* What a phrase that is found in the text means. */
struct phrase {
	const char *words;
	const char *outcome;
};

static struct bytes
first_of(const struct phrase *phrases, struct bytes text)
{
	for (; phrases->words != NULL; phrases++)
		if (parse_find(text, phrases->words) != NULL)
			return bytes_of(phrases->outcome);
	return none;
}

/* The text up to a byte; all of it if that is not there. */
static struct bytes
up_to(struct bytes text, char end)
{
	return (struct bytes){ text.data, scan_until(text, end) };
}

/* "4104E42: ": false if there is none. */
static bool
skip_queue_id(struct bytes *text)
{
	const size_t len = match_queue_id(*text);

	if (len == 0)
		return false;
	*text = bytes_from(*text, len);
	return SKIP(text, ": ");
}

/* "(12345-06) Passed CLEAN {RelayedInbound}, .."; "Blocked INFECTED (name)";
 * old ones "Passed, <a@b> -> ..". */
static struct bytes
amavis(struct bytes text)
{
	struct bytes outcome;
	size_t len;

	if (!SKIP(&text, "(") || !parse_after(&text, ") "))
		return none;
	outcome = text;
	if (!SKIP(&text, "Passed") && !SKIP(&text, "Blocked"))
		return none;
	len = (size_t)(text.data - outcome.data);
	if (SKIP(&text, " "))
		len += 1 + scan_until_either(text, ' ', ',');
	return (struct bytes){ outcome.data, len };
}

static struct bytes
opendkim(struct bytes text)
{
	static const struct phrase phrases[] = { { "DKIM-Signature field added",
						     "signed" },
		{ "DKIM-Signature header added", "signed" },
		{ "DKIM verification successful", "verification successful" },
		{ "no signature data", "no signature" },
		{ "bad signature data", "bad signature" },
		{ "signature verification failed", "bad signature" },
		{ "key retrieval failed", "key retrieval failed" },
		{ "syntax error", "syntax error" }, { NULL, NULL } };

	return skip_queue_id(&text) ? first_of(phrases, text) : none;
}

/* "4104E42: example.net fail"; and also "SPF(mailfrom): a@b pass". */
static struct bytes
opendmarc(struct bytes text)
{
	static const struct phrase results[] = { { "pass", "dmarc pass" },
		{ "fail", "dmarc fail" }, { "none", "dmarc none" },
		{ "temperror", "dmarc temperror" },
		{ "permerror", "dmarc permerror" },
		{ "bestguesspass", "dmarc bestguesspass" }, { NULL, NULL } };
	struct bytes word;

	if (!skip_queue_id(&text))
		return none;
	/* A domain, or DMARC: itself. */
	word = up_to(text, ' ');
	if (!SKIP(&text, "DMARC: ")) {
		if (word.len == text.len ||
		    memchr(word.data, ':', word.len) != NULL)
			return none;
		text = bytes_from(text, word.len + 1);
	}
	for (const struct phrase *at = results; at->words != NULL; at++)
		if (bytes_equal(text, bytes_of(at->words)))
			return bytes_of(at->outcome);
	return none;
}

/* "<ab12>; task; rspamd_task_write_log: id: <..>, .. (default: F (no action):
 * [1.00/15.00] [..]), ..": the action. */
static struct bytes
rspamd(struct bytes text)
{
	static const char *const settled[] = { "(default: F (", "(default: T (",
		"(default: S (" };

	if (!parse_after(&text, "rspamd_task_write_log: "))
		return none;
	for (size_t i = 0; i < sizeof(settled) / sizeof(*settled); i++) {
		struct bytes rest = text;

		if (parse_after(&rest, settled[i]))
			return up_to(rest, ')');
	}
	return none;
}

static struct bytes
spamd(struct bytes text)
{
	SKIP(&text, "info: ");
	if (!SKIP(&text, "spamd: "))
		return none;
	if (SKIP(&text, "identified spam ("))
		return bytes_of("spam");
	return SKIP(&text, "clean message (") ? bytes_of("clean") : none;
}

static struct bytes
clamav_milter(struct bytes text)
{
	if (SKIP(&text, "Clean message from ") ||
	    SKIP(&text, "Message clean from "))
		return bytes_of("clean");
	if (SKIP(&text, "Message ") &&
	    parse_find(text, " infected by ") != NULL)
		return bytes_of("infected");
	return none;
}

/* "4246C5DD0A1B2: accept mail to <u@example.org> (4104E42) (rule: x)" */
static struct bytes
pmg_smtp_filter(struct bytes text)
{
	static const struct phrase fronts[] = { { "accept mail to ",
						    "accepted" },
		{ "block mail to ", "blocked" },
		{ "moved mail for ", "quarantined" }, { NULL, NULL } };

	text = bytes_from(text, scan_until(text, ' '));
	if (!SKIP(&text, " "))
		return none;
	for (const struct phrase *at = fronts; at->words != NULL; at++)
		if (bytes_begin_with(text, bytes_of(at->words)))
			return bytes_of(at->outcome);
	return none;
}

/* "Message 4104E42.A1B2C from 192.0.2.1 (a@b) to c is spam, .." */
static struct bytes
mailscanner(struct bytes text)
{
	static const struct phrase phrases[] = { { " is not spam", "not spam" },
		{ " is spam", "spam" }, { " is whitelisted", "whitelisted" },
		{ NULL, NULL } };

	return SKIP(&text, "Message ") ? first_of(phrases, text) : none;
}

static const struct filter {
	const char *program;
	struct bytes (*outcome)(struct bytes text);
} filters[] = {
	{ "amavis", amavis },
	{ "amavisd", amavis },
	{ "amavisd-new", amavis },
	{ "opendkim", opendkim },
	{ "opendmarc", opendmarc },
	{ "rspamd", rspamd },
	{ "spamd", spamd },
	{ "clamav-milter", clamav_milter },
	{ "pmg-smtp-filter", pmg_smtp_filter },
	{ "MailScanner", mailscanner },
};

struct bytes
filters_outcome(struct bytes program, struct bytes text)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		if (bytes_equal(program, bytes_of(filters[i].program)))
			return filters[i].outcome(text);
	return none;
}

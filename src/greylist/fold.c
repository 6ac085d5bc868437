/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/batv.h"
#include "fold.h"
#include "fold_run.h"

/* A sender in a sender in a sender ...: more than these is nobody's mail. */
enum { LAYERS = 4 };

struct folding {
	struct bytes recipient;
	char *out;
	size_t used;
};

static void
put(struct folding *folding, struct bytes text)
{
	memcpy(folding->out + folding->used, text.data, text.len);
	folding->used += text.len;
}

static bool
begins(struct bytes text, const char *front)
{
	struct bytes word = bytes_of(front);

	if (text.len < word.len)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (bytes_lower(text.data[i]) != word.data[i])
			return false;
	}
	return true;
}

/* What is before the first c, and *text what follows it. False: there is none.
 */
static bool
cut(struct bytes *text, char c, struct bytes *front)
{
	const char *end = text->len == 0 ? NULL :
					   memchr(text->data, c, text->len);

	if (end == NULL)
		return false;
	*front = (struct bytes){ text->data, (size_t)(end - text->data) };
	*text = bytes_from(*text, front->len + 1);
	return true;
}

/*
 * A form of local part that has another one in it. rest is what follows the
 * words that it begins with, and becomes that other one; what is to stay before
 * it is put. False: it is not of this form, and nothing was put.
 */
typedef bool unwrap(struct folding *, struct bytes *rest);

/* HHH=TT=domain=local: the domain stays, with the forwarder's at the end. */
static bool
unwrap_srs0(struct folding *folding, struct bytes *rest)
{
	struct bytes hash, stamp, domain, tail = *rest;

	if (!cut(&tail, '=', &hash) || !cut(&tail, '=', &stamp) ||
	    !cut(&tail, '=', &domain) || domain.len == 0)
		return false;
	*rest = tail;
	put(folding, bytes_of("srs="));
	put(folding, domain);
	put(folding, bytes_of("="));
	return true;
}

/* HHH=forwarder==HHH=TT=domain=local; the second '=' is the separator of the
   SRS0 address that was there, and may be + or -. */
static bool
unwrap_srs1(struct folding *folding, struct bytes *rest)
{
	struct bytes hash, forwarder, tail = *rest;

	if (!cut(&tail, '=', &hash) || !cut(&tail, '=', &forwarder) ||
	    forwarder.len == 0 || tail.len == 0 ||
	    strchr("=+-", tail.data[0]) == NULL)
		return false;
	tail = bytes_from(tail, 1);
	put(folding, bytes_of("srs="));
	put(folding, forwarder);
	put(folding, bytes_of("="));
	if (!unwrap_srs0(folding, &tail)) {
		folding->used -= sizeof("srs=") + forwarder.len;
		return false;
	}
	*rest = tail;
	return true;
}

/* domain=local, as unwrap_srs0() and unwrap_srs1() have left it: what is stored
   is folded again when it is loaded. */
static bool
unwrap_folded(struct folding *folding, struct bytes *rest)
{
	struct bytes domain, tail = *rest;

	if (!cut(&tail, '=', &domain) || domain.len == 0)
		return false;
	*rest = tail;
	put(folding, bytes_of("srs="));
	put(folding, domain);
	put(folding, bytes_of("="));
	return true;
}

/* TAG=local, or TAG==local */
static bool
unwrap_tag(struct folding *folding, struct bytes *rest)
{
	struct bytes tag, tail = *rest;

	(void)folding;
	if (!cut(&tail, '=', &tag) || tag.len == 0)
		return false;
	if (tail.len > 0 && tail.data[0] == '=')
		tail = bytes_from(tail, 1);
	if (tail.len == 0)
		return false;
	*rest = tail;
	return true;
}

static const struct form {
	const char *begins; /* in lower case */
	unwrap *unwrap;
} forms[] = {
	/* SRS: draft-mengwong-sender-rewrite; the separator may be = + or - */
	{ "srs0=", unwrap_srs0 },
	{ "srs0+", unwrap_srs0 },
	{ "srs0-", unwrap_srs0 },
	{ "srs1=", unwrap_srs1 },
	{ "srs1+", unwrap_srs1 },
	{ "srs1-", unwrap_srs1 },
	{ "srs=", unwrap_folded },
	/* Barracuda's bounce tags: btv1==0123abcd==local */
	{ "btv1==", unwrap_tag },
	/* Momentum, SparkPost: msprvs1=17801abcdef=bounces-12-345 */
	{ "msprvs1=", unwrap_tag },
};

static bool
unwrap_one(struct folding *folding, struct bytes *local)
{
	struct bytes rest, batv = batv_local(*local);

	/* BATV: draft-levine-smtp-batv, with postgrey's reading of it */
	if (batv.len != local->len) {
		*local = batv;
		return true;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!begins(*local, forms[i].begins))
			continue;
		rest = bytes_from(*local, strlen(forms[i].begins));
		if (!forms[i].unwrap(folding, &rest))
			return false;
		*local = rest;
		return true;
	}
	return false;
}

/*
 * Words after which an extension is one message's; each is used so by the
 * mailing lists (ezmlm, qmail, Mailman, Sympa) or senders of newsletters named.
 */
static const char *const returning[] = {
	"bounce",	  /* many */
	"bounces",	  /* Mailman, SendGrid, SparkPost */
	"return",	  /* ezmlm: list-return-12-user=example.org */
	"returns", "bnc", /* Salesforce, Google Groups */
	"verp",		  /* Lyris */
	"errors",	  /* Mailman 1 */
};

/* Is it the word, or does it end in the word after '-', '_' or '.'? */
static bool
ends_in(struct bytes text, const char *end)
{
	struct bytes word = bytes_of(end), tail;

	if (text.len < word.len)
		return false;
	tail = bytes_from(text, text.len - word.len);
	return begins(tail, end) &&
	    (tail.len == text.len || strchr("-_.", tail.data[-1]) != NULL);
}

static bool
is_returning(struct bytes text)
{
	for (size_t i = 0; i < sizeof(returning) / sizeof(returning[0]); i++) {
		if (ends_in(text, returning[i]))
			return true;
	}
	return false;
}

/* A person may be return-desk@, and a list bounces-list1@. */
static bool
is_extension(struct bytes text)
{
	return bytes_is_digit(text.data[0]) || fold_run(text, false) > 0 ||
	    memchr(text.data, '=', text.len) != NULL;
}

/* What is after + always goes, what is after - only after such a word. */
static struct bytes
without_extension(struct bytes local)
{
	const char *plus = local.len == 0 ? NULL :
					    memchr(local.data, '+', local.len);
	struct bytes front;

	if (plus != NULL && plus != local.data)
		local.len = (size_t)(plus - local.data);
	for (size_t i = 1; i + 1 < local.len; i++) {
		front = (struct bytes){ local.data, i };
		if (local.data[i] == '-' && is_returning(front) &&
		    is_extension(bytes_from(local, i + 1)))
			return front;
	}
	return local;
}

/*
 * How many bytes at the front are the recipient with '=' in the place of '@'
 * (VERP: D. J. Bernstein, 1997), or another sign that senders use; 0: not so.
 */
static size_t
recipient_at(struct bytes text, struct bytes recipient)
{
	size_t i;

	if (recipient.len < 3 || text.len < recipient.len)
		return 0;
	for (i = 0; i < recipient.len; i++) {
		if (recipient.data[i] == '@' ?
			strchr("=%#", text.data[i]) == NULL :
			bytes_lower(text.data[i]) !=
			    bytes_lower(recipient.data[i]))
			return 0;
	}
	return i < text.len && fold_is_word(text.data[i]) ? 0 : i;
}

static void
fold_local(struct folding *folding, struct bytes local)
{
	size_t len;

	for (size_t i = 0; i < local.len; i += len) {
		struct bytes rest = bytes_from(local, i);
		bool begins_here = i == 0 || !fold_is_word(local.data[i - 1]);

		len = begins_here ? recipient_at(rest, folding->recipient) : 0;
		if (len == 0 && begins_here)
			len = fold_run(rest, i > 0 && local.data[i - 1] == '_');
		if (len > 0)
			put(folding, bytes_of("#"));
		else {
			len = 1;
			put(folding, (struct bytes){ rest.data, 1 });
		}
	}
}

size_t
fold_sender(struct bytes sender, struct bytes recipient, char *out)
{
	struct folding folding = { recipient, out, 0 };
	const char *at = sender.len == 0 ? NULL :
					   memchr(sender.data, '@', sender.len);
	struct bytes local, domain;

	if (at == NULL) {
		put(&folding, sender);
		return folding.used;
	}
	local = (struct bytes){ sender.data, (size_t)(at - sender.data) };
	domain = bytes_from(sender, local.len);
	for (int i = 0; i < LAYERS && unwrap_one(&folding, &local); i++)
		;
	fold_local(&folding, without_extension(local));
	put(&folding, domain);
	return folding.used;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/msg.h"
#include "doubt.h"
#include "greylist/record.h"

#define NOT_ASKED "; no request will ever ask for such a key"

/* After "3 records have ". */
static const char *const texts[DOUBT_KINDS] = {
	[DOUBT_ADDRESS] = "an address that is not written as grey-check writes "
			  "it, IPv6 in full and without ::" NOT_ASKED,
	[DOUBT_NETWORK] = "a whole address, or a network of another size than "
			  "--ipv4cidr, --ipv6cidr and --lookup-by-host say; no "
			  "request will ask for such a key unless grey-check "
			  "has other options than those given here",
	[DOUBT_PREFIX] = "a network with its prefix, as in 192.0.2.0/24, which "
			 "counts as part of the sender" NOT_ASKED,
	[DOUBT_BRACKETS] = "a sender or a recipient in < >" NOT_ASKED,
	[DOUBT_CASE] = "letters in upper case" NOT_ASKED,
	[DOUBT_FOLDING] = "a sender that grey-check would fold, see "
			  "--fold-senders" NOT_ASKED,
	[DOUBT_PRIVACY] = "an address in the key, where --privacy asks for a "
			  "SHA-1 sum",
	[DOUBT_ORDER] = "a first time that is after the last",
	[DOUBT_FUTURE] = "a time that is more than a year from now: times are "
			 "in seconds, not milliseconds",
};

static void
add(struct doubts *doubts, enum doubt_kind kind, unsigned long line)
{
	if (doubts->count[kind]++ == 0)
		doubts->line[kind] = line;
}

static bool
has_upper(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != bytes_lower(text.data[i]))
			return true;
	}
	return false;
}

/* As the address is written in a key; upper: of a client. */
static bool
is_written_well(struct bytes text, const struct address *address, bool upper)
{
	char good[ADDRESS_TEXT_MAX];
	size_t len = address_text(address, good);

	for (size_t i = 0; !upper && i < len; i++)
		good[i] = bytes_lower(good[i]);
	return bytes_equal(text, (struct bytes){ good, len });
}

/* Could the network have been cut from the host, which is a whole address? */
static bool
is_of_host(const struct address *network, struct bytes host)
{
	struct address whole, cut;

	if (!address_parse(host, &whole))
		return false;
	for (unsigned prefix = 1; prefix <= ADDRESS_BITS; prefix++) {
		cut = whole;
		address_cut(&cut, prefix);
		if (memcmp(&cut, network, sizeof(cut)) == 0)
			return true;
	}
	return false;
}

/* Is it a network, or a client by host, as these settings make them? */
static bool
has_right_size(const struct key_settings *keys, const struct key_parts *parts,
    struct bytes host)
{
	struct address cut = parts->address;
	bool by_host = memchr(parts->network.data, '/', parts->network.len) !=
	    NULL;

	/* By host it shows how it was made, and so does a host. */
	if (by_host || keys->by_host)
		return by_host;
	address_cut(&cut, key_prefix(keys, &cut));
	return memcmp(&cut, &parts->address, sizeof(cut)) == 0 ||
	    is_of_host(&parts->address, host);
}

static bool
is_bracketed(struct bytes mailbox)
{
	return mailbox.len >= 2 && mailbox.data[0] == '<' &&
	    mailbox.data[mailbox.len - 1] == '>';
}

static bool
begins_with_prefix(struct bytes sender)
{
	size_t digits = bytes_digits(sender);

	return digits > 0 && digits < sender.len && sender.data[digits] == '/';
}

static bool
is_folded(const struct key_settings *settings, const struct key_parts *parts)
{
	char folded[KEY_MAX];
	size_t len;

	if (parts->sender.len > sizeof(folded))
		return true;
	len = key_fold_sender(
	    settings, parts->sender, parts->recipient, folded);
	return bytes_equal(parts->sender, (struct bytes){ folded, len });
}

static void
judge_parts(struct doubts *doubts, const struct making *making,
    const struct key_parts *parts, struct bytes host, unsigned long line)
{
	const char *slash = memchr(
	    parts->network.data, '/', parts->network.len);
	struct bytes address = parts->network;
	bool bracketed = is_bracketed(parts->sender) ||
	    is_bracketed(parts->recipient);

	if (slash != NULL)
		address.len = (size_t)(slash - address.data);
	if (!is_written_well(address, &parts->address, false))
		add(doubts, DOUBT_ADDRESS, line);
	if (!has_right_size(&making->keys, parts, host))
		add(doubts, DOUBT_NETWORK, line);
	if (begins_with_prefix(parts->sender))
		add(doubts, DOUBT_PREFIX, line);
	else if (!is_folded(&making->keys, parts))
		add(doubts, DOUBT_FOLDING, line);
	if (bracketed)
		add(doubts, DOUBT_BRACKETS, line);
	if (has_upper(parts->sender) || has_upper(parts->recipient))
		add(doubts, DOUBT_CASE, line);
}

/* Has the key's parts in plain text, as the settings ask. */
static bool
is_plain(struct doubts *doubts, const struct making *making, struct bytes key,
    unsigned long line)
{
	bool hidden = made_is_hidden(key);

	if (hidden && has_upper(key))
		add(doubts, DOUBT_CASE, line);
	else if (!hidden && making->keys.privacy)
		add(doubts, DOUBT_PRIVACY, line);
	return !hidden && !making->keys.privacy;
}

static void
judge_triplet(struct doubts *doubts, const struct making *making,
    const struct item *item, unsigned long line)
{
	struct bytes key = item_key(item);
	struct triplet_record record;
	struct key_parts parts;

	if (!record_read_triplet(item_value(item), &record))
		return;
	if (record.first > record.last)
		add(doubts, DOUBT_ORDER, line);
	if (made_is_far(making, record.last) ||
	    made_is_far(making, record.first))
		add(doubts, DOUBT_FUTURE, line);
	if (is_plain(doubts, making, key, line) &&
	    key_split(&making->keys, key, &parts))
		judge_parts(doubts, making, &parts, record.host, line);
}

static void
judge_client(struct doubts *doubts, const struct making *making,
    const struct item *item, unsigned long line)
{
	struct bytes key = item_key(item);
	struct client_record record;
	struct address address;

	if (record_read_client(item_value(item), &record) &&
	    made_is_far(making, record.last))
		add(doubts, DOUBT_FUTURE, line);
	if (is_plain(doubts, making, key, line) &&
	    address_parse(key, &address) &&
	    !is_written_well(key, &address, true))
		add(doubts, DOUBT_ADDRESS, line);
}

void
doubt_judge(struct doubts *doubts, const struct making *making,
    enum store_table table, const struct item *item, unsigned long line)
{
	(table == STORE_TRIPLETS ? judge_triplet : judge_client)(
	    doubts, making, item, line);
}

void
doubt_tell(const struct doubts *doubts, const char *name)
{
	for (int kind = 0; kind < DOUBT_KINDS; kind++) {
		if (doubts->count[kind] == 1)
			msg(MSG_WARN,
			    "%s:%lu: 1 record was taken as it is, but has %s",
			    name, doubts->line[kind], texts[kind]);
		else if (doubts->count[kind] > 1)
			msg(MSG_WARN,
			    "%s:%lu: %lu records, from this line on, were "
			    "taken as they are, but have %s",
			    name, doubts->line[kind], doubts->count[kind],
			    texts[kind]);
	}
}

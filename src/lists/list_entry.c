/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "list_entry.h"

const char list_no_memory[] = "out of memory";

static const char *
make(const char *key, size_t len, struct list_entry **entry)
{
	*entry = calloc(1, sizeof(**entry) + len);
	if (*entry == NULL)
		return list_no_memory;
	memcpy((*entry)->key, key, len);
	(*entry)->len = (unsigned)len;
	(*entry)->delay = LIST_PASSES;
	return NULL;
}

static const char *
make_text(
    enum list_entry_type type, struct bytes text, struct list_entry **entry)
{
	char key[1 + LIST_SUBJECT_MAX];

	if (text.len > LIST_SUBJECT_MAX)
		return "it is too long";
	key[0] = (char)type;
	for (size_t i = 0; i < text.len; i++)
		key[1 + i] = type == LIST_ENTRY_REGEXP ?
		    text.data[i] :
		    bytes_lower(text.data[i]);
	return make(key, 1 + text.len, entry);
}

static const char *
make_regexp(struct bytes pattern, struct list_entry **entry,
    char problem[static LIST_PROBLEM_MAX])
{
	const char *why_not;
	pcre2_code *code;
	PCRE2_SIZE offset;
	int error;
	size_t used;

	code = pcre2_compile((PCRE2_SPTR)pattern.data, pattern.len,
	    PCRE2_CASELESS, &error, &offset, NULL);
	if (code == NULL && error == PCRE2_ERROR_HEAP_FAILED)
		return list_no_memory;
	if (code == NULL) {
		used = (size_t)snprintf(problem, LIST_PROBLEM_MAX,
		    "it is not a regular expression, at character %zu: ",
		    offset + 1);
		pcre2_get_error_message(error, (PCRE2_UCHAR *)problem + used,
		    LIST_PROBLEM_MAX - used);
		return problem;
	}
	why_not = make_text(LIST_ENTRY_REGEXP, pattern, entry);
	if (why_not == NULL)
		(*entry)->regexp = code;
	else
		pcre2_code_free(code);
	return why_not;
}

/* Before a slash only digits and dots, or two colons: meant as an address. */
static bool
looks_like_address(struct bytes text)
{
	size_t colons = 0, dots = 0, others = 0;

	for (size_t i = 0; i < text.len && text.data[i] != '/'; i++) {
		if (text.data[i] == ':')
			colons++;
		else if (text.data[i] == '.')
			dots++;
		else if (!bytes_is_digit(text.data[i]))
			others++;
	}
	return colons >= 2 || (dots >= 1 && dots <= 3 && others == 0);
}

/* As spf-tools write a network: the mechanism of SPF, RFC 7208, 5.6. */
static struct bytes
without_mechanism(struct bytes text)
{
	bool is_named = text.len > 4 &&
	    (strncasecmp(text.data, "ip4:", 4) == 0 ||
		strncasecmp(text.data, "ip6:", 4) == 0);

	return is_named ? bytes_from(text, 4) : text;
}

/* A network's key: its type, the prefix of 128 bits, the address cut to it. */
enum { NETWORK_KEY_SIZE = 2 + 16 };

static const char *
make_network(struct bytes text, struct list_entry **entry)
{
	struct address address;
	unsigned prefix;
	const char *problem = address_parse_network(text, &address, &prefix);
	char key[NETWORK_KEY_SIZE] = { LIST_ENTRY_NETWORK };

	if (problem != NULL)
		return problem;
	address_cut(&address, prefix);
	key[1] = (char)prefix;
	memcpy(key + 2, address.octets, sizeof(address.octets));
	return make(key, sizeof(key), entry);
}

unsigned
list_entry_prefix(const struct list_entry *network)
{
	return (unsigned char)network->key[1];
}

struct address
list_entry_address(const struct list_entry *network)
{
	struct address address;

	memcpy(address.octets, network->key + 2, sizeof(address.octets));
	return address;
}

const char *
list_entry_make(enum list_kind kind, struct bytes text,
    struct list_entry **entry, char problem[static LIST_PROBLEM_MAX])
{
	bool is_user = kind != LIST_CLIENTS &&
	    memchr(text.data, '@', text.len) != NULL;

	if (bytes_equal(text, bytes_of("//")))
		return "it is an empty regular expression";
	if (text.len > 2 && text.data[0] == '/' &&
	    text.data[text.len - 1] == '/')
		return make_regexp(
		    (struct bytes){ text.data + 1, text.len - 2 }, entry,
		    problem);
	if (kind == LIST_SENDERS && bytes_equal(text, bytes_of("<>")))
		return make_text(LIST_ENTRY_NULL_SENDER, bytes_of(""), entry);
	if (kind == LIST_CLIENTS && looks_like_address(without_mechanism(text)))
		return make_network(without_mechanism(text), entry);
	return make_text(
	    is_user ? LIST_ENTRY_USER : LIST_ENTRY_NAME, text, entry);
}

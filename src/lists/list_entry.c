/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "list_entry.h"

const char list_no_memory[] = "out of memory";

static const char *
make(const char *key, size_t len, struct entry **entry)
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
make_text(enum entry_type type, struct bytes text, struct entry **entry)
{
	char key[1 + LIST_SUBJECT_MAX];

	if (text.len > LIST_SUBJECT_MAX)
		return "is too long";
	key[0] = (char)type;
	for (size_t i = 0; i < text.len; i++)
		key[1 + i] = type == ENTRY_REGEXP ? text.data[i] :
						    bytes_lower(text.data[i]);
	return make(key, 1 + text.len, entry);
}

static const char *
make_regexp(struct bytes pattern, struct entry **entry)
{
	static char problem[256];
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
		used = (size_t)snprintf(problem, sizeof(problem),
		    "is no regular expression, at character %zu: ", offset + 1);
		pcre2_get_error_message(error, (PCRE2_UCHAR *)problem + used,
		    sizeof(problem) - used);
		return problem;
	}
	why_not = make_text(ENTRY_REGEXP, pattern, entry);
	if (why_not == NULL)
		(*entry)->regexp = code;
	else
		pcre2_code_free(code);
	return why_not;
}

/* Only digits and dots, or with two colons: meant as an address. */
static bool
looks_like_address(struct bytes text)
{
	size_t colons = 0, dots = 0, others = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == ':')
			colons++;
		else if (text.data[i] == '.')
			dots++;
		else if (text.data[i] < '0' || text.data[i] > '9')
			others++;
	}
	return colons >= 2 || (dots >= 1 && dots <= 3 && others == 0);
}

static const char *
make_network(struct bytes text, struct entry **entry)
{
	struct address address;
	unsigned prefix;
	const char *problem = address_parse_network(text, &address, &prefix);
	char key[NETWORK_KEY_SIZE];

	if (problem != NULL)
		return problem;
	list_table_network_key(&address, prefix, key);
	return make(key, sizeof(key), entry);
}

static const char *
make_client(struct bytes text, struct entry **entry)
{
	const char *slash = memchr(text.data, '/', text.len);
	struct bytes address = text;

	if (slash != NULL)
		address.len = (size_t)(slash - text.data);
	if (looks_like_address(address))
		return make_network(text, entry);
	return make_text(ENTRY_NAME, text, entry);
}

static bool
is_regexp(struct bytes text)
{
	return text.len > 2 && text.data[0] == '/' &&
	    text.data[text.len - 1] == '/';
}

const char *
list_entry_make(enum list_kind kind, struct bytes text, struct entry **entry)
{
	if (bytes_equal(text, bytes_of("//")))
		return "is an empty regular expression";
	if (is_regexp(text))
		return make_regexp(
		    (struct bytes){ text.data + 1, text.len - 2 }, entry);
	if (kind == LIST_CLIENTS)
		return make_client(text, entry);
	return make_text(
	    memchr(text.data, '@', text.len) == NULL ? ENTRY_NAME : ENTRY_USER,
	    text, entry);
}

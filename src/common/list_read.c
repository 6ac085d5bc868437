/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "list_table.h"
#include "num.h"

static const char *
add_key(struct list *list, const char *key, size_t len)
{
	struct entry *entry;

	if (list_table_has(list, key, len))
		return NULL;
	entry = calloc(1, sizeof(*entry) + len);
	if (entry == NULL)
		return "out of memory";
	memcpy(entry->key, key, len);
	entry->len = len;
	HASH_ADD_KEYPTR(hh, list->entries, entry->key, (unsigned)len, entry);
	return NULL;
}

static const char *
add_text(struct list *list, enum entry_type type, struct bytes text)
{
	char key[1 + LIST_SUBJECT_MAX];

	if (text.len > LIST_SUBJECT_MAX)
		return "is too long";
	key[0] = (char)type;
	for (size_t i = 0; i < text.len; i++)
		key[1 + i] = bytes_lower(text.data[i]);
	return add_key(list, key, 1 + text.len);
}

static const char *
add_network(struct list *list, const struct address *address, unsigned prefix)
{
	char key[NETWORK_KEY_SIZE];

	list->prefix_used[prefix] = true;
	return add_key(list, key, list_table_network_key(address, prefix, key));
}

static const char *
add_regexp(struct list *list, struct bytes pattern)
{
	static char problem[256];
	struct regexp *regexp;
	PCRE2_SIZE offset;
	int error;
	size_t used;

	regexp = calloc(1, sizeof(*regexp));
	if (regexp == NULL)
		return "out of memory";
	regexp->code = pcre2_compile((PCRE2_SPTR)pattern.data, pattern.len,
	    PCRE2_CASELESS, &error, &offset, NULL);
	if (regexp->code == NULL) {
		free(regexp);
		used = (size_t)snprintf(problem, sizeof(problem),
		    "is no regular expression, at character %zu: ", offset + 1);
		pcre2_get_error_message(error, (PCRE2_UCHAR *)problem + used,
		    sizeof(problem) - used);
		return problem;
	}
	*list->last_regexp = regexp;
	list->last_regexp = &regexp->next;
	return NULL;
}

/* "1.2.3" -> "1.2.3.0" and 24. False: not two or three octets. */
static bool
leading_octets(struct bytes text, struct address *address, unsigned *bits)
{
	static const char *const missing[] = { ".0.0.0", ".0.0", ".0" };
	char whole[32];
	size_t dots = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '.')
			dots++;
	}
	if (dots < 1 || dots > 2 || text.len > 11)
		return false;
	snprintf(whole, sizeof(whole), "%.*s%s", (int)text.len, text.data,
	    missing[dots]);
	*bits = (unsigned)(dots + 1) * 8;
	return address_parse(bytes_of(whole), address);
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
add_address(struct list *list, struct bytes text, const char *slash)
{
	struct address address;
	unsigned whole, bits;
	int64_t prefix;
	struct bytes length = { NULL, 0 };

	if (slash != NULL) {
		length = bytes_from(text, (size_t)(slash - text.data) + 1);
		text.len = (size_t)(slash - text.data);
	}
	if (slash == NULL && leading_octets(text, &address, &bits))
		return add_network(list, &address, ADDRESS_IPV4_PREFIX + bits);
	if (!address_parse(text, &address))
		return "is no address";
	whole = memchr(text.data, ':', text.len) == NULL ? 32 : ADDRESS_BITS;
	prefix = whole;
	if (slash != NULL && (!num_decimal(length, &prefix) || prefix > whole))
		return whole == 32 ? "has a prefix that is not from 0 to 32" :
				     "has a prefix that is not from 0 to 128";
	return add_network(
	    list, &address, ADDRESS_BITS - whole + (unsigned)prefix);
}

static const char *
add_client(struct list *list, struct bytes text)
{
	const char *slash = memchr(text.data, '/', text.len);
	struct bytes address = text;

	if (slash != NULL)
		address.len = (size_t)(slash - text.data);
	if (looks_like_address(address))
		return add_address(list, text, slash);
	return add_text(list, ENTRY_NAME, text);
}

static const char *
add_recipient(struct list *list, struct bytes text)
{
	if (memchr(text.data, '@', text.len) == NULL)
		return add_text(list, ENTRY_NAME, text);
	return add_text(list, ENTRY_USER, text);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without the comment, and without blanks at either end. */
static struct bytes
strip(struct bytes line)
{
	const char *comment = memchr(line.data, '#', line.len);

	if (comment != NULL)
		line.len = (size_t)(comment - line.data);
	while (line.len > 0 && is_blank(line.data[0]))
		line = bytes_from(line, 1);
	while (line.len > 0 && is_blank(line.data[line.len - 1]))
		line.len--;
	return line;
}

/* NULL, or what is wrong with the line. */
static const char *
add_line(struct list *list, struct bytes line)
{
	line = strip(line);
	if (line.len == 0)
		return NULL;
	for (size_t i = 0; i < line.len; i++) {
		if (is_blank(line.data[i]))
			return "has blanks inside; one entry a line";
		if (line.data[i] == '\0')
			return "has a NUL byte";
	}
	if (line.len > 2 && line.data[0] == '/' &&
	    line.data[line.len - 1] == '/')
		return add_regexp(
		    list, (struct bytes){ line.data + 1, line.len - 2 });
	return list->kind == LIST_CLIENTS ? add_client(list, line) :
					    add_recipient(list, line);
}

int
list_read(struct list *list, const char *file, list_complaint *complain,
    void *argument)
{
	FILE *in = fopen(file, "re");
	char *line = NULL;
	const char *problem;
	size_t size = 0;
	unsigned number = 0;
	ssize_t n;
	int error;

	if (in == NULL)
		return errno;
	errno = 0;
	while ((n = getline(&line, &size, in)) != -1) {
		number++;
		problem = add_line(list, (struct bytes){ line, (size_t)n });
		if (problem != NULL)
			complain(argument, file, number, problem);
	}
	error = ferror(in) || !feof(in) ? errno : 0;
	free(line);
	fclose(in);
	return error;
}

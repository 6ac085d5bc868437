/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "words.h"

/* Up to a separator that does not stand in braces. */
static size_t
word_length(const char *text, const char *separators)
{
	size_t len = 0;
	int depth = 0;

	while (text[len] != '\0' &&
	    (depth > 0 || strchr(separators, text[len]) == NULL)) {
		depth += text[len] == '{';
		depth -= text[len] == '}';
		len++;
	}
	return len;
}

const char *
words_next(const char *text, const char *separators, size_t *len)
{
	text += strspn(text, separators);
	*len = word_length(text, separators);
	return *len == 0 ? NULL : text;
}

static char *
without_braces(char *text, size_t len)
{
	char *end = text + len;

	end -= len > 1 && end[-1] == '}';
	text++;
	while (end > text && strchr(WORDS_BLANKS, end[-1]) != NULL)
		end--;
	*end = '\0';
	return text + strspn(text, WORDS_BLANKS);
}

void
words_split(char *text, const char *separators, struct words *words)
{
	const char *found;
	size_t len;

	words->count = 0;
	while (words->count < WORDS_MAX &&
	    (found = words_next(text, separators, &len)) != NULL) {
		char *word = text + (found - text);

		text = word + len;
		if (*text != '\0')
			*text++ = '\0';
		if (*word == '{')
			word = without_braces(word, len);
		words->word[words->count++] = word;
	}
	words->word[words->count] = NULL;
}

void
words_quote(const char *text, char *out, size_t size)
{
	size_t used = 0;

	for (; *text != '\0' && used + 5 < size; text++)
		used += (size_t)snprintf(out + used, size - used,
		    *text == '\'' ? "'\\%c'" : "%c", *text);
	out[used] = '\0';
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "words.h"

/* The end of "{...}", which may hold others; of the text where it has none. */
static char *
end_of_braces(char *text)
{
	int depth = 0;

	for (; *text != '\0'; text++) {
		depth += *text == '{';
		depth -= *text == '}';
		if (depth == 0)
			return text;
	}
	return text;
}

static char *
without_blanks(char *text, char *end)
{
	while (end > text && strchr(WORDS_BLANKS, end[-1]) != NULL)
		end--;
	*end = '\0';
	return text + strspn(text, WORDS_BLANKS);
}

void
words_split(char *text, const char *separators, struct words *words)
{
	char *end;

	words->count = 0;
	for (text += strspn(text, separators);
	     *text != '\0' && words->count < WORDS_MAX;
	     text += strspn(text, separators)) {
		bool braced = *text == '{';

		end = braced ? end_of_braces(text) :
			       text + strcspn(text, separators);
		words->word[words->count] = text;
		text = *end == '\0' ? end : end + 1;
		if (braced)
			words->word[words->count] = without_blanks(
			    words->word[words->count] + 1, end);
		*end = '\0';
		words->count++;
	}
	words->word[words->count] = NULL;
}

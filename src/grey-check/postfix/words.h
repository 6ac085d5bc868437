/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists as Postfix splits them: words with separators between, no quotes; what
 * stands in braces is one word, without the braces and the blanks inside them
 * (master(5), postconf(5); src/util/mystrtok.c, extpar.c).
 */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

#define WORDS_BLANKS " \t\r\n"
#define WORDS_LIST " \t\r\n,"

enum { WORDS_MAX = 256 };

struct words {
	size_t count;
	char *word[WORDS_MAX + 1]; /* a NULL after the last */
};

/*
 * The word, with its braces, that stands at or after `text`, and its length;
 * NULL: there is none.
 */
const char *words_next(const char *text, const char *separators, size_t *len);

/*
 * Splits the text in place, from `text` on; more words than there is room for
 * are left out.
 */
void words_split(char *text, const char *separators, struct words *);

/* The text as it stands between the shell's single quotes. */
void words_quote(const char *text, char *out, size_t size);

#endif

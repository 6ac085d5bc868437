/* SPDX-License-Identifier: BSD-2-Clause */
/* A word of a reason: does it differ from line to line? See reason.h. */
#ifndef REASON_WORD_H
#define REASON_WORD_H

#include "common/bytes.h"

/* A letter or a digit: a word may begin with it. */
bool reason_is_of_word(unsigned char);

/*
 * The length of the word at the front of the text, and of what belongs to it:
 * the rest of a URL or of a time of day. instead: what to write for it, unless
 * it stays. before: what was written so far.
 */
size_t reason_word(
    struct bytes text, struct bytes before, const char **instead);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Characters that nobody means to write into a list: those that can't be seen,
 * such as a no-break space, and those that only look like others. They come
 * from web pages, word processors and other systems' editors.
 */
#ifndef LIST_CHARACTER_H
#define LIST_CHARACTER_H

#include "common/bytes.h"

#define LIST_SHOWN_MAX 96

/*
 * The text as it may stand in a message, shortened if it is long, with what
 * can't be seen as <U+00A0>, and what is not UTF-8 as \xa0. Returns out, which
 * ends with NUL.
 */
const char *list_show(struct bytes text, char out[static LIST_SHOWN_MAX]);

/*
 * NULL, or in `out` which such character the text has, and the cure. In a
 * regular expression bytes that are not UTF-8 may be meant.
 */
const char *list_character_doubt(
    struct bytes text, bool is_regexp, char *out, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes an entry doubtful, of whatever kind it is. All these write into
 * `problem`, of LIST_PROBLEM_MAX bytes, and return it, or NULL: there is no
 * doubt. Texts are not empty.
 */
#ifndef LIST_DOUBT_COMMON_H
#define LIST_DOUBT_COMMON_H

#include "list_entry.h"

/* Something that begins with a slash, but is not a regular expression. */
const char *list_doubt_of_half_regexp(struct bytes text, char *problem);
/* Quotation marks, commas, schemes: what stands around an entry. */
const char *list_doubt_of_dress(struct bytes text, char *problem);
const char *list_doubt_of_bad_character(
    struct bytes domain, bool utf8_is_good, char *problem);
const char *list_doubt_of_domain(struct bytes domain, char *problem);

/* Writes it. */
const char *list_doubt_say(char *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "it never matches: WHY; write TEXT", and then what that means. */
const char *list_doubt_rewrite(
    char *problem, const char *why, struct bytes text, const char *meaning);

bool list_doubt_has(struct bytes text, char c);
bool list_doubt_is_number(struct bytes text);
bool list_doubt_has_only(struct bytes text, const char *characters);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What in a local part looks as if a program had thrown dice: a number, or a
 * run of eight or more hexadecimal or base-32 digits (RFC 4648) with figures
 * among its letters. Groups that '-' joins are one run, as in an UUID.
 */
#ifndef FOLD_RUN_H
#define FOLD_RUN_H

#include "common/bytes.h"

/* A letter or digit of ASCII. */
bool fold_is_word(char);

/*
 * How many bytes at the front of the text are such a number or run; 0: none.
 * To be called where a word begins only; a number of less than eight digits is
 * part of a word where '_' stands beside it, as it is to postgrey.
 */
size_t fold_run(struct bytes text, bool after_underscore);

#endif

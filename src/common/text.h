/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes from outside, made fit for a log or a terminal.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

#include "bytes.h"

/*
 * The length of the UTF-8 character at the front of text, which is not empty,
 * and its code. 0: the first byte is a control byte, or not UTF-8; *code is
 * that byte.
 */
size_t text_decode(struct bytes text, uint32_t *code);

/* The same for what is printable: 0 also for what can't be seen (U+202E...). */
size_t text_character(struct bytes text, uint32_t *code);

/*
 * The same length, and the width of the character in columns of a terminal: 1
 * for a byte that is not printable, too.
 */
size_t text_columns(struct bytes text, int *columns);

/* The length of what takes at most this many columns, and how many it takes. */
size_t text_fit(struct bytes text, int room, int *columns);

/*
 * Copies text with a '?' for each byte that is not printable. What does not fit
 * into room (at least 3) is cut, between characters, and ends with "...".
 * Returns the length; there is no final NUL.
 */
size_t text_printable(struct bytes text, char *out, size_t room);

/*
 * Bytes as text, and back without loss: what is not printable becomes \xHH, a
 * backslash becomes two. Writes at most four times as many bytes (back: no more
 * than there were) and returns the length. text_unescape() may work in place;
 * it returns false if anything else follows a backslash.
 */
size_t text_escape(struct bytes, char *out);
bool text_unescape(struct bytes text, char *out, size_t *len);

/* 0 to 15, or -1: it is not a hexadecimal digit. */
int text_hex_value(char digit);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making bytes fit to be shown: in a log, at a terminal.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

#include "bytes.h"

/*
 * The length of the printable UTF-8 character at the front of text, which is
 * not empty, and what character it is; 0: there is none, but a control byte or
 * no UTF-8.
 */
size_t text_character(struct bytes text, uint32_t *code);

/* The same, and how many columns of a terminal it takes; of what is none, 1. */
size_t text_columns(struct bytes text, int *columns);

/*
 * Copies text with a '?' for each byte that is not printable. What does not fit
 * into room (3 at least) is cut, between characters, and ends with "...".
 * Returns the length; there is no final NUL.
 */
size_t text_printable(struct bytes text, char *out, size_t room);

/*
 * Bytes as text, and back without loss: what is not printable stands as \xHH,
 * a backslash as two. Writes at most four times the bytes (back: as many) and
 * returns the length. text_unescape() may work in place; it returns false for a
 * backslash with anything else behind it.
 */
size_t text_escape(struct bytes, char *out);
bool text_unescape(struct bytes text, char *out, size_t *len);

/* 0 to 15, or -1: no hexadecimal digit. */
int text_hex_value(char digit);

#endif

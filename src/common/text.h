/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making bytes fit to be shown: in a log, at a terminal.
 */
#ifndef TEXT_H
#define TEXT_H

#include "bytes.h"

/*
 * The length of the printable UTF-8 character at the front of text, which is
 * not empty; 0: there is none, but a control byte or no UTF-8.
 */
size_t text_character(struct bytes text);

/*
 * Copies text with a '?' for each byte that is not printable. What does not fit
 * into room (3 at least) is cut, between characters, and ends with "...".
 * Returns the length; there is no final NUL.
 */
size_t text_printable(struct bytes text, char *out, size_t room);

#endif

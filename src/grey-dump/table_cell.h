/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A cell of the table, written at a width. What is not printable becomes '?';
 * what is cut has a '~' where something is missing.
 */
#ifndef TABLE_CELL_H
#define TABLE_CELL_H

#include "common/bytes.h"

/* How many columns of a terminal it takes. */
int table_cell_width(struct bytes text);

/*
 * Each writes the text and blanks up to the width, and one more. cut: what is
 * wider is cut at its end; else it is written whole.
 */
void table_cell(struct bytes text, int width, bool cut);

/*
 * An address: of the local part its end is cut, so that the domain is seen,
 * "verylong~@example.org"; a domain that does not fit loses its beginning, for
 * its end says whose it is: "~.mail.example.org".
 */
void table_cell_mailbox(struct bytes text, int width, bool cut);

#endif

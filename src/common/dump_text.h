/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records in the text form of db_dump(1) and DB->verify(DB_SALVAGE): a header
 * up to HEADER=END, then a line for the key and one for the value, each a space
 * and hex digits, up to DATA=END. Such sections may follow one another.
 */
#ifndef DUMP_TEXT_H
#define DUMP_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "bytes.h"

/*
 * Calls put for each record; it returns 0 to go on, else that is the result.
 * Lines that are not hex are passed over with their record. Memory: a line.
 */
int dump_text_read(FILE *in,
    int (*put)(void *argument, struct bytes key, struct bytes value),
    void *argument);

#endif

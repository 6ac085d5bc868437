/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIST_FIELDS_H
#define LIST_FIELDS_H

#include "list_line.h"

/*
 * What follows the text of an entry, which may stand on other lines, too. NULL,
 * or why the line is not an entry; then `about` says what is.
 */
const char *list_fields_add(struct list_line *, struct list_entry *);

#endif

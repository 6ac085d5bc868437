/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIST_DOUBT_CLIENT_H
#define LIST_DOUBT_CLIENT_H

#include "list_entry.h"

/* What is doubtful of the text, which is not empty; see list_doubt_common.h. */
const char *list_doubt_of_client(struct bytes text, char *problem);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* A page that processes share, in a directory of its own. */
#ifndef PAGE_MADE_H
#define PAGE_MADE_H

#include "common/bytes.h"
#include "store/shared/store_page.h"

#define PAGE_NAME "grey.state"

extern char page_directory[64];
extern struct store_page page;

void page_directory_make(void);

/* Makes the directory, too. */
void page_make(void);
/* Both go. */
void page_unmake(void);

/* What the first version noted of how it used the store, where that puts it. */
void page_put_note(struct bytes note);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the log is told when the store is used with other settings than before,
 * or by two services with different ones.
 */
#ifndef USE_NEWS_H
#define USE_NEWS_H

#include "store/store.h"

/* ours: by use_text(). Each is said once an hour, by one of all processes. */
void use_news_tell(
    struct store *, const char *where, struct bytes ours, enum store_use_news);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include "store/store_engine.h"
#include "store_page.h"
#include "store_uses.h"

/*
 * False: a newer program than this one, which knows the layouts up to `known`,
 * keeps the store. Then nothing may be changed in it, nor closed in order.
 */
static inline bool
store_layout_is_known(const struct store_page *page, uint32_t known)
{
	return store_uses_layout(store_page_uses(page)) <= known;
}

/* Sets the reason, and returns STORE_ERROR. */
enum store_result store_layout_refuse(struct store *, const char *directory,
    const struct store_page *, uint32_t known);

#endif

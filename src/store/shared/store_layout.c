/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/defaults.h"
#include "store_layout.h"

enum store_result
store_layout_refuse(struct store *store, const char *directory,
    const struct store_page *page, uint32_t known)
{
	return store_failed(store,
	    "%s: a newer version of the grey tools keeps this store, in layout "
	    "%u; this program, grey tools " GREY_VERSION
	    ", knows layout %u: use the newer version's programs on it",
	    directory, (unsigned)store_uses_layout(store_page_uses(page)),
	    (unsigned)known);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_get.h"

enum store_result
store_get_in_units(struct store *store, struct store_get *get,
    enum store_result (*unit)(struct store *, struct store_get *))
{
	enum store_result result = STORE_OK;

	while (get->done < get->count && result == STORE_OK) {
		get->shown = get->done;
		result = unit(store, get);
		get->done = get->shown;
	}
	return result;
}

void
store_get_none(struct store_get *get)
{
	while (get->shown < get->count)
		get->show(get->argument, get->shown++, NULL);
}

void
store_update_none(const struct store_update *update)
{
	struct store_value ignored = { .len = 0 };

	for (size_t i = 0; i < update->count; i++)
		(void)update->decide(update->argument, i, NULL, &ignored);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "bdb_record.h"

DBT
bdb_dbt(struct bytes bytes)
{
	return (DBT){ .data = (void *)(uintptr_t)bytes.data,
		.size = (u_int32_t)bytes.len };
}

int
bdb_record_get(DB *db, DB_TXN *txn, struct bytes key,
    char buffer[STORE_VALUE_MAX], struct bytes *value)
{
	DBT k = bdb_dbt(key);
	DBT v = {
		.data = buffer, .ulen = STORE_VALUE_MAX, .flags = DB_DBT_USERMEM
	};
	int error = db == NULL ? DB_NOTFOUND : db->get(db, txn, &k, &v, 0);

	*value = (struct bytes){ buffer, v.size };
	if (error == DB_BUFFER_SMALL) {
		value->len = 0;
		return 0;
	}
	if (error == DB_NOTFOUND) {
		value->data = NULL;
		return 0;
	}
	return error;
}

int
bdb_record_put(
    DB *db, DB_TXN *txn, struct bytes key, const struct store_value *next)
{
	DBT k = bdb_dbt(key);
	DBT v = bdb_dbt((struct bytes){ next->data, next->len });

	return next->len == 0 ? 0 : db->put(db, txn, &k, &v, 0);
}

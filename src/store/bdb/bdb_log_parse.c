/* SPDX-License-Identifier: BSD-2-Clause */
#include "bdb_directory.h"
#include "bdb_log_parse.h"

uint32_t
bdb_log_number(struct bdb_log_cursor *cursor)
{
	uint32_t value = 0;

	cursor->good = cursor->good && cursor->left.len >= sizeof(value);
	if (!cursor->good)
		return 0;
	memcpy(&value, cursor->left.data, sizeof(value));
	cursor->left = bytes_from(cursor->left, sizeof(value));
	return value;
}

void
bdb_log_skip(struct bdb_log_cursor *cursor, int numbers)
{
	while (numbers-- > 0)
		(void)bdb_log_number(cursor);
}

struct bytes
bdb_log_bytes(struct bdb_log_cursor *cursor)
{
	uint32_t len = bdb_log_number(cursor);
	struct bytes bytes = { cursor->left.data, len };

	cursor->good = cursor->good && len <= cursor->left.len;
	if (!cursor->good)
		return (struct bytes){ NULL, 0 };
	cursor->left = bytes_from(cursor->left, len);
	return bytes;
}

bdb_log_place
bdb_log_read_place(struct bdb_log_cursor *cursor)
{
	uint32_t file = bdb_log_number(cursor);

	return bdb_log_place_of(file, bdb_log_number(cursor));
}

void
bdb_log_files_init(struct bdb_log_files *files)
{
	for (int i = 0; i < BDB_LOG_FILES_MAX; i++)
		files->table[i] = i < STORE_TABLES ? i : -1;
}

int
bdb_log_files_register(struct bdb_log_files *files,
    struct bdb_log_cursor *cursor, struct bytes *id)
{
	struct bytes name;
	uint32_t file;
	int table = -1;

	bdb_log_skip(cursor, 1);
	name = bdb_log_bytes(cursor);
	*id = bdb_log_bytes(cursor);
	file = bdb_log_number(cursor);
	if (!cursor->good || file >= BDB_LOG_FILES_MAX)
		return -1;
	for (int i = 0; i < STORE_TABLES; i++) {
		if (bytes_equal(name,
			(struct bytes){
			    bdb_files[i], strlen(bdb_files[i]) + 1 }))
			table = i;
	}
	files->table[file] = table;
	return table;
}

int
bdb_log_table(const struct bdb_log_files *files, uint32_t file)
{
	return file < BDB_LOG_FILES_MAX ? files->table[file] : -1;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "bdb_log_health.h"
#include "bdb_log_parse.h"

struct examination {
	struct bdb_log_health *health;
	struct bdb_log_files files;
	bdb_log_place new_pages_at[STORE_TABLES]; /* 0: no such record */
	bdb_log_place checkpoint;		  /* 0: none */
	bdb_log_place first_gap; /* since the last checkpoint; 0: none */
	bdb_log_place last_gap;	 /* of all */
	uint64_t unread;	 /* bytes, in all gaps */
	bool has_records;
};

static void
take_checkpoint(struct examination *examination, struct bdb_log_cursor *cursor)
{
	bdb_log_place place = bdb_log_read_place(cursor);

	if (!cursor->good)
		return;
	examination->checkpoint = place;
	if (examination->first_gap < place)
		examination->first_gap = 0;
	for (int i = 0; i < STORE_TABLES; i++) {
		if (examination->new_pages_at[i] >= place)
			continue;
		examination->new_pages_at[i] = 0;
		examination->health->first_new_page[i] = UINT32_MAX;
	}
}

/* page 0: as if all were new. */
static void
note_new_page(struct examination *examination, bdb_log_place place, int table,
    uint32_t page)
{
	uint32_t *first;

	if (table == -1)
		return;
	first = &examination->health->first_new_page[table];
	if (page < *first)
		*first = page;
	if (examination->new_pages_at[table] == 0)
		examination->new_pages_at[table] = place;
}

static void
take_allocation(struct examination *examination, bdb_log_place place,
    struct bdb_log_cursor *cursor)
{
	int table = bdb_log_table(&examination->files, bdb_log_number(cursor));
	uint32_t page, last;

	bdb_log_skip(cursor, 5);
	page = bdb_log_number(cursor);
	bdb_log_skip(cursor, 2);
	last = bdb_log_number(cursor);
	if (cursor->good && page > last)
		note_new_page(examination, place, table, page);
}

static void
take_registration(
    struct examination *examination, struct bdb_log_cursor *cursor)
{
	struct bdb_log_health *health = examination->health;
	struct bytes id;
	int table = bdb_log_files_register(&examination->files, cursor, &id);

	if (table == -1 || id.len != sizeof(health->id[table]))
		return;
	health->has_id[table] = true;
	memcpy(health->id[table], id.data, id.len);
}

static int
take_record(void *argument, bdb_log_place place, struct bytes record)
{
	struct examination *examination = argument;
	struct bdb_log_cursor cursor = { record, true };
	uint32_t type = bdb_log_number(&cursor);

	examination->has_records = true;
	bdb_log_skip(&cursor, 3);
	switch (type) {
	case BDB_LOG_REGISTER:
		take_registration(examination, &cursor);
		break;
	case BDB_LOG_CHECKPOINT:
		take_checkpoint(examination, &cursor);
		break;
	case BDB_LOG_ALLOCATE:
		take_allocation(examination, place, &cursor);
		break;
	case BDB_LOG_TRUNCATE:
		note_new_page(examination, place,
		    bdb_log_table(&examination->files, bdb_log_number(&cursor)),
		    0);
		break;
	default:
		break;
	}
	return 0;
}

static int
take_gap(void *argument, bdb_log_place place, uint64_t bytes)
{
	struct examination *examination = argument;

	examination->unread += bytes;
	if (examination->first_gap == 0)
		examination->first_gap = place;
	examination->last_gap = place;
	return 0;
}

/* Berkeley DB looks for the end, and the last checkpoint, in the last file. */
int
bdb_log_examine(int directory_fd, struct bdb_log_health *health)
{
	struct examination examination = { .health = health };
	struct bdb_log_reader reader = {
		.record = take_record, .gap = take_gap, .argument = &examination
	};
	uint32_t needed;
	int error;

	*health = (struct bdb_log_health){ .damaged = false };
	for (int i = 0; i < STORE_TABLES; i++)
		health->first_new_page[i] = UINT32_MAX;
	bdb_log_files_init(&examination.files);
	error = bdb_log_read(directory_fd, &reader);
	if (error != 0 || reader.last == 0)
		return error;
	needed = examination.checkpoint == 0 ?
	    1 :
	    bdb_log_file_of(examination.checkpoint);
	if (!examination.has_records) {
		health->unreadable = examination.unread;
		return 0;
	}
	health->damaged = reader.first > needed || examination.first_gap != 0 ||
	    (examination.last_gap != 0 &&
		bdb_log_file_of(examination.last_gap) == reader.last);
	return 0;
}

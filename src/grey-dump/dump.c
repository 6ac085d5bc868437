/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "common/msg.h"
#include "common/program.h"
#include "dump.h"
#include "form.h"
#include "put.h"

enum { BATCH_ROWS = 512, BATCH_BYTES = 64 * 1024 };

/* Rows that wait for their auto-whitelist counts, which are read together. */
static struct batch {
	size_t count;
	struct row rows[BATCH_ROWS];
	size_t used; /* of bytes */
	char bytes[BATCH_BYTES];
	size_t clients;
	struct bytes keys[BATCH_ROWS];
	struct row *asks[BATCH_ROWS]; /* the row that asks for keys[i] */
	char addresses[BATCH_ROWS][ADDRESS_TEXT_MAX];
} batch;

static void
take_count(void *argument, size_t index, const struct bytes *value)
{
	struct client_record record;

	(void)argument;
	batch.asks[index]->awl = value != NULL &&
		record_read_client(*value, &record) ?
	    record.count :
	    -1;
}

/* is_last: no rows come after these. */
static bool
show_batch(struct dump *dump, bool is_last)
{
	batch.clients = 0;
	for (size_t i = 0; i < batch.count; i++) {
		struct row *row = &batch.rows[i];
		char *address = batch.addresses[batch.clients];

		if (row->table != STORE_TRIPLETS || !row->decoded ||
		    !row->has_address)
			continue;
		batch.asks[batch.clients] = row;
		batch.keys[batch.clients++] = (struct bytes){ address,
			address_text(&row->address, address) };
	}
	dump->failed = store_get(dump->store, STORE_CLIENTS, batch.keys,
			   batch.clients, take_count, NULL) != STORE_OK;
	if (dump->form == form_table && !dump->begun && !dump->failed)
		form_table_begin(dump->settings->table, dump->settings->now,
		    batch.rows, batch.count, is_last);
	dump->begun = true;
	for (size_t i = 0; i < batch.count && !dump->failed; i++) {
		totals_add(&dump->totals, &batch.rows[i]);
		dump->form(&batch.rows[i]);
	}
	batch.count = batch.used = 0;
	return !dump->failed;
}

static struct bytes
keep(struct bytes bytes)
{
	char *copy = batch.bytes + batch.used;

	if (bytes.len > 0)
		memcpy(copy, bytes.data, bytes.len);
	batch.used += bytes.len;
	return (struct bytes){ copy, bytes.len };
}

/* A record larger than the batch is shown while the walk still holds it. */
static bool
add_row(struct dump *dump, struct bytes key, struct bytes value)
{
	bool small = key.len <= BATCH_BYTES &&
	    value.len <= BATCH_BYTES - key.len;
	struct row *row;
	size_t used;

	if (batch.count == BATCH_ROWS || !small ||
	    key.len + value.len > BATCH_BYTES - batch.used) {
		if (batch.count > 0 && !show_batch(dump, false))
			return false;
	}
	used = batch.used;
	if (small) {
		key = keep(key);
		value = keep(value);
	}
	row = &batch.rows[batch.count];
	row_decode(dump->settings, key, value, row);
	if (!filter_takes(&dump->filter, row)) {
		batch.used = used;
		return true;
	}
	batch.count++;
	return small || show_batch(dump, false);
}

static bool
visit(void *argument, struct bytes key, struct bytes value)
{
	struct dump *dump = argument;
	struct row row;

	if (!bytes_begin_with(key, dump->beginning) || ferror(stdout))
		return false;
	if (dump->form != NULL)
		return add_row(dump, key, value);
	if (dump->settings->count || !filter_is_open(&dump->filter)) {
		row_decode(dump->settings, key, value, &row);
		if (!filter_takes(&dump->filter, &row))
			return true;
	}
	if (dump->settings->count) {
		totals_add(&dump->totals, &row);
		return true;
	}
	form_dump(dump->settings->print, key, value);
	return true;
}

static bool
walk_range(void *argument, struct bytes beginning)
{
	struct dump *dump = argument;

	dump->beginning = beginning;
	if (store_walk(dump->store, dump->settings->table, beginning, visit,
		dump) != STORE_OK)
		dump->failed = true;
	return !dump->failed && !ferror(stdout);
}

/* Of db_dump's form; that of the table depends on its rows. */
static bool
begin(struct dump *dump)
{
	const struct settings *settings = dump->settings;
	char header[STORE_HEADER_MAX];

	if (dump->form != NULL || settings->count)
		return true;
	dump->failed = store_header(dump->store, settings->table,
			   settings->print, header) != STORE_OK;
	if (!dump->failed)
		put_text(header);
	return !dump->failed;
}

static bool
end(struct dump *dump)
{
	const struct settings *settings = dump->settings;

	if (dump->form != NULL && !show_batch(dump, true))
		return false;
	if (settings->count && settings->format == FORMAT_JSON)
		totals_json(&dump->totals);
	else if (settings->count)
		totals_lines(&dump->totals);
	else if (dump->form == NULL)
		put_text("DATA=END\n");
	else if (dump->form == form_table)
		form_table_end(&dump->totals);
	return true;
}

int
dump_records(struct dump *dump)
{
	int64_t unreadable;
	bool complete;
	int result;

	dump->failed = store_become_owner(dump->store) != STORE_OK;
	complete = !dump->failed && begin(dump) &&
	    filter_each_range(&dump->filter, walk_range, dump) && end(dump);
	put_flush();
	result = program_end_output();
	unreadable = dump->totals.unreadable;
	if (dump->failed)
		msg(MSG_ERROR, "%s", store_reason(dump->store));
	if (unreadable > 0)
		msg(MSG_WARN, "%" PRId64 " records can't be decoded%s",
		    unreadable,
		    dump->settings->count ? "" :
					    "; they are shown as they are");
	if (!complete || result != 0)
		return PROGRAM_FAILED;
	return unreadable > 0 ? DUMP_UNDECODABLE : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/msg.h"
#include "common/program.h"
#include "dump.h"

enum { OUTPUT_BYTES = 256 * 1024 };

static void
read_count(void *argument, size_t index, const struct bytes *value)
{
	struct client_record record;

	(void)index;
	if (value != NULL && record_read_client(*value, &record))
		*(int64_t *)argument = record.count;
}

static bool
look_up_awl(struct dump *dump, struct row *row)
{
	const struct key_settings plain = { .privacy = false };
	char text[KEY_MAX];
	struct bytes key = { text, 0 };

	if (row->table != STORE_TRIPLETS || !row->has_address)
		return true;
	key.len = key_client(&plain, &row->address, text);
	dump->failed = store_get(dump->store, STORE_CLIENTS, &key, 1,
			   read_count, &row->awl) != STORE_OK;
	return !dump->failed;
}

static bool
show(struct dump *dump, struct bytes key, struct bytes value)
{
	struct row row;

	row_decode(&dump->rows, key, value, &row);
	if (!filter_takes(&dump->filter, &row))
		return true;
	if (dump->form == NULL) {
		form_dump(stdout, dump->settings->print, key, value);
		return true;
	}
	if (!row.decoded)
		dump->undecodable++;
	else if (!look_up_awl(dump, &row))
		return false;
	dump->out_of_memory = !dump->form->row(stdout, &row);
	return !dump->out_of_memory;
}

static bool
visit(void *argument, struct bytes key, struct bytes value)
{
	struct dump *dump = argument;

	if (!bytes_begin_with(key, dump->beginning) || ferror(stdout))
		return false;
	if (dump->form != NULL || !filter_is_open(&dump->filter))
		return show(dump, key, value);
	form_dump(stdout, dump->settings->print, key, value);
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
	return !dump->failed && !dump->out_of_memory && !ferror(stdout);
}

static bool
begin(struct dump *dump)
{
	const struct settings *settings = dump->settings;
	char header[STORE_HEADER_MAX];

	if (dump->form != NULL) {
		if (dump->form->begin != NULL)
			dump->form->begin(stdout, settings->table);
		return true;
	}
	dump->failed = store_header(dump->store, settings->table,
			   settings->print, header) != STORE_OK;
	if (!dump->failed)
		fputs(header, stdout);
	return !dump->failed;
}

static int
finish(struct dump *dump, bool complete)
{
	int result = program_end_output();

	if (dump->failed)
		msg(MSG_ERROR, "%s", store_reason(dump->store));
	if (dump->out_of_memory)
		msg(MSG_ERROR, "out of memory");
	if (dump->undecodable > 0)
		msg(MSG_WARN,
		    "%lu records can't be decoded; they are shown as they are",
		    dump->undecodable);
	if (!complete || result != 0)
		return PROGRAM_FAILED;
	return dump->undecodable > 0 ? DUMP_UNDECODABLE : 0;
}

static const struct form *
form_of(const struct settings *settings)
{
	switch (settings->format) {
	case FORMAT_TABLE:
		return &form_table;
	case FORMAT_TSV:
		return &form_tsv;
	case FORMAT_JSON:
		return &form_json;
	case FORMAT_DUMP:
		break;
	}
	return NULL;
}

int
dump_records(struct dump *dump)
{
	static char buffer[OUTPUT_BYTES];
	bool complete;

	dump->form = form_of(dump->settings);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	dump->failed = store_become_owner(dump->store) != STORE_OK;
	complete = !dump->failed && begin(dump) &&
	    filter_each_range(&dump->filter, walk_range, dump);
	if (complete && dump->form == NULL)
		fputs("DATA=END\n", stdout);
	return finish(dump, complete);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "greylist/record.h"
#include "input.h"

void
input_init(struct input *input, FILE *in, enum store_table table)
{
	input->in = in;
	input->table = table;
	input->form = INPUT_UNKNOWN;
	input->line = 0;
	input->problem = NULL;
	dump_text_init(&input->dump, in);
}

/* Reads the first line; what is not db_dump's has it to be taken yet. */
static void
tell_form(struct input *input)
{
	struct dump_line *line = &input->dump.key;
	struct bytes text;

	input->first = dump_text_line(input->in, line);
	text = (struct bytes){ line->text, line->len };
	if (bytes_begin_with(text, bytes_of("VERSION="))) {
		input->form = INPUT_DUMP;
		dump_text_begun(&input->dump);
	} else if (bytes_begin_with(text, bytes_of("{")) &&
	    memchr(text.data, '\t', text.len) == NULL)
		input->form = INPUT_JSON;
	else
		input->form = INPUT_TSV;
}

bool
record_set_key(struct record *record, const struct bytes *pieces, size_t count)
{
	record->key_len = 0;
	for (size_t i = 0; i < count; i++) {
		if (record->key_len + pieces[i].len + 1 > sizeof(record->key))
			return false;
		if (i > 0)
			record->key[record->key_len++] = '/';
		if (pieces[i].len > 0)
			memcpy(record->key + record->key_len, pieces[i].data,
			    pieces[i].len);
		record->key_len += pieces[i].len;
	}
	return true;
}

bool
record_set_value(struct record *record, struct bytes value)
{
	if (value.len > sizeof(record->value))
		return false;
	if (value.len > 0)
		memcpy(record->value, value.data, value.len);
	record->value_len = value.len;
	return true;
}

bool
record_set_triplet(
    struct record *record, int64_t first, int64_t last, struct bytes host)
{
	const struct triplet_record triplet = { first, last, host };

	if (host.len > ADDRESS_TEXT_MAX)
		return false;
	record->value_len = record_write_triplet(&triplet, record->value);
	return true;
}

void
record_set_client(struct record *record, int64_t count, int64_t last)
{
	const struct client_record client = { count, last };

	record->value_len = record_write_client(&client, record->value);
}

static enum input_result
next_dumped(struct input *input, struct record *record)
{
	struct bytes key, value;
	enum dump_text_result result = dump_text_next(
	    &input->dump, &key, &value);

	input->line = input->dump.line;
	input->problem = input->dump.problem;
	switch (result) {
	case DUMP_TEXT_RECORD:
		input->problem = "has a key or a value that is too long";
		return record_set_key(record, &key, 1) &&
			record_set_value(record, value) ?
		    INPUT_RECORD :
		    INPUT_BAD;
	case DUMP_TEXT_BAD:
		return INPUT_BAD;
	case DUMP_TEXT_END:
		return INPUT_END;
	case DUMP_TEXT_CUT:
		input->line = input->dump.lines;
		input->problem = "the input ends here, without DATA=END: it "
				 "is not whole";
		return INPUT_FAILED;
	case DUMP_TEXT_ERROR:
		break;
	}
	input->problem = strerror(errno);
	return INPUT_FAILED;
}

static enum input_result
next_line(struct input *input, struct record *record)
{
	struct dump_line *line = &input->dump.key;

	if (input->line++ > 0)
		input->first = dump_text_line(input->in, line);
	switch (input->first) {
	case DUMP_LINE_NONE:
		input->problem = strerror(errno);
		return ferror(input->in) ? INPUT_FAILED : INPUT_END;
	case DUMP_LINE_CUT:
		input->problem = "the input ends inside this line";
		return INPUT_BAD;
	case DUMP_LINE_TOO_LONG:
		input->problem = "is a line that is too long";
		return INPUT_BAD;
	case DUMP_LINE_WHOLE:
		break;
	}
	input->problem = (input->form == INPUT_TSV ? input_tsv : input_json)(
	    input->table, (struct bytes){ line->text, line->len }, record);
	return input->problem == NULL ? INPUT_RECORD : INPUT_BAD;
}

enum input_result
input_next(struct input *input, struct record *record)
{
	if (input->form == INPUT_UNKNOWN)
		tell_form(input);
	return input->form == INPUT_DUMP ? next_dumped(input, record) :
					   next_line(input, record);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

/*
 * The magic numbers of a btree and of a hash, of either byte order. One of
 * the 12 bytes before them may end the first line, so that alone is looked at
 * only where the input can't be read at a position, as a pipe.
 */
static bool
is_database(FILE *in, struct bytes front)
{
	enum { MAGIC_AT = 12 };
	static const char magic[][4] = { "\x62\x31\x05\x00", "\x00\x05\x31\x62",
		"\x61\x15\x06\x00", "\x00\x06\x15\x61" };
	char found[sizeof(magic[0])] = "";

	if (pread(fileno(in), found, sizeof(found), MAGIC_AT) == -1 &&
	    front.len >= MAGIC_AT + sizeof(found))
		memcpy(found, front.data + MAGIC_AT, sizeof(found));
	for (size_t i = 0; i < sizeof(magic) / sizeof(magic[0]); i++) {
		if (memcmp(found, magic[i], sizeof(found)) == 0)
			return true;
	}
	return false;
}

/*
 * The first line of db_dump's form begins a header; in the others it is a
 * record already, left in place for next_line().
 */
void
input_init(struct input *input, FILE *in, enum store_table table,
    const struct making *making)
{
	struct dump_line *line = &input->dump.key;
	struct bytes text;

	input->in = in;
	input->table = table;
	input->making = making;
	input->line = 0;
	input->problem = NULL;
	dump_text_init(&input->dump, in);
	input->first = dump_text_line(in, line);
	input->error = errno;
	text = (struct bytes){ line->text, line->len };
	if (bytes_begin_with(text, bytes_of("VERSION="))) {
		input->form = INPUT_DUMP;
		dump_text_begun(&input->dump);
	} else if (is_database(in, text))
		input->form = INPUT_DATABASE;
	else if (bytes_begin_with(text, bytes_of("{")) &&
	    memchr(text.data, '\t', text.len) == NULL)
		input->form = INPUT_JSON;
	else
		input->form = INPUT_TSV;
}

static enum input_result
next_dumped(struct input *input, struct item *item)
{
	struct bytes key, value;
	enum dump_text_result result = dump_text_next(
	    &input->dump, &key, &value);

	input->line = input->dump.line;
	input->problem = input->dump.problem;
	switch (result) {
	case DUMP_TEXT_RECORD:
		input->problem = item_from_bytes(key, value, item);
		return input->problem == NULL ? INPUT_RECORD : INPUT_BAD;
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
next_line(struct input *input, struct item *item)
{
	struct dump_line *line = &input->dump.key;

	if (input->line++ > 0) {
		input->first = dump_text_line(input->in, line);
		input->error = errno;
	}
	switch (input->first) {
	case DUMP_LINE_NONE:
		input->problem = strerror(input->error);
		return ferror(input->in) ? INPUT_FAILED : INPUT_END;
	case DUMP_LINE_CUT:
		input->problem = "is cut off: the input ends inside its line";
		return INPUT_BAD;
	case DUMP_LINE_TOO_LONG:
		input->problem = "is a line that is too long";
		return INPUT_BAD;
	case DUMP_LINE_WHOLE:
		break;
	}
	input->problem = (input->form == INPUT_TSV ?
		line_from_tsv :
		line_from_json)(input->making, input->table,
	    (struct bytes){ line->text, line->len }, item);
	return input->problem == NULL ? INPUT_RECORD : INPUT_BAD;
}

enum input_result
input_next(struct input *input, struct item *item)
{
	switch (input->form) {
	case INPUT_DUMP:
		return next_dumped(input, item);
	case INPUT_TSV:
	case INPUT_JSON:
		return next_line(input, item);
	case INPUT_DATABASE:
		break;
	}
	input->line = 1;
	input->problem = "this is a Berkeley DB database, and not a dump of "
			 "one: dump it with grey-dump, and load that";
	return INPUT_FAILED;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/text.h"
#include "dump_text.h"

void
dump_text_init(struct dump_text *dump, FILE *in)
{
	dump->in = in;
	dump->print = dump->begun = dump->in_data = dump->has_key = false;
	dump->line = dump->lines = 0;
	dump->problem = NULL;
}

void
dump_text_begun(struct dump_text *dump)
{
	dump->begun = true;
	dump->lines = 1;
}

enum dump_line_result
dump_text_line(FILE *in, struct dump_line *line)
{
	bool too_long = false;
	int c;

	line->len = 0;
	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		if (line->len < sizeof(line->text))
			line->text[line->len++] = (char)c;
		else
			too_long = true;
	}
	if (c == EOF)
		return line->len == 0 || ferror(in) ? DUMP_LINE_NONE :
						      DUMP_LINE_CUT;
	return too_long ? DUMP_LINE_TOO_LONG : DUMP_LINE_WHOLE;
}

/* A line that the end of the input cuts may be half of one: it is dropped. */
static enum dump_line_result
read_line(struct dump_text *dump, struct dump_line *line)
{
	enum dump_line_result result = dump_text_line(dump->in, line);

	if (result == DUMP_LINE_CUT)
		return DUMP_LINE_NONE;
	dump->lines += result != DUMP_LINE_NONE;
	return result;
}

static bool
is(const struct dump_line *line, const char *text)
{
	return bytes_equal(
	    (struct bytes){ line->text, line->len }, bytes_of(text));
}

/* False: these are not two hexadecimal digits. */
static bool
decode_byte(const char *digits, char *byte)
{
	int high = text_hex_value(digits[0]), low = text_hex_value(digits[1]);

	*byte = (char)((unsigned)high << 4 | (unsigned)low);
	return high != -1 && low != -1;
}

/* " 6162" to "ab", in place. False: these are not pairs of digits. */
static bool
decode_hex(struct dump_line *line)
{
	size_t used = 0;

	if (line->len % 2 != 1)
		return false;
	for (size_t i = 1; i < line->len; i += 2) {
		if (!decode_byte(line->text + i, &line->text[used++]))
			return false;
	}
	line->len = used;
	return true;
}

/* " a\\\5cb" to "a\\b", in place. False: a backslash lacks its digits. */
static bool
decode_print(struct dump_line *line)
{
	char *text = line->text;
	size_t used = 0;

	for (size_t i = 1; i < line->len; i++, used++) {
		text[used] = text[i];
		if (text[i] != '\\')
			continue;
		i++;
		if (i < line->len && text[i] == '\\')
			continue;
		if (i + 1 >= line->len || !decode_byte(text + i, &text[used]))
			return false;
		i++;
	}
	line->len = used;
	return true;
}

static const char *
decode(const struct dump_text *dump, enum dump_line_result read,
    struct dump_line *line)
{
	if (read == DUMP_LINE_TOO_LONG)
		return "is a line that is too long";
	if (line->len == 0 || line->text[0] != ' ')
		return "does not begin with a blank, as keys and values do";
	if (dump->print ? decode_print(line) : decode_hex(line))
		return NULL;
	return dump->print ? "has a backslash without two hexadecimal digits" :
			     "is not made of pairs of hexadecimal digits";
}

static enum dump_text_result
end(const struct dump_text *dump)
{
	if (ferror(dump->in))
		return DUMP_TEXT_ERROR;
	return dump->begun || dump->lines == 0 ? DUMP_TEXT_CUT : DUMP_TEXT_END;
}

/*
 * Reads up to HEADER=END; lines that are not understood don't matter for the
 * records. Some salvages have no header: then the line read is the first key.
 */
static bool
read_header(struct dump_text *dump)
{
	dump->print = false;
	while (read_line(dump, &dump->key) != DUMP_LINE_NONE) {
		dump->begun = true;
		if (is(&dump->key, "format=print"))
			dump->print = true;
		dump->has_key = dump->key.len > 0 && dump->key.text[0] == ' ';
		dump->in_data = dump->has_key || is(&dump->key, "HEADER=END");
		if (dump->in_data)
			return true;
	}
	return false;
}

/* The line where a key should be. DUMP_LINE_NONE: the input ended. */
static enum dump_line_result
read_key(struct dump_text *dump)
{
	enum dump_line_result read;

	for (;;) {
		if (!dump->in_data && !read_header(dump))
			return DUMP_LINE_NONE;
		if (dump->has_key) {
			dump->has_key = false;
			return DUMP_LINE_WHOLE;
		}
		read = read_line(dump, &dump->key);
		if (read == DUMP_LINE_NONE || !is(&dump->key, "DATA=END"))
			return read;
		dump->in_data = dump->begun = false;
	}
}

enum dump_text_result
dump_text_next(struct dump_text *dump, struct bytes *key, struct bytes *value)
{
	enum dump_line_result read = read_key(dump);

	if (read == DUMP_LINE_NONE)
		return end(dump);
	dump->line = dump->lines;
	dump->problem = decode(dump, read, &dump->key);
	read = read_line(dump, &dump->value);
	if (read == DUMP_LINE_NONE)
		return end(dump);
	if (is(&dump->value, "DATA=END")) {
		dump->in_data = dump->begun = false;
		dump->problem = "is a key without a value";
	}
	if (dump->problem == NULL) {
		dump->problem = decode(dump, read, &dump->value);
		dump->line += dump->problem != NULL;
	}
	if (dump->problem != NULL)
		return DUMP_TEXT_BAD;
	*key = (struct bytes){ dump->key.text, dump->key.len };
	*value = (struct bytes){ dump->value.text, dump->value.len };
	return DUMP_TEXT_RECORD;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <errno.h>
#include <stdlib.h>

#include "dump_text.h"

struct text_line {
	char *text;
	size_t size;
	size_t len;
};

static int
hex_value(char c)
{
	c = bytes_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes " 6162\n" in place. False: no such line. */
static bool
decode_hex(struct text_line *line)
{
	size_t used = 0;

	if (line->len > 0 && line->text[line->len - 1] == '\n')
		line->len--;
	if (line->len % 2 != 1 || line->text[0] != ' ')
		return false;
	for (size_t i = 1; i < line->len; i += 2) {
		int high = hex_value(line->text[i]);
		int low = hex_value(line->text[i + 1]);

		if (high == -1 || low == -1)
			return false;
		line->text[used++] = (char)(high << 4 | low);
	}
	line->len = used;
	return true;
}

static bool
read_line(FILE *in, struct text_line *line)
{
	ssize_t n = getline(&line->text, &line->size, in);

	line->len = n == -1 ? 0 : (size_t)n;
	return n != -1;
}

static struct bytes
content(const struct text_line *line)
{
	return (struct bytes){ line->text, line->len };
}

/* Reads the value behind a key and hands both on, if both are hex. */
static int
read_record(FILE *in, struct text_line *key, struct text_line *value,
    int (*put)(void *, struct bytes, struct bytes), void *argument)
{
	bool readable = decode_hex(key);

	if (!read_line(in, value) || !decode_hex(value) || !readable)
		return 0;
	return put(argument, content(key), content(value));
}

int
dump_text_read(FILE *in,
    int (*put)(void *argument, struct bytes key, struct bytes value),
    void *argument)
{
	struct text_line key = { 0 }, value = { 0 };
	int error = 0;

	while (error == 0 && read_line(in, &key)) {
		if (key.text[0] == ' ')
			error = read_record(in, &key, &value, put, argument);
	}
	if (error == 0 && ferror(in))
		error = EIO;
	free(key.text);
	free(value.text);
	return error;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/num.h"
#include "redis_command.h"

void
redis_command_clear(struct redis_command *command)
{
	command->len = 0;
	command->parts = 0;
	command->node = NULL;
	command->serial = 0;
}

void
redis_command_free(struct redis_command *command)
{
	free(command->bytes);
	command->bytes = NULL;
	command->len = command->room = 0;
}

static bool
make_room(struct redis_command *command, size_t more)
{
	size_t room = command->room == 0 ? 256 : command->room;
	char *bytes;

	while (room - command->len < more)
		room *= 2;
	if (room == command->room)
		return true;
	bytes = realloc(command->bytes, room);
	if (bytes == NULL)
		return false;
	command->bytes = bytes;
	command->room = room;
	return true;
}

/* "*3", "$5" and the like, as a line. */
static char *
put_count(char *out, char kind, size_t count)
{
	*out++ = kind;
	out += num_format((int64_t)count, out);
	*out++ = '\r';
	*out++ = '\n';
	return out;
}

static size_t
space_for(const struct bytes *words, size_t count)
{
	enum { AROUND = NUM_TEXT_MAX + 5 };
	size_t space = AROUND;

	for (size_t i = 0; i < count; i++)
		space += words[i].len + AROUND;
	return space;
}

bool
redis_command_add(
    struct redis_command *command, const struct bytes *words, size_t count)
{
	char *out;

	if (!make_room(command, space_for(words, count)))
		return false;
	out = put_count(command->bytes + command->len, '*', count);
	for (size_t i = 0; i < count; i++) {
		out = put_count(out, '$', words[i].len);
		if (words[i].len > 0)
			memcpy(out, words[i].data, words[i].len);
		out += words[i].len;
		*out++ = '\r';
		*out++ = '\n';
	}
	command->len = (size_t)(out - command->bytes);
	command->parts++;
	return true;
}

bool
redis_command_failed(struct redis_command *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(
	    command->trouble, sizeof(command->trouble), format, arguments);
	va_end(arguments);
	return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

bool
redis_command_add(
    struct redis_command *command, const struct bytes *words, size_t count)
{
	const char *data[REDIS_WORDS_MAX];
	size_t lens[REDIS_WORDS_MAX];
	char *text = NULL;
	int64_t len;
	bool added;

	for (size_t i = 0; i < count; i++) {
		data[i] = words[i].data == NULL ? "" : words[i].data;
		lens[i] = words[i].len;
	}
	len = redisFormatCommandArgv(&text, (int)count, data, lens);
	if (len < 0 || text == NULL)
		return false;
	added = make_room(command, (size_t)len);
	if (added) {
		memcpy(command->bytes + command->len, text, (size_t)len);
		command->len += (size_t)len;
		command->parts++;
	}
	redisFreeCommand(text);
	return added;
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

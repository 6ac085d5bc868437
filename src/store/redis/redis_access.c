/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/num.h"
#include "redis_access.h"
#include "redis_error.h"

enum { PASSWORD_MAX = 512 };

static bool
read_line(int fd, const char *path, char out[static PASSWORD_MAX], size_t *len,
    struct redis_command *command)
{
	ssize_t n = read(fd, out, PASSWORD_MAX);
	const char *end;

	if (n == -1)
		return redis_command_failed(
		    command, "passfile=%s: %s", path, strerror(errno));
	end = memchr(out, '\n', (size_t)n);
	*len = end == NULL ? (size_t)n : (size_t)(end - out);
	if (*len > 0 && out[*len - 1] == '\r')
		--*len;
	if (*len == PASSWORD_MAX)
		return redis_command_failed(command,
		    "passfile=%s: has a first line of over %d bytes", path,
		    PASSWORD_MAX - 1);
	return *len > 0 ||
	    redis_command_failed(command,
		"passfile=%s: its first line, the password, is empty", path);
}

static bool
is_private(int fd, const char *path, struct redis_command *command)
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		return redis_command_failed(
		    command, "passfile=%s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return redis_command_failed(
		    command, "passfile=%s: is no regular file", path);
	if ((status.st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) == 0)
		return true;
	return redis_command_failed(command,
	    "passfile=%s: is not used, since others can %s it (mode %04o): "
	    "chmod 640 it, with the group of those who run the grey tools, or "
	    "chmod 600",
	    path, (status.st_mode & S_IROTH) != 0 ? "read" : "write",
	    (unsigned)(status.st_mode & 07777));
}

static bool
read_password(const char *path, char out[static PASSWORD_MAX], size_t *len,
    struct redis_command *command)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool done;

	if (fd == -1)
		return redis_command_failed(
		    command, "passfile=%s: %s", path, strerror(errno));
	done = is_private(fd, path, command) &&
	    read_line(fd, path, out, len, command);
	close(fd);
	return done;
}

static bool
add(struct redis_command *command, const struct bytes *words, size_t count)
{
	return redis_command_add(command, words, count) ||
	    redis_command_failed(command, "out of memory");
}

/* Of the second protocol, which every version of the parser reads. */
static bool
hello(const struct redis_url *url, bool password, struct redis_command *command)
{
	char text[PASSWORD_MAX];
	size_t len = 0;
	struct bytes words[5] = { bytes_of("HELLO"), bytes_of("2"),
		bytes_of("AUTH"),
		bytes_of(url->user[0] == '\0' ? "default" : url->user) };
	bool added;

	if (!password || (url->passfile[0] == '\0' && url->user[0] == '\0'))
		return add(command, words, 2);
	if (url->passfile[0] != '\0' &&
	    !read_password(url->passfile, text, &len, command))
		return false;
	words[4] = (struct bytes){ text, len };
	added = add(command, words, 5);
	explicit_bzero(text, sizeof(text));
	return added;
}

static bool
choose_db(const struct redis_url *url, struct redis_command *command)
{
	char number[NUM_TEXT_MAX];
	struct bytes words[2] = { bytes_of("SELECT"),
		{ number, num_format(url->db, number) } };

	return add(command, words, 2);
}

bool
redis_access_step(const struct redis_url *url, enum redis_role role,
    bool password, int step, struct redis_command *command, bool *done)
{
	bool selects = role == REDIS_ROLE_DATA && url->db != 0;

	redis_command_clear(command);
	*done = step > (selects ? 1 : 0);
	if (*done)
		return true;
	return step == 0 ? hello(url, password, command) :
			   choose_db(url, command);
}

/* "7.0.15" -> 7 */
static int64_t
first_number(struct bytes text)
{
	int64_t number = 0;

	text.len = bytes_digits(text);
	return num_decimal(text, &number) ? number : 0;
}

/* What stands after the name in a list of names and values. */
static struct bytes
value_of(const redisReply *reply, const char *name)
{
	for (size_t i = 0; redis_reply_element(reply, i + 1) != NULL; i += 2) {
		if (bytes_equal(
			redis_reply_bytes(redis_reply_element(reply, i)),
			bytes_of(name)))
			return redis_reply_bytes(
			    redis_reply_element(reply, i + 1));
	}
	return (struct bytes){ NULL, 0 };
}

static bool
is_new_enough(const redisReply *reply, struct redis_command *command)
{
	struct bytes server = value_of(reply, "server");
	struct bytes version = value_of(reply, "version");
	bool redis = bytes_equal(server, bytes_of("redis"));
	bool valkey = bytes_equal(server, bytes_of("valkey"));
	int64_t needed = redis ? 7 : valkey ? 8 : 0;

	/* Who sends back what it is sent greets with an array, too. */
	if (version.data == NULL)
		return redis_command_failed(
		    command, "does not greet as a Redis server does");
	if (first_number(version) >= needed)
		return true;
	return redis_command_failed(command,
	    "is %s %.*s, and Redis 7.0 or later is needed, or Valkey 8",
	    redis ? "Redis" : "Valkey",
	    (int)(version.len < 32 ? version.len : 32), version.data);
}

static bool
judge_answer(const redisReply *reply, enum redis_role role, int step,
    struct redis_command *command)
{
	if (step != 0)
		return reply->type == REDIS_REPLY_STATUS ||
		    redis_command_failed(
			command, "did not choose the database that it was to");
	if (reply->type != REDIS_REPLY_ARRAY)
		return redis_command_failed(
		    command, "does not greet as a Redis server does");
	return role == REDIS_ROLE_SENTINEL || is_new_enough(reply, command);
}

bool
redis_access_judge(const redisReply *reply, enum redis_role role,
    bool *password, int *step, struct redis_command *command)
{
	char trouble[REDIS_EXPLANATION_MAX];

	if (reply->type != REDIS_REPLY_ERROR)
		return judge_answer(reply, role, (*step)++, command);
	/* A Sentinel that wants a password hears it in a second greeting. */
	if (!*password && strncmp(reply->str, "NOAUTH", 6) == 0) {
		*password = true;
		return true;
	}
	redis_error_explain((struct bytes){ reply->str, reply->len }, trouble);
	return redis_command_failed(command, "%s", trouble);
}

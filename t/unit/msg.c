/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "msg.h"
#include "unit.h"

static char captured[3 * MSG_MAX];

/* Descriptor 2 becomes a file in memory; returns what it was. */
static int
begin_capture(int *file)
{
	int saved = dup(2);

	*file = memfd_create("stderr", 0);
	if (!CHECK(saved != -1 && *file != -1))
		abort();
	dup2(*file, 2);
	return saved;
}

static struct bytes
end_capture(int saved, int file)
{
	ssize_t n = pread(file, captured, sizeof(captured), 0);

	dup2(saved, 2);
	close(saved);
	close(file);
	return (struct bytes){ captured, n < 0 ? 0 : (size_t)n };
}

/* What reaches standard error of this text. */
static struct bytes
told(enum msg_level level, struct bytes text)
{
	int file, saved = begin_capture(&file);

	msg_text(level, text);
	return end_capture(saved, file);
}

static void
passes_printable(void)
{
	static const char *const rows[] = { "", "plain text", "100% %s %n",
		"tilde ~ space", "gr\xc3\xbc\xc3\x9f",
		"\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x98\x80", "\xc2\xa0",
		"\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };
	char want[100];

	msg_open(MSG_STDERR, "unit", LOG_MAIL, MSG_INFO);
	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		strcpy(want, "unit: ");
		strcat(want, rows[i]);
		strcat(want, "\n");
		CHECK_BYTES(told(MSG_INFO, bytes_of(rows[i])), bytes_of(want));
	}
}

struct clean_row {
	struct bytes text;
	const char *clean;
};

static void
check_clean(const struct clean_row *rows, size_t count)
{
	char want[100];

	msg_open(MSG_STDERR, "unit", LOG_MAIL, MSG_INFO);
	for (size_t i = 0; i < count; i++) {
		unit_about(rows[i].clean);
		strcpy(want, "unit: ");
		strcat(want, rows[i].clean);
		strcat(want, "\n");
		CHECK_BYTES(told(MSG_INFO, rows[i].text), bytes_of(want));
	}
}

static void
replaces_controls(void)
{
	static const struct clean_row rows[] = {
		{ LITERAL("a\nb"), "a?b" },
		{ LITERAL("a\r\nb"), "a??b" },
		{ LITERAL("\0"), "?" },
		{ LITERAL("a\0b\x01"
			  "c"),
		    "a?b?c" },
		{ LITERAL("\t"), "?" },
		{ LITERAL("\x1b[31m"), "?[31m" },
		{ LITERAL("\x7f"), "?" },
		{ LITERAL("\x1f \x20"), "?  " },
		{ LITERAL("C1 \xc2\x80 \xc2\x9f"), "C1 ?? ??" },
	};

	check_clean(rows, ROWS(rows));
}

static void
replaces_bad_utf8(void)
{
	static const struct clean_row rows[] = {
		{ LITERAL("\x80"), "?" },
		{ LITERAL("a\xff\xfe z"), "a?? z" },
		{ LITERAL("\xc3"), "?" },
		{ LITERAL("\xc3("), "?(" },
		{ LITERAL("\xe2\x82"), "??" },
		{ LITERAL("\xe2\x82z"), "??z" },
		{ LITERAL("overlong \xc0\xaf \xc1\xbf"), "overlong ?? ??" },
		{ LITERAL("overlong \xe0\x80\xaf"), "overlong ???" },
		{ LITERAL("overlong \xe0\x9f\xbf"), "overlong ???" },
		{ LITERAL("overlong \xf0\x8f\xbf\xbf"), "overlong ????" },
		{ LITERAL("surrogate \xed\xa0\x80"), "surrogate ???" },
		{ LITERAL("surrogate \xed\xbf\xbf"), "surrogate ???" },
		{ LITERAL("too high \xf4\x90\x80\x80"), "too high ????" },
		{ LITERAL("too high \xf5\x80\x80\x80"), "too high ????" },
		{ LITERAL("latin gr\xfc\xdf"), "latin gr??" },
	};

	check_clean(rows, ROWS(rows));
}

static char text[2 * MSG_MAX];

static void
cuts_long_text(void)
{
	struct bytes have;
	const size_t prefix = 6;

	msg_open(MSG_STDERR, "unit", LOG_MAIL, MSG_INFO);
	memset(text, 'x', sizeof(text));
	have = told(MSG_INFO, (struct bytes){ text, MSG_MAX });
	CHECK_NUMBER(have.len, prefix + MSG_MAX + 1);
	CHECK(have.data[prefix + MSG_MAX - 1] == 'x');
	have = told(MSG_INFO, (struct bytes){ text, MSG_MAX + 1 });
	CHECK_NUMBER(have.len, prefix + MSG_MAX + 1);
	CHECK(memcmp(have.data + prefix + MSG_MAX - 4, "x...\n", 5) == 0);
}

/* The last character of what is left must be a whole one, wherever it lies. */
static void
cuts_between_characters(void)
{
	for (size_t shift = 0; shift < 3; shift++) {
		struct bytes have;
		size_t end;

		msg_open(MSG_STDERR, "unit", LOG_MAIL, MSG_INFO);
		memset(text, 'x', shift);
		for (size_t i = shift; i + 3 <= sizeof(text); i += 3)
			memcpy(text + i, "\xe2\x82\xac", 3);
		have = told(MSG_INFO, (struct bytes){ text, sizeof(text) - 9 });
		CHECK(have.len <= 6 + MSG_MAX + 1);
		end = have.len - 4;
		CHECK(memcmp(have.data + end, "...\n", 4) == 0);
		CHECK_NUMBER((end - 6 - shift) % 3, 0);
	}
}

static void
formats(void)
{
	int file, saved;

	msg_open(MSG_STDERR, "name", LOG_MAIL, MSG_INFO);
	saved = begin_capture(&file);
	msg(MSG_WARN, "%s:%u: %s", "file", 3u, "bad\nline");
	CHECK_BYTES(
	    end_capture(saved, file), bytes_of("name: file:3: bad?line\n"));
}

static void
levels(void)
{
	static const enum msg_level all[] = { MSG_ERROR, MSG_WARN, MSG_NOTICE,
		MSG_INFO, MSG_DEBUG };

	for (size_t i = 0; i < ROWS(all); i++) {
		msg_open(MSG_STDERR, "unit", LOG_MAIL, all[i]);
		for (size_t j = 0; j < ROWS(all); j++) {
			CHECK_NUMBER(
			    told(all[j], bytes_of("x")).len > 0, j <= i);
			CHECK_NUMBER(msg_wanted(all[j]), j <= i);
		}
	}
}

static void
sinks(void)
{
	static const enum msg_sink quiet[] = { MSG_NONE, MSG_SYSLOG };

	for (size_t i = 0; i < ROWS(quiet); i++) {
		msg_open(quiet[i], "unit", LOG_MAIL, MSG_DEBUG);
		CHECK_BYTES(
		    told(MSG_ERROR, bytes_of("x")), bytes_of("unit: x\n"));
		CHECK_BYTES(
		    told(MSG_WARN, bytes_of("x")), bytes_of("unit: x\n"));
		CHECK_BYTES(told(MSG_NOTICE, bytes_of("x")), bytes_of(""));
		CHECK_BYTES(told(MSG_INFO, bytes_of("x")), bytes_of(""));
		CHECK_NUMBER(msg_wanted(MSG_INFO), quiet[i] == MSG_SYSLOG);
	}
}

/* As under spawn(8): 0, 1 and 2 are one socket. */
static void
spares_the_socket(void)
{
	char answer[64];
	int fds[2], status = -1;
	pid_t child;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	child = fork();
	if (child == 0) {
		ssize_t n;

		dup2(fds[1], 0);
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		close(fds[0]);
		msg_init("unit");
		msg_open(MSG_STDERR, "unit", LOG_MAIL, MSG_DEBUG);
		msg(MSG_ERROR, "not for the client");
		n = write(2, "nor this", 8);
		n += write(1, "answer", 6);
		_exit(n == 14 ? 0 : 1);
	}
	close(fds[1]);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK_BYTES(((struct bytes){ answer,
			(size_t)recv(fds[0], answer, sizeof(answer), 0) }),
	    bytes_of("answer"));
	close(fds[0]);
}

const struct unit_test unit_msg[] = {
	{ "msg: printable text leaves as it is, UTF-8 too", passes_printable },
	{ "msg: each control byte becomes a question mark", replaces_controls },
	{ "msg: each byte that is no UTF-8 becomes a question mark",
	    replaces_bad_utf8 },
	{ "msg: text over the limit is cut and ends with dots",
	    cuts_long_text },
	{ "msg: text is cut between characters", cuts_between_characters },
	{ "msg: what a format yields is one line behind the name", formats },
	{ "msg: levels beyond the loudest are dropped", levels },
	{ "msg: with none and syslog, warnings still reach standard error",
	    sinks },
	{ "msg: nothing is written to the socket that requests come from",
	    spares_the_socket },
	{ NULL, NULL }
};

/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <sys/wait.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "capture.h"
#include "common/msg.h"
#include "unit.h"

/* What reaches standard error of this text. */
static struct bytes
told(enum msg_level level, struct bytes text)
{
	capture_begin();
	msg_text(level, text);
	return capture_end();
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

static void
formats(void)
{
	msg_open(MSG_STDERR, "name", LOG_MAIL, MSG_INFO);
	capture_begin();
	msg(MSG_WARN, "%s:%u: %s", "file", 3u, "bad\nline");
	CHECK_BYTES(capture_end(), bytes_of("name: file:3: bad?line\n"));
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
		msg_init();
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
	{ "msg: text over the limit is cut and ends with dots",
	    cuts_long_text },
	{ "msg: what a format yields is one line behind the name", formats },
	{ "msg: levels beyond the loudest are dropped", levels },
	{ "msg: with none and syslog, warnings still reach standard error",
	    sinks },
	{ "msg: nothing is written to the socket that requests come from",
	    spares_the_socket },
	{ NULL, NULL }
};

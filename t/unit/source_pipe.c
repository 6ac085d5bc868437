/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/time.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "log-stats/input/source.h"
#include "unit.h"

/* A pipe as standard input; its other end is *writer. */
static int
begin_stdin(int *writer)
{
	int saved = dup(0), fds[2] = { -1, -1 };

	CHECK_NUMBER(pipe(fds), 0);
	dup2(fds[0], 0);
	close(fds[0]);
	*writer = fds[1];
	return saved;
}

static void
end_stdin(int saved, int writer)
{
	dup2(saved, 0);
	close(saved);
	close(writer);
}

static bool
count_down(void *argument, int fd)
{
	CHECK_NUMBER(fd, 0);
	return (*(int *)argument)-- > 0;
}

static void
waits(void)
{
	int writer, saved = begin_stdin(&writer), allowed = 2;
	struct source *source;
	struct bytes line;
	const char *why;
	bool cut;

	source = source_open("-", count_down, &allowed, &why);
	CHECK(!source_is_plain_file(source));
	CHECK_NUMBER(allowed, 2);
	CHECK_NUMBER(write(writer, "one\ntw", 6), 6);
	CHECK_NUMBER(source_line(source, &line, &cut), SOURCE_OK);
	CHECK_BYTES(line, LITERAL("one"));
	CHECK_NUMBER(write(writer, "o\nth", 4), 4);
	CHECK_NUMBER(source_line(source, &line, &cut), SOURCE_OK);
	CHECK_BYTES(line, LITERAL("two"));
	CHECK_NUMBER(allowed, 0);
	CHECK_NUMBER(source_line(source, &line, &cut), SOURCE_OK);
	CHECK_BYTES(line, LITERAL("th"));
	CHECK(cut);
	CHECK_NUMBER(source_line(source, &line, &cut), SOURCE_END);
	CHECK_NUMBER(allowed, -1);
	source_close(source);
	end_stdin(saved, writer);
}

static void
ignore(int signal)
{
	(void)signal;
}

/* The first read is interrupted; the wait is asked again, and says no. */
static void
interrupted(void)
{
	const struct itimerval soon = { .it_value = { .tv_usec = 20000 } };
	const struct sigaction action = { .sa_handler = ignore };
	int writer, saved = begin_stdin(&writer), allowed = 1;
	struct sigaction before;
	struct source *source;
	struct bytes line;
	const char *why;
	bool cut;

	sigaction(SIGALRM, &action, &before);
	source = source_open("-", count_down, &allowed, &why);
	setitimer(ITIMER_REAL, &soon, NULL);
	CHECK_NUMBER(source_line(source, &line, &cut), SOURCE_END);
	CHECK_NUMBER(allowed, -1);
	sigaction(SIGALRM, &before, NULL);
	source_close(source);
	end_stdin(saved, writer);
}

static void
not_blocking(void)
{
	int writer, saved = begin_stdin(&writer);
	struct source *source;
	struct bytes line;
	const char *why;
	pid_t child;
	bool cut;

	fcntl(0, F_SETFL, O_NONBLOCK);
	source = source_open("-", NULL, NULL, &why);
	child = fork();
	if (child == 0) {
		usleep(20000);
		_exit(write(writer, "late\n", 5) == 5 ? 0 : 1);
	}
	CHECK_NUMBER(source_line(source, &line, &cut), SOURCE_OK);
	CHECK_BYTES(line, LITERAL("late"));
	CHECK_NUMBER(waitpid(child, NULL, 0), child);
	source_close(source);
	end_stdin(saved, writer);
}

const struct unit_test unit_source_pipe[] = {
	{ "source: a pipe is read as far as it is filled, until the wait says "
	  "no",
	    waits },
	{ "source: an interrupted read asks the wait again", interrupted },
	{ "source: standard input may be non-blocking", not_blocking },
	{ NULL, NULL }
};

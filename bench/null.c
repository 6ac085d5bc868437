/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-null: the null responder. It reads policy requests on standard input
 * and answers "action=DUNNO" to each empty line, or with -d DEFER_IF_PERMIT as
 * a greylist would, without looking at anything else: the limit that sockets
 * and scheduling set to any policy server.
 * With -l it then writes a log line of 200 bytes to standard error, as a
 * program would that logs its decisions.
 */

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define BUFFER_SIZE 65536

static const char PASS[] = "action=DUNNO\n\n";
static const char DEFER[] = "action=DEFER_IF_PERMIT Greylisted\n\n";
static const char LOG_LINE
    [] = "bench-null: action=pass, reason=null responder, "
	 "client_name=mx-abcdef.example.net, client_address=192.0.2.25, "
	 "sender=newsletter.abcdefghijkl@lists.example.net, "
	 "recipient=taro.yamada@mail.example.jp\n";

static void
write_all(int descriptor, const char *text, size_t length)
{
	ssize_t count;

	while (length > 0) {
		count = write(descriptor, text, length);
		if (count == -1 && errno == EINTR)
			continue;
		if (count == -1)
			err(1, "write");
		text += count;
		length -= (size_t)count;
	}
}

static void
respond(bool deferring, bool logging)
{
	write_all(STDOUT_FILENO, deferring ? DEFER : PASS,
	    (deferring ? sizeof(DEFER) : sizeof(PASS)) - 1);
	if (logging)
		write_all(STDERR_FILENO, LOG_LINE, sizeof(LOG_LINE) - 1);
}

int
main(int argc, char **argv)
{
	static char buffer[BUFFER_SIZE];
	bool deferring = false, logging = false, line_is_empty = true;
	ssize_t count, index;
	int option;

	while ((option = getopt(argc, argv, "dl")) != -1) {
		if (option == 'd')
			deferring = true;
		else if (option == 'l')
			logging = true;
		else {
			fprintf(stderr, "usage: bench-null [-dl]\n");
			return 2;
		}
	}
	while ((count = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0) {
		for (index = 0; index < count; index++) {
			if (buffer[index] == '\n' && line_is_empty)
				respond(deferring, logging);
			line_is_empty = buffer[index] == '\n';
		}
	}
	if (count == -1)
		err(1, "read");
	return 0;
}

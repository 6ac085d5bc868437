/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "connection.h"
#include "serve.h"

/* The two ends of the one connection. */
struct ends {
	int in, out;
	bool gone;	/* the client: an answer could not be written */
	int read_error; /* errno, 0: none */
};

/*
 * Answers wait until the input is used up: one write(2) for many requests. A
 * descriptor that does not block is waited for.
 */
static void
flush(struct exchange *exchange, struct ends *ends)
{
	struct pollfd wait = { .fd = ends->out, .events = POLLOUT };
	size_t done = 0;
	ssize_t n;

	while (done < exchange->pending && !ends->gone) {
		n = write(ends->out, exchange->answers + done,
		    exchange->pending - done);
		if (n == -1 &&
		    (errno == EINTR ||
			((errno == EAGAIN || errno == EWOULDBLOCK) &&
			    (poll(&wait, 1, -1) != -1 || errno == EINTR))))
			continue;
		if (n == -1) {
			ends->gone = true;
			msg(MSG_WARN, "can't write the answer: %s",
			    strerror(errno));
			break;
		}
		done += (size_t)n;
	}
	exchange->pending = 0;
}

/* Before the next read(2): the answers go out, then a checkpoint may go on. */
static void
use_wait(struct connection *connection, struct ends *ends)
{
	struct store *store = connection->service->decider.lookup.store;
	struct pollfd input = { .fd = ends->in, .events = POLLIN };

	flush(connection->exchange, ends);
	while (!ends->gone && store_checkpoint_step(store) == STORE_STEP_MORE &&
	    poll(&input, 1, 0) == 0)
		continue;
}

/* Reads once. False: read(2) failed, or the client has gone. */
static bool
fill(struct connection *connection, struct ends *ends)
{
	struct pollfd wait = { .fd = ends->in, .events = POLLIN };
	struct line_reader *input = &connection->exchange->input;
	size_t room;
	char *at = line_room(input, &room);
	ssize_t n;

	use_wait(connection, ends);
	if (ends->gone)
		return false;
	while ((n = read(ends->in, at, room)) == -1) {
		if ((errno == EAGAIN || errno == EWOULDBLOCK) &&
		    poll(&wait, 1, -1) != -1)
			continue;
		if (errno != EINTR) {
			ends->read_error = errno;
			return false;
		}
	}
	line_came(input, (size_t)n);
	return true;
}

/* How the input ended, as an exit code. */
static int
finish(const struct connection *connection, const struct ends *ends)
{
	if (ends->read_error != 0) {
		msg(MSG_ERROR, "can't read requests: %s",
		    strerror(ends->read_error));
		return 1;
	}
	if (connection->cut) {
		msg(MSG_WARN,
		    "the input ended inside a request, without the "
		    "empty line after it; not answered");
		return 1;
	}
	return connection->failed;
}

int
serve(
    struct service *service, const volatile sig_atomic_t *stop, int in, int out)
{
	static struct connection connection;
	static struct exchange exchange;
	struct ends ends = { .in = in, .out = out };
	enum connection_wait wait;

	connection_init(&connection, service);
	connection_lend(&connection, &exchange);
	while (!ends.gone &&
	    (wait = connection_go(&connection)) != CONNECTION_ENDS) {
		if (wait == CONNECTION_DECIDES)
			lookup_wait(&service->decider.lookup);
		else if (wait == CONNECTION_WRITES)
			flush(&exchange, &ends);
		else if (!fill(&connection, &ends))
			break;
	}
	flush(&exchange, &ends);
	msg(MSG_DEBUG, "the connection ends after %lu requests",
	    connection.answered);
	if (*stop || connection.hang_up || ends.gone)
		return connection.failed || ends.gone;
	return finish(&connection, &ends);
}

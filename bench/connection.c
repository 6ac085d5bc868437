/* SPDX-License-Identifier: BSD-2-Clause */
/* connection: see connection.h */

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "connection.h"

bool
connection_ask(struct connection *connection, struct request_source *source)
{
	const struct request *request = &connection->request;
	size_t sent = 0;
	ssize_t count;

	request_next(source, &connection->request);
	connection->length = 0;
	connection->waiting = true;
	connection->asked = clock_now();
	while (sent < request->length) {
		count = send(connection->socket, request->text + sent,
		    request->length - sent, MSG_NOSIGNAL);
		if (count == -1 && errno == EINTR)
			continue;
		if (count == -1)
			return false;
		sent += (size_t)count;
	}
	return true;
}

static enum receipt
wrong(struct connection *connection, const char *fault)
{
	connection->fault = fault;
	return RECEIPT_WRONG;
}

/* Judges what has arrived so far. */
static enum receipt
judge(struct connection *connection)
{
	static const char start[] = "action=";
	char *answer = connection->answer;
	char *end;

	answer[connection->length] = '\0';
	if (!connection->waiting)
		return wrong(connection, "data without a request");
	end = memchr(answer, '\n', connection->length);
	if (end == NULL && connection->length == CONNECTION_ANSWER)
		return wrong(connection, "an answer that is too long");
	if (end == NULL)
		return RECEIPT_NOTHING;
	if (strncmp(answer, start, sizeof(start) - 1) != 0)
		return wrong(connection, "an answer without action=");
	if (end + 1 == answer + connection->length)
		return RECEIPT_NOTHING;
	if (end[1] != '\n')
		return wrong(connection, "an answer of several lines");
	if (end + 2 != answer + connection->length)
		return wrong(connection, "data after the answer");
	*end = '\0';
	connection->waiting = false;
	return RECEIPT_ANSWER;
}

enum receipt
connection_receive(struct connection *connection)
{
	ssize_t count;

	if (!connection->waiting)
		connection->length = 0;
	count = recv(connection->socket,
	    connection->answer + connection->length,
	    CONNECTION_ANSWER - connection->length, MSG_DONTWAIT);
	if (count == -1 && (errno == EAGAIN || errno == EINTR))
		return RECEIPT_NOTHING;
	if (count <= 0)
		return RECEIPT_CLOSED;
	connection->length += (size_t)count;
	return judge(connection);
}

void
connection_close(struct connection *connection)
{
	if (connection->socket != -1)
		close(connection->socket);
	connection->socket = -1;
	connection->warm = false;
	connection->waiting = false;
}

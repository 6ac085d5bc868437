/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/epoll.h>
#include <stdio.h>
#include <stdlib.h>

#include "redis_link.h"
#include "redis_stranger.h"

enum { READ_SIZE = 16 * 1024 };

static void
close_link(struct redis_link *link, bool failed)
{
	redis_connection_close(&link->connection, failed);
	if (link->reader != NULL)
		redisReaderFree(link->reader);
	link->reader = NULL;
	link->out.used = link->out.sent = link->unread = 0;
	link->ready = false;
}

static void
fail(struct redis_link *link, bool idle, const char *trouble)
{
	struct redis_queue queue = link->queue;

	link->queue.first = NULL;
	close_link(link, !idle);
	for (struct redis_command *c = queue.first; c != NULL; c = c->next) {
		if (c->error != NULL)
			freeReplyObject(c->error);
		c->error = NULL;
	}
	link->failed(link, queue, idle, trouble);
}

void
redis_link_give_up(struct redis_link *link, const char *trouble)
{
	fail(link, false, trouble);
}

static bool
put_command(struct redis_link *link, struct redis_command *command)
{
	command->missing = command->parts;
	if (command->asking) {
		command->missing++;
		if (!redis_out_add(
			&link->out, bytes_of("*1\r\n$6\r\nASKING\r\n")))
			return false;
	}
	return redis_out_add(
	    &link->out, (struct bytes){ command->bytes, command->len });
}

static bool
put_queue(struct redis_link *link)
{
	struct redis_command *command = link->queue.first;

	while (command != NULL && put_command(link, command))
		command = command->next;
	return command == NULL;
}

/* The next step of the greeting, or what waits for its end. */
static bool
greet(struct redis_link *link)
{
	bool done;

	if (!redis_access_step(link->url, link->role, link->password,
		link->step, &link->greeting, &done))
		return false;
	link->ready = done;
	return (done ? put_queue(link) : put_command(link, &link->greeting)) ||
	    redis_command_failed(&link->greeting, "out of memory");
}

static bool
begin_greeting(struct redis_link *link)
{
	link->reader = redis_reader_new();
	link->step = 0;
	if (link->reader == NULL)
		return redis_command_failed(&link->greeting, "out of memory");
	return greet(link);
}

/* Not connected yet. False: it failed. */
static bool
connect_link(struct redis_link *link)
{
	enum redis_io io = redis_connection_go_on(&link->connection);

	if (io == REDIS_IO_FAILED) {
		fail(link, false, link->connection.trouble);
		return false;
	}
	if (io != REDIS_IO_DONE || begin_greeting(link))
		return true;
	fail(link, false, link->greeting.trouble);
	return false;
}

void
redis_link_send(
    struct redis_link *link, struct redis_command *command, int64_t deadline)
{
	redis_queue_add(&link->queue, command);
	if (link->connection.state == REDIS_IS_CLOSED) {
		link->connection.state = REDIS_IS_NAMED;
		link->deadline = deadline;
		link->serial++;
	}
	if (link->ready && !put_command(link, command))
		fail(link, false, "out of memory");
}

static struct redis_acquaintance
known(const struct redis_link *link)
{
	return (struct redis_acquaintance){ link->ready,
		link->connection.tls != NULL };
}

static bool
take_greeting(struct redis_link *link, redisReply *reply)
{
	bool good = redis_access_judge(
	    reply, link->role, &link->password, &link->step, &link->greeting);

	freeReplyObject(reply);
	if (good && greet(link))
		return true;
	fail(link, false, link->greeting.trouble);
	return false;
}

/* False: the link is closed, maybe by whom it told. */
static bool
take_reply(struct redis_link *link, redisReply *reply)
{
	struct redis_command *command = link->queue.first;
	uint32_t serial = link->serial;

	link->unread = 0;
	if (!link->ready)
		return take_greeting(link, reply);
	if (command == NULL) {
		freeReplyObject(reply);
		fail(link, false, "says something that nobody asked for");
		return false;
	}
	if (--command->missing > 0) {
		if (reply->type == REDIS_REPLY_ERROR && command->error == NULL)
			command->error = reply;
		else
			freeReplyObject(reply);
		return true;
	}
	(void)redis_queue_take(&link->queue);
	if (command->error != NULL) {
		freeReplyObject(reply);
		reply = command->error;
		command->error = NULL;
	}
	link->replied(link, command, reply);
	return link->connection.state == REDIS_IS_CONNECTED &&
	    link->serial == serial;
}

static bool
take_bytes(struct redis_link *link, const char *data, size_t len)
{
	char trouble[REDIS_TROUBLE_MAX];
	void *reply = NULL;

	link->unread += len;
	if (redisReaderFeed(link->reader, data, len) != REDIS_OK ||
	    link->unread > REDIS_REPLY_MAX) {
		fail(link, false, "sends a reply that is too large");
		return false;
	}
	while (redisReaderGetReply(link->reader, &reply) == REDIS_OK) {
		if (reply == NULL)
			return true;
		if (!take_reply(link, reply))
			return false;
		reply = NULL;
	}
	redis_stranger_explain(known(link), (struct bytes){ data, len },
	    link->reader->errstr, trouble);
	fail(link, false, trouble);
	return false;
}

static void
fail_ended(struct redis_link *link)
{
	fail(link, link->ready && link->unread == 0,
	    redis_stranger_ending(known(link)));
}

static void
read_in(struct redis_link *link)
{
	char data[READ_SIZE];
	enum redis_io io;
	size_t count;

	do {
		io = redis_connection_read(
		    &link->connection, data, sizeof(data), &count);
		if (io == REDIS_IO_DONE && !take_bytes(link, data, count))
			return;
	} while (io == REDIS_IO_DONE &&
	    (count == sizeof(data) || link->connection.session != NULL));
	if (io == REDIS_IO_END)
		fail_ended(link);
	else if (io == REDIS_IO_FAILED)
		fail(link, false, link->connection.trouble);
}

/* Who has closed it may have said why. */
static void
hear_last_words(struct redis_link *link)
{
	read_in(link);
	if (link->connection.state == REDIS_IS_CONNECTED)
		fail_ended(link);
}

static enum redis_io
write_out(struct redis_link *link)
{
	struct bytes left = redis_out_left(&link->out);
	size_t count;
	enum redis_io io = redis_connection_write(
	    &link->connection, left.data, left.len, &count);

	link->out.sent += count;
	if (io == REDIS_IO_END)
		hear_last_words(link);
	else if (io == REDIS_IO_FAILED)
		fail(link, false, link->connection.trouble);
	return io;
}

void
redis_link_go_on(struct redis_link *link, bool readable)
{
	struct redis_connection *connection = &link->connection;

	if (connection->state == REDIS_IS_CLOSED ||
	    (connection->state != REDIS_IS_CONNECTED && !connect_link(link)))
		return;
	if (connection->state == REDIS_IS_CONNECTED && readable)
		read_in(link);
	while (connection->state == REDIS_IS_CONNECTED &&
	    link->out.sent < link->out.used && write_out(link) == REDIS_IO_DONE)
		continue;
}

uint32_t
redis_link_wants(const struct redis_link *link)
{
	const struct redis_connection *connection = &link->connection;

	if (connection->state <= REDIS_IS_NAMED)
		return 0;
	if (connection->state == REDIS_IS_CONNECTED)
		return link->out.sent < link->out.used ? EPOLLIN | EPOLLOUT :
							 EPOLLIN;
	return connection->wants == REDIS_IO_READ ? EPOLLIN : EPOLLOUT;
}

void
redis_link_close(struct redis_link *link)
{
	if (link->queue.first == NULL)
		close_link(link, false);
}

void
redis_link_free(struct redis_link *link)
{
	close_link(link, false);
	redis_command_free(&link->greeting);
	free(link->out.data);
	link->out.data = NULL;
}

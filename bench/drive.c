/* SPDX-License-Identifier: BSD-2-Clause */
/* drive: see drive.h */

#include <sys/epoll.h>

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "children.h"
#include "connection.h"
#include "drive.h"

#define EVENTS_AT_ONCE 128

struct drive {
	const struct drive_settings *settings;
	struct drive_result *result;
	struct request_source source;
	struct connection *connections;
	struct connection_list idle; /* warm and not waiting */
	int epoll;
	size_t cold;	/* closed, or without a first answer */
	size_t waiting; /* with a request out */
	uint64_t sent;	/* in the window */
	uint64_t deadline;
	uint64_t window_start; /* 0: not yet open */
	bool late;	       /* a request was due, but no connection idle */
	bool failed;
};

static void
drive_forget(struct drive *drive, struct connection *connection)
{
	if (connection->waiting)
		drive->waiting--;
	if (connection->warm) {
		drive->cold++;
		if (connection->waiting)
			drive->sent--;
		else
			TAILQ_REMOVE(&drive->idle, connection, idle);
	}
	connection_close(connection);
}

/* Opens a connection and sends its first request; false: gone again, try once
 * more. */
static bool
drive_try_open(struct drive *drive, struct connection *connection)
{
	struct epoll_event event = { .events = EPOLLIN };
	const struct drive_settings *settings = drive->settings;

	connection->opened = clock_now();
	connection->socket = target_open(&settings->target);
	if (connection->socket == -1) {
		if (settings->restart && settings->target.command == NULL) {
			clock_sleep(CLOCK_MILLISECOND);
			return false;
		}
		warn("can't open a connection");
		drive->failed = true;
		return true;
	}
	drive->waiting++;
	event.data.ptr = connection;
	if (epoll_ctl(
		drive->epoll, EPOLL_CTL_ADD, connection->socket, &event) == -1)
		err(1, "epoll_ctl");
	if (connection_ask(connection, &drive->source))
		return true;
	drive_forget(drive, connection);
	drive->result->died++;
	return false;
}

static void
drive_open(struct drive *drive, struct connection *connection)
{
	while (!drive_try_open(drive, connection)) {
		children_reap();
		if (!drive->settings->restart) {
			warnx("a connection was closed at once");
			drive->failed = true;
			return;
		}
		if (clock_now() >= drive->deadline)
			return;
	}
}

/* The other side has closed the connection. */
static void
drive_lost(struct drive *drive, struct connection *connection)
{
	drive->result->died++;
	if (!drive->settings->restart) {
		warnx("a connection was closed by the other side");
		drive->failed = true;
		return;
	}
	drive_forget(drive, connection);
	children_reap();
	if (clock_now() < drive->deadline)
		drive_open(drive, connection);
}

static uint64_t
drive_due(const struct drive *drive)
{
	if (drive->settings->rate <= 0)
		return drive->window_start;
	return drive->window_start +
	    (uint64_t)((double)drive->sent * (double)CLOCK_SECOND /
		drive->settings->rate);
}

static bool
drive_may_ask(const struct drive *drive, uint64_t now)
{
	return drive->window_start != 0 && now < drive->deadline &&
	    drive->sent < drive->settings->requests && drive_due(drive) <= now;
}

/* Lets idle connections ask what is due. */
static void
drive_feed(struct drive *drive, uint64_t now)
{
	struct connection *connection;
	uint64_t due;

	while (!TAILQ_EMPTY(&drive->idle) && drive_may_ask(drive, now)) {
		due = drive_due(drive);
		connection = TAILQ_FIRST(&drive->idle);
		TAILQ_REMOVE(&drive->idle, connection, idle);
		drive->waiting++;
		drive->sent++;
		if (!connection_ask(connection, &drive->source))
			drive_lost(drive, connection);
		else if (drive->late)
			connection->asked = due;
	}
	drive->late = drive->settings->rate > 0 && TAILQ_EMPTY(&drive->idle) &&
	    drive_may_ask(drive, now);
}

static void
drive_write_answer(struct drive *drive, const struct connection *connection)
{
	const struct triplet *triplet = &connection->request.triplet;

	fprintf(drive->settings->answers, "%s %s %s %lld %s\n",
	    triplet->client_address, triplet->sender, triplet->recipient,
	    (long long)time(NULL), connection->answer);
}

static void
drive_answer(struct drive *drive, struct connection *connection, uint64_t now)
{
	const char *expected = drive->settings->expected;
	struct drive_result *result = drive->result;

	drive->waiting--;
	if (strncmp(connection->answer + strlen("action="), expected,
		strlen(expected)) != 0) {
		warnx("unexpected answer: %s", connection->answer);
		drive->failed = true;
		return;
	}
	if (drive->settings->answers != NULL)
		drive_write_answer(drive, connection);
	if (connection->warm) {
		figures_add(&result->answer_times, now - connection->asked);
		result->window = now - drive->window_start;
	} else {
		figures_add(&result->first_times, now - connection->opened);
		connection->warm = true;
		drive->cold--;
	}
	TAILQ_INSERT_TAIL(&drive->idle, connection, idle);
}

static void
drive_event(struct drive *drive, struct connection *connection)
{
	uint64_t now;

	switch (connection_receive(connection)) {
	case RECEIPT_NOTHING:
		break;
	case RECEIPT_ANSWER:
		now = clock_now();
		drive_answer(drive, connection, now);
		drive_feed(drive, now);
		break;
	case RECEIPT_CLOSED:
		drive_lost(drive, connection);
		break;
	case RECEIPT_WRONG:
		warnx("%s: %.*s", connection->fault,
		    (int)strcspn(connection->answer, "\n"), connection->answer);
		drive->failed = true;
		break;
	}
}

/* Handles what has arrived, after at most this time. */
static void
drive_poll(struct drive *drive, uint64_t nanoseconds)
{
	struct timespec span = clock_timespec(nanoseconds);
	struct epoll_event events[EVENTS_AT_ONCE];
	int count, index;

	count = epoll_pwait2(drive->epoll, events, EVENTS_AT_ONCE, &span, NULL);
	if (count == -1 && errno != EINTR)
		err(1, "epoll_pwait2");
	for (index = 0; index < count && !drive->failed; index++)
		drive_event(drive, events[index].data.ptr);
}

/* How long nothing needs to be done unless something arrives. */
static uint64_t
drive_pause(const struct drive *drive, uint64_t now)
{
	uint64_t until = drive->deadline;

	if (now >= until)
		until += DRIVE_GRACE;
	else if (drive->window_start != 0 && !TAILQ_EMPTY(&drive->idle) &&
	    drive->sent < drive->settings->requests && drive_due(drive) < until)
		until = drive_due(drive);
	return until > now ? until - now : 0;
}

static void
drive_check_limits(struct drive *drive, uint64_t now)
{
	if (drive->window_start == 0 && now >= drive->deadline) {
		warnx("%zu of %zu connections have no first answer at the end "
		      "of the time",
		    drive->cold, drive->settings->connections);
		drive->failed = true;
	} else if (drive->waiting > 0 && now >= drive->deadline + DRIVE_GRACE) {
		warnx("%zu requests have no answer %" PRIu64 " s after the end "
		      "of the time",
		    drive->waiting, DRIVE_GRACE / CLOCK_SECOND);
		drive->failed = true;
	}
}

static bool
drive_finished(const struct drive *drive, uint64_t now)
{
	return drive->window_start != 0 && drive->waiting == 0 &&
	    (drive->sent >= drive->settings->requests ||
		now >= drive->deadline);
}

/* The last first answer may have come while the connections were opened. */
static void
drive_loop(struct drive *drive)
{
	uint64_t now = clock_now();

	for (;;) {
		if (drive->window_start == 0 && drive->cold == 0)
			drive->window_start = now;
		drive_feed(drive, now);
		drive_check_limits(drive, now);
		if (drive->failed || drive_finished(drive, now))
			return;
		drive_poll(drive, drive_pause(drive, now));
		now = clock_now();
	}
}

/* Answers that come while others are still being opened are read at once. */
static void
drive_open_all(struct drive *drive)
{
	size_t index;

	for (index = 0; index < drive->settings->connections; index++)
		drive->connections[index].socket = -1;
	for (index = 0; index < drive->settings->connections; index++) {
		drive_open(drive, &drive->connections[index]);
		if (drive->failed || clock_now() >= drive->deadline)
			return;
		drive_poll(drive, 0);
	}
}

struct drive *
drive_run(const struct drive_settings *settings, struct drive_result *result)
{
	struct drive *drive = calloc(1, sizeof(*drive));

	if (drive != NULL)
		drive->connections = calloc(
		    settings->connections, sizeof(*drive->connections));
	if (drive == NULL || drive->connections == NULL)
		err(1, "no memory for %zu connections", settings->connections);
	drive->settings = settings;
	drive->result = result;
	drive->cold = settings->connections;
	drive->source.workload = settings->workload;
	drive->source.seed = settings->seed;
	drive->deadline = clock_now() + settings->time_limit;
	TAILQ_INIT(&drive->idle);
	drive->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (drive->epoll == -1)
		err(1, "epoll_create1");
	drive_open_all(drive);
	drive_loop(drive);
	if (drive->failed) {
		drive_close(drive);
		return NULL;
	}
	return drive;
}

void
drive_close(struct drive *drive)
{
	size_t index;

	for (index = 0; index < drive->settings->connections; index++)
		connection_close(&drive->connections[index]);
	close(drive->epoll);
	free(drive->connections);
	free(drive);
}

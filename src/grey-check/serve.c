/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/types.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "common/monotonic.h"
#include "hidden.h"
#include "line.h"
#include "reply.h"
#include "serve.h"

/* Milliseconds: between two warnings of the same kind; what a slow store is. */
enum { WARNING_INTERVAL = 60000, SLOW_STORE = 2000 };

struct connection {
	struct service *service;
	struct line_reader reader;
	struct request request;
	struct verdict verdict;
	int out;
	unsigned long answered;
	bool gone;    /* the client: an answer could not be written */
	bool hang_up; /* --exim, or --on-error=disconnect */
	bool failed;  /* a request could not be decided */
	int64_t next_failure_warning; /* by the monotonic clock */
	int64_t next_slow_warning;
	size_t pending; /* bytes of answers not yet written */
	char answers[2 * REPLY_MAX];
	char log_line[REPLY_LOG_MAX];
};

/*
 * Answers wait until the input is used up: one write(2) for many requests. A
 * descriptor that does not block is waited for.
 */
static void
flush(struct connection *connection)
{
	struct pollfd wait = { .fd = connection->out, .events = POLLOUT };
	size_t done = 0;
	ssize_t n;

	while (done < connection->pending && !connection->gone) {
		n = write(connection->out, connection->answers + done,
		    connection->pending - done);
		if (n == -1 &&
		    (errno == EINTR ||
			((errno == EAGAIN || errno == EWOULDBLOCK) &&
			    poll(&wait, 1, -1) != -1)))
			continue;
		if (n == -1) {
			connection->gone = true;
			msg(MSG_WARN, "can't write the answer: %s",
			    strerror(errno));
			break;
		}
		done += (size_t)n;
	}
	connection->pending = 0;
}

/* Before the next read(2): the answers go out, then a checkpoint may go on. */
static void
use_wait(void *argument)
{
	struct connection *connection = argument;
	struct store *store = connection->service->decider.lookup.store;
	struct pollfd input = { .fd = connection->reader.fd, .events = POLLIN };

	flush(connection);
	while (store_checkpoint_step(store) && poll(&input, 1, 0) == 0)
		continue;
}

static int64_t
time_of(const struct connection *connection, time_t now)
{
	const struct request *request = &connection->request;
	int64_t given;

	if (connection->service->settings->clock == CLOCK_OF_SYSTEM ||
	    !request_has(request, REQUEST_TIME))
		return now;
	if (num_decimal(request_value(request, REQUEST_TIME), &given))
		return given;
	msg(MSG_WARN,
	    "policy_test_time is not a time; the system's clock counts");
	return now;
}

static const char *const on_error_text[] = {
	[ON_ERROR_DUNNO] = "answering DUNNO: mail passes without greylisting",
	[ON_ERROR_DEFER] = "answering DEFER_IF_PERMIT",
	[ON_ERROR_DISCONNECT] = "ending without an answer",
};

/* True, once in a while, where a warning of this kind is due. */
static bool
is_due(int64_t *next_warning)
{
	int64_t now = monotonic_milliseconds();

	if (now < *next_warning)
		return false;
	*next_warning = now + WARNING_INTERVAL;
	return true;
}

static void
warn_of_store(struct connection *connection)
{
	const struct settings *settings = connection->service->settings;
	const struct verdict *verdict = &connection->verdict;

	if (verdict->took >= SLOW_STORE &&
	    is_due(&connection->next_slow_warning))
		msg(MSG_WARN, "%s: took %ld seconds for one request",
		    settings->store, (long)(verdict->took / 1000));
	if (verdict->reason == VERDICT_UNAVAILABLE &&
	    is_due(&connection->next_failure_warning))
		msg(MSG_ERROR, "%s; %s (--on-error)", verdict->problem,
		    on_error_text[settings->on_error]);
}

static void
log_verdict(struct connection *connection)
{
	const struct request *request = &connection->request;
	const struct verdict *verdict = &connection->verdict;
	struct bytes line = { connection->log_line, 0 };

	if (verdict->foreseen) {
		msg(MSG_INFO, "a probe of --check-postfix was answered: %s, %s",
		    reply_action(connection->service->settings, verdict),
		    reply_reason(verdict));
		return;
	}
	if (verdict->reason == VERDICT_UNUSABLE)
		msg(MSG_WARN, "%s; answering DUNNO", verdict->problem);
	if (verdict->corrected)
		msg(MSG_NOTICE,
		    "correcting date for first seen in the future!");
	if (verdict->whitelisted) {
		line.len = reply_log_whitelisted(connection->service->settings,
		    request, connection->log_line);
		msg_text(MSG_NOTICE, line);
	}
	if (!msg_wanted(MSG_INFO) || verdict->reason == VERDICT_UNUSABLE)
		return;
	line.len = reply_log(connection->service->settings, request, verdict,
	    connection->log_line);
	msg_text(MSG_INFO, line);
}

/* What a file of the configuration says now counts from this request on. */
static void
refresh(struct service *service)
{
	if (!live_look(service->live, monotonic_milliseconds()))
		return;
	service->settings = live_settings(service->live);
	decider_set(&service->decider, service->settings);
	live_report(service->live, service->decider.lookup.store);
}

static void
answer(struct connection *connection)
{
	const struct settings *settings;
	const struct verdict *verdict = &connection->verdict;
	time_t now = time(NULL);

	refresh(connection->service);
	settings = connection->service->settings;
	connection->answered++;
	decide(&connection->service->decider, &connection->request,
	    time_of(connection, now), &connection->verdict);
	warn_of_store(connection);
	log_verdict(connection);
	connection->hang_up |= settings->exim;
	if (verdict->reason == VERDICT_UNAVAILABLE && !verdict->foreseen) {
		connection->failed = true;
		if (settings->on_error == ON_ERROR_DISCONNECT) {
			connection->hang_up = true;
			return;
		}
	}
	if (sizeof(connection->answers) - connection->pending < REPLY_MAX)
		flush(connection);
	connection->pending += reply_answer(settings, &connection->request,
	    verdict, now, connection->answers + connection->pending);
}

static void
log_garbage(const struct request *request, const struct settings *settings)
{
	struct bytes first = { request->first_garbage,
		request->first_garbage_len };
	char sum[KEY_SUM_LENGTH];

	if (settings->log_privacy) {
		hidden_sum(first, sum);
		first = (struct bytes){ sum, sizeof(sum) };
	}
	msg(MSG_NOTICE, "ignoring garbage: <%.*s>%s", (int)first.len,
	    first.data,
	    request->garbage > 1 ? " and more lines without '='" : "");
}

static void
end_request(struct connection *connection)
{
	struct request *request = &connection->request;
	struct bytes type = request_value(request, REQUEST_TYPE);

	if (request->garbage > 0)
		log_garbage(request, connection->service->settings);
	if (bytes_equal(type, bytes_of("smtpd_access_policy")))
		answer(connection);
	else
		msg(MSG_WARN, "unrecognized request type: '%.*s'; not answered",
		    (int)(type.len < 100 ? type.len : 100), type.data);
	request_clear(request);
}

/* How the input ended, as an exit code. */
static int
finish(struct connection *connection, enum line_result result)
{
	int error = errno;

	flush(connection);
	msg(MSG_DEBUG, "the connection ends after %lu requests",
	    connection->answered);
	if (*connection->service->stop || connection->hang_up ||
	    connection->gone)
		return connection->failed || connection->gone;
	if (result == LINE_ERROR) {
		msg(MSG_ERROR, "can't read requests: %s", strerror(error));
		return 1;
	}
	if (connection->request.begun || result == LINE_CUT) {
		msg(MSG_WARN,
		    "the input ended inside a request, without the "
		    "empty line after it; not answered");
		return 1;
	}
	return connection->failed;
}

int
serve(struct service *service, int in, int out)
{
	static struct connection connection;
	enum line_result result;
	struct bytes line;

	connection.service = service;
	connection.out = out;
	request_clear(&connection.request);
	line_reader_init(&connection.reader, in);
	connection.reader.before_wait = use_wait;
	connection.reader.argument = &connection;
	do {
		result = line_next(&connection.reader, &line);
		if (result != LINE_OK && result != LINE_LONG)
			break;
		if (line.len == 0)
			end_request(&connection);
		else
			request_add(
			    &connection.request, line, result == LINE_LONG);
	} while (!connection.gone && !connection.hang_up);
	return finish(&connection, result);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "connection.h"
#include "hidden.h"

void
connection_init(struct connection *connection, struct service *service)
{
	connection->service = service;
	connection->exchange = NULL;
	connection->decided = NULL;
	connection->answered = 0;
	connection->deciding = connection->hang_up = false;
	connection->failed = connection->ended = connection->cut = false;
	instances_init(&connection->instances);
}

void
connection_lend(struct connection *connection, struct exchange *exchange)
{
	connection->exchange = exchange;
	exchange->connection = connection;
	exchange->written = exchange->pending = 0;
	request_clear(&exchange->request);
	line_reader_init(&exchange->input);
}

bool
connection_is_idle(const struct connection *connection)
{
	const struct exchange *exchange = connection->exchange;

	return exchange == NULL ||
	    (!connection->deciding && !exchange->request.begun &&
		exchange->pending == 0 && line_is_empty(&exchange->input));
}

static int64_t
time_of(const struct exchange *exchange)
{
	const struct request *request = &exchange->request;
	int64_t given;

	if (exchange->connection->service->settings->clock == CLOCK_OF_SYSTEM ||
	    !request_has(request, REQUEST_TIME))
		return exchange->now;
	if (num_decimal(request_value(request, REQUEST_TIME), &given))
		return given;
	msg(MSG_WARN,
	    "policy_test_time is not a time; the system's clock counts");
	return exchange->now;
}

static void
log_verdict(const struct settings *settings, const struct request *request,
    const struct verdict *verdict)
{
	static char text[REPLY_LOG_MAX];
	struct bytes line = { text, 0 };

	if (verdict->foreseen) {
		msg(MSG_INFO, "a probe of --check-postfix was answered: %s, %s",
		    reply_action(settings, verdict), reply_reason(verdict));
		return;
	}
	if (verdict->reason == VERDICT_UNUSABLE)
		msg(MSG_WARN, "%s; answering DUNNO", verdict->problem);
	if (verdict->corrected)
		msg(MSG_NOTICE,
		    "correcting date for first seen in the future!");
	if (verdict->whitelisted) {
		line.len = reply_log_whitelisted(settings, request, text);
		msg_text(MSG_NOTICE, line);
	}
	if (!msg_wanted(MSG_INFO) || verdict->reason == VERDICT_UNUSABLE)
		return;
	line.len = reply_log(settings, request, verdict, text);
	msg_text(MSG_INFO, line);
}

static void
answer(struct exchange *exchange)
{
	struct connection *connection = exchange->connection;
	const struct settings *settings = connection->service->settings;
	const struct verdict *verdict = &exchange->decision.verdict;

	service_warn_of_store(connection->service, verdict);
	log_verdict(settings, &exchange->request, verdict);
	connection->hang_up |= settings->exim;
	if (verdict->reason == VERDICT_UNAVAILABLE && !verdict->foreseen) {
		connection->failed = true;
		if (settings->on_error == ON_ERROR_DISCONNECT) {
			connection->hang_up = true;
			return;
		}
	}
	exchange->pending += reply_answer(settings, &exchange->request, verdict,
	    exchange->now, exchange->answers + exchange->pending);
}

static void
end_decision(struct decision *decision)
{
	struct exchange *exchange = (struct exchange *)decision;
	struct connection *connection = exchange->connection;

	connection->deciding = false;
	answer(exchange);
	request_clear(&exchange->request);
	if (connection->decided != NULL)
		connection->decided(connection);
}

static void
begin_decision(struct connection *connection)
{
	struct exchange *exchange = connection->exchange;
	struct decision *decision = &exchange->decision;

	exchange->now = time(NULL);
	service_refresh(connection->service);
	connection->answered++;
	decision->request = &exchange->request;
	decision->instances = &connection->instances;
	decision->done = end_decision;
	connection->deciding = !decide_begin(
	    &connection->service->decider, decision, time_of(exchange));
	if (connection->deciding)
		return;
	answer(exchange);
	request_clear(&exchange->request);
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
	struct request *request = &connection->exchange->request;
	struct bytes type = request_value(request, REQUEST_TYPE);

	if (request->garbage > 0)
		log_garbage(request, connection->service->settings);
	if (bytes_equal(type, bytes_of("smtpd_access_policy"))) {
		begin_decision(connection);
		return;
	}
	msg(MSG_WARN, "unrecognized request type: '%.*s'; not answered",
	    (int)(type.len < 100 ? type.len : 100), type.data);
	request_clear(request);
}

enum connection_wait
connection_go(struct connection *connection)
{
	struct exchange *exchange = connection->exchange;
	enum line_result result;
	struct bytes line;

	while (!connection->deciding && !connection->hang_up) {
		if (sizeof(exchange->answers) - exchange->pending < REPLY_MAX)
			return CONNECTION_WRITES;
		result = line_next(&exchange->input, &line);
		if (result == LINE_MORE)
			return CONNECTION_READS;
		if (result == LINE_END || result == LINE_CUT) {
			connection->ended = true;
			connection->cut = exchange->request.begun ||
			    result == LINE_CUT;
			return CONNECTION_ENDS;
		}
		if (line.len == 0)
			end_request(connection);
		else
			request_add(
			    &exchange->request, line, result == LINE_LONG);
	}
	return connection->deciding ? CONNECTION_DECIDES : CONNECTION_ENDS;
}

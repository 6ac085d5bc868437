/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <syslog.h>

#include "common/msg.h"
#include "common/msg_line.h"
#include "unit.h"

/* 2026-02-03T09:05:07.000042Z */
static const struct timespec when = { 1770109507, 42000 };
static const struct msg_writer writer = { "grey-check", LOG_MAIL, 812, "mx" };

static char line[MSG_LINE_MAX];

static struct bytes
made(enum msg_form form, enum msg_level level, struct bytes text)
{
	return (struct bytes){ line,
		msg_line(form, &writer, level, &when, text, line) };
}

static void
forms(void)
{
	static const struct {
		enum msg_form form;
		enum msg_level level;
		const char *line;
	} rows[] = {
		{ MSG_FORM_SYSLOG, MSG_INFO,
		    "<22>Feb  3 09:05:07 grey-check[812]: text" },
		{ MSG_FORM_SYSLOG, MSG_WARN,
		    "<20>Feb  3 09:05:07 grey-check[812]: warning: text" },
		{ MSG_FORM_SYSLOG, MSG_ERROR,
		    "<19>Feb  3 09:05:07 grey-check[812]: error: text" },
		{ MSG_FORM_POSTLOG, MSG_NOTICE,
		    "Feb 03 09:05:07 mx grey-check[812]: text" },
		{ MSG_FORM_POSTLOG, MSG_ERROR,
		    "Feb 03 09:05:07 mx grey-check[812]: error: text" },
		{ MSG_FORM_FILE, MSG_DEBUG,
		    "2026-02-03T09:05:07.000042+00:00 mx grey-check[812]: "
		    "text\n" },
		{ MSG_FORM_FILE, MSG_WARN,
		    "2026-02-03T09:05:07.000042+00:00 mx grey-check[812]: "
		    "warning: text\n" },
	};

	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_BYTES(made(rows[i].form, rows[i].level, bytes_of("text")),
		    bytes_of(rows[i].line));
	CHECK_BYTES(made(MSG_FORM_POSTLOG, MSG_INFO, LITERAL("a\nb\0c\xff")),
	    bytes_of("Feb 03 09:05:07 mx grey-check[812]: a?b?c?"));
}

static void
limits(void)
{
	static char text[MSG_MAX + 1];
	struct bytes have;

	memset(text, 'x', sizeof(text));
	have = made(
	    MSG_FORM_POSTLOG, MSG_INFO, (struct bytes){ text, MSG_MAX });
	CHECK_NUMBER(have.len, MSG_POSTLOG_MAX);
	CHECK(memcmp(have.data + have.len - 4, "x...", 4) == 0);
	have = made(MSG_FORM_FILE, MSG_INFO, (struct bytes){ text, MSG_MAX });
	CHECK(memcmp(have.data + have.len - 4, "xxx\n", 4) == 0);
	have = made(
	    MSG_FORM_FILE, MSG_INFO, (struct bytes){ text, sizeof(text) });
	CHECK(memcmp(have.data + have.len - 5, "x...\n", 5) == 0);
}

static void
targets(void)
{
	static const char no_word[] = "must be syslog, postlog, file:PATH, "
				      "stderr or none";
	static const char no_path[] = "must be file: and a path from the root, "
				      "such as file:/var/log/grey.log";
	static const struct {
		const char *text;
		enum msg_sink sink;
		const char *path;
		const char *problem;
	} rows[] = {
		{ "syslog", MSG_SYSLOG, NULL, NULL },
		{ "stderr", MSG_STDERR, NULL, NULL },
		{ "none", MSG_NONE, NULL, NULL },
		{ "postlog", MSG_POSTLOG, NULL, NULL },
		{ "postlog:public/x", MSG_POSTLOG, "public/x", NULL },
		{ "file:/var/log/a:b", MSG_FILE, "/var/log/a:b", NULL },
		{ "file:", 0, NULL, no_path },
		{ "file", 0, NULL, no_path },
		{ "file:a/b", 0, NULL, no_path },
		{ "files:/a", 0, NULL, no_word },
		{ "syslog:", 0, NULL, no_word },
		{ "stderr:/a", 0, NULL, no_word },
		{ "SYSLOG", 0, NULL, no_word },
		{ "", 0, NULL, no_word },
		{ "postlog:", 0, NULL,
		    "names no socket; give postlog, or postlog:PATH" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct msg_target target;
		const char *problem = msg_target_parse(rows[i].text, &target);

		unit_about(rows[i].text);
		if (!CHECK((problem == NULL) == (rows[i].problem == NULL)))
			continue;
		if (problem != NULL) {
			CHECK_TEXT(problem, rows[i].problem);
			CHECK_NUMBER(target.sink, MSG_SYSLOG);
			CHECK(target.path == NULL);
			continue;
		}
		CHECK_NUMBER(target.sink, rows[i].sink);
		if (CHECK((target.path == NULL) == (rows[i].path == NULL)) &&
		    target.path != NULL)
			CHECK_TEXT(target.path, rows[i].path);
	}
	unit_about(NULL);
}

const struct unit_test unit_msg_line[] = {
	{ "msg_line: each taker has its form, each severity its word", forms },
	{ "msg_line: a line has no more than its taker has room for", limits },
	{ "msg: --log names a place, or is refused with what there is",
	    targets },
	{ NULL, NULL }
};

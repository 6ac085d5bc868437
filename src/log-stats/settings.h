/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of log-stats, and what they set. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/conf.h"
#include "log-stats/event/pattern.h"
#include "log-stats/tables/buckets.h"

enum unit { UNIT_SESSION, UNIT_RECIPIENT, UNIT_LINE, UNITS };
enum format { FORMAT_TEXT, FORMAT_TSV, FORMAT_CSV, FORMAT_JSON };

/*
 * Which smtpd counts. All: it depends on the figure, as the manual defines it;
 * the first table, for example, is of the MX service, and deliveries are of
 * all.
 */
enum service { SERVICE_MX, SERVICE_SUBMISSION, SERVICE_ALL };

/* postscreen's tests, as --postscreen-mode names them. */
enum test {
	TEST_PREGREET,
	TEST_DNSBL,
	TEST_DENYLIST,
	TEST_PIPELINING,
	TEST_NON_SMTP,
	TEST_BARE_NEWLINE,
	TEST_COMMAND_TIME,
	TEST_COMMAND_COUNT,
	TEST_COMMAND_LENGTH,
	TEST_NO_RECIPIENT,
	TESTS
};
extern const char *const test_names[TESTS];

enum mode { MODE_OBSERVED, MODE_IGNORE, MODE_ENFORCE, MODE_DROP };

struct settings {
	struct opt_texts modes;
	const char *since;
	const char *until;
	const char *only;
	const char *instance;
	const char *greylist_text;
	const char *unknown; /* NULL, "", or "all" */
	int64_t since_time;  /* microseconds; INT64_MIN: not given */
	int64_t until_time;  /* the first that is out; INT64_MAX: not given */
	int64_t interval;    /* seconds; 0: by whether a terminal looks on */
	int64_t top;
	enum mode test_modes[TESTS];
	int by;
	int unit;
	int service;
	int format;
	bool events;
	bool requests;
	bool check;
	struct opt_of_all all;
	struct pattern *greylisted;
	char **files; /* operands */
	int file_count;
};

extern const struct opt settings_table[];

bool settings_read(struct settings *, struct conf *, int argc, char **argv,
    int64_t now, struct opt_problem *);

/* Is this section of the report wanted? */
bool settings_wants(const struct settings *, const char *section);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A harness for tables of pure functions. Each file of tests defines one table;
 * unit_run() runs them all and prints TAP. A test is a statement of behaviour
 * and a function that checks it, mostly by going through rows of cases. A check
 * that fails prints where and what, and the test goes on.
 */
#ifndef UNIT_H
#define UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"

struct unit_test {
	const char *statement; /* NULL ends a table */
	void (*run)(void);
};

extern const struct unit_test unit_address[], unit_store_file_system[],
    unit_store_guard[], unit_store_notes[], unit_store_uses[],
    unit_bytes_order[], unit_conf_line[], unit_copied[], unit_decide[],
    unit_dump_text[], unit_instances[], unit_key[], unit_key_split[],
    unit_line[], unit_list[], unit_list_doubt[], unit_list_fields[],
    unit_list_file[], unit_list_mailbox[], unit_list_networks[],
    unit_list_sender[], unit_msg[], unit_msg_line[], unit_network[], unit_num[],
    unit_opt[], unit_policy[], unit_progress[], unit_reason[], unit_record[],
    unit_reply[], unit_report[], unit_request[], unit_source[], unit_scan[],
    unit_scan_words[], unit_source_archive[], unit_source_pipe[], unit_stamp[],
    unit_store_mem[], unit_text[], unit_use_text[], unit_when[], unit_wording[];

/* Of engines that this build may lack. */
extern const struct unit_test unit_redis_key[] __attribute__((weak)),
    unit_redis_url[] __attribute__((weak));

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Runs the tables and prints TAP. 0: all held; 1: not so. */
int unit_run(const struct unit_test *const *tables, size_t count);

/* What the rows' checks are about, for their messages: NULL: nothing to say. */
void unit_about(const char *row);

#define CHECK(condition) unit_check(__FILE__, __LINE__, #condition, condition)
#define CHECK_NUMBER(have, want) \
	unit_number(__FILE__, __LINE__, #have, (int64_t)(have), (int64_t)(want))
#define CHECK_BYTES(have, want) \
	unit_bytes(__FILE__, __LINE__, #have, have, want)
#define CHECK_TEXT(have, want) \
	unit_bytes(__FILE__, __LINE__, #have, bytes_of(have), bytes_of(want))

/* Each returns whether the check held. */
bool unit_check(const char *file, int line, const char *what, bool holds);
bool unit_number(
    const char *file, int line, const char *what, int64_t have, int64_t want);
bool unit_bytes(const char *file, int line, const char *what, struct bytes have,
    struct bytes want);

/* Bytes of a literal that may hold NUL. */
#define LITERAL(text) ((struct bytes){ text, sizeof(text) - 1 })

#endif

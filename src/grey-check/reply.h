/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A verdict in words: the answer to Postfix ("action=...", an empty line) and
 * the line in the log, both in postgrey's form.
 */
#ifndef REPLY_H
#define REPLY_H

#include <time.h>

#include "request.h"
#include "settings.h"
#include "verdict.h"

/* The longest answer; the longest log line, with four values whose every second
 * byte is a comma. */
#define REPLY_MAX (3 * SETTINGS_TEXT_MAX + LINE_MAX_LENGTH + 256)
#define REPLY_LOG_MAX (11 * LINE_MAX_LENGTH + 256)

/*
 * The answer to a probe has more attributes, REPLY_PROBE_..., which Postfix
 * would ignore.
 */
size_t reply_answer(const struct settings *, const struct request *,
    const struct verdict *, time_t date, char out[static REPLY_MAX]);

/* Who answers a probe, from which store, and what the log would say. */
#define REPLY_PROBE_VERSION "grey_check_version"
#define REPLY_PROBE_STORE "grey_check_store"
#define REPLY_PROBE_ACTION "grey_check_action"
#define REPLY_PROBE_REASON "grey_check_reason"
#define REPLY_PROBE_PROBLEM "grey_check_problem"
/* The process id of one that serves many; else it is not there. */
#define REPLY_PROBE_SERVER "grey_check_server"

/*
 * The line that says that a client has come on the auto-whitelist. With
 * settings->log_privacy both lines have sums (hidden) in the place of values.
 */
size_t reply_log_whitelisted(const struct settings *, const struct request *,
    char out[static REPLY_LOG_MAX]);

size_t reply_log(const struct settings *, const struct request *,
    const struct verdict *, char out[static REPLY_LOG_MAX]);

/* As the log has them, "greylist" and "early-retry". */
const char *reply_action(const struct settings *, const struct verdict *);
const char *reply_reason(const struct verdict *);

#endif

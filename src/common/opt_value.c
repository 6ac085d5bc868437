/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "msg.h"
#include "opt_value.h"

union value {
	bool flag;
	int count;
	int64_t number;
	const char *text;
	struct opt_texts texts;
	struct msg_target log;
};

static bool __attribute__((format(printf, 2, 3)))
refuse(char reason[static OPT_REASON_MAX], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, OPT_REASON_MAX, format, arguments);
	va_end(arguments);
	return false;
}

/* The index of the word in "a|b|c", or -1. */
static int
choice(const char *choices, const char *word)
{
	size_t len = strlen(word);
	int index = 0;

	for (const char *at = choices; at != NULL; index++) {
		const char *end = strchrnul(at, '|');

		if ((size_t)(end - at) == len && memcmp(at, word, len) == 0)
			return index;
		at = *end == '\0' ? NULL : end + 1;
	}
	return -1;
}

static bool
set_choice(const char *choices, int *value, const char *text,
    char reason[static OPT_REASON_MAX])
{
	int index = choice(choices, text);

	if (index == -1)
		return refuse(reason, "must be one of %s", choices);
	*value = index;
	return true;
}

static bool
set_flag(const struct opt *row, bool *value, const char *text,
    char reason[static OPT_REASON_MAX])
{
	int index = choice("no|yes", text);

	if (index == -1)
		return refuse(reason, "must be yes or no");
	*value = (index == 1) == (row->kind == OPT_FLAG);
	return true;
}

static bool
set_text(const struct opt *row, const char **value, const char *text,
    char reason[static OPT_REASON_MAX])
{
	if (row->range.max != 0 && strlen(text) > (size_t)row->range.max)
		return refuse(reason,
		    "must not be longer than %" PRId64 " bytes",
		    row->range.max);
	if (row->range.min > 0 && *text == '\0')
		return refuse(reason, "must not be empty");
	if (strpbrk(text, "\r\n") != NULL)
		return refuse(reason, "must be one line");
	*value = *text == '\0' && row->fallback != NULL ? row->fallback : text;
	return true;
}

static bool
set_log(struct msg_target *value, const char *text,
    char reason[static OPT_REASON_MAX])
{
	const char *why_not = msg_target_parse(text, value);

	return why_not == NULL || refuse(reason, "%s", why_not);
}

static bool
add_text(struct opt_texts *texts, const char *text,
    char reason[static OPT_REASON_MAX])
{
	if (texts->count == OPT_TEXTS_MAX)
		return refuse(reason, "was given too often");
	texts->text[texts->count++] = text;
	return true;
}

/* Where verbose = 2 stands in a file, it is as -vv. */
static bool
add_count(int *count, const char *text, char reason[static OPT_REASON_MAX])
{
	const struct num_range range = { 0, 9 };
	int64_t number;

	if (!num_parse(text, range, &number, reason))
		return false;
	*count += (int)number;
	return true;
}

bool
opt_value_set(const struct opt *row, void *target, const char *text,
    char reason[static OPT_REASON_MAX])
{
	switch (row->kind) {
	case OPT_FLAG:
	case OPT_UNFLAG:
		return set_flag(row, target, text, reason);
	case OPT_COUNT:
		return add_count(target, text, reason);
	case OPT_NUMBER:
		return num_parse(text, row->range, target, reason);
	case OPT_DURATION:
		return num_duration(
		    text, row->unit, row->range, target, reason);
	case OPT_SIZE:
		return num_size(text, row->range, target, reason);
	case OPT_TEXT:
		return set_text(row, target, text, reason);
	case OPT_CHOICE:
		return set_choice(row->argument, target, text, reason);
	case OPT_TEXTS:
		return add_text(target, text, reason);
	case OPT_LOG:
		return set_log(target, text, reason);
	case OPT_OBSOLETE:
		break;
	}
	return true;
}

bool
opt_value_check(
    const struct opt *row, const char *text, char reason[static OPT_REASON_MAX])
{
	union value dropped = { 0 };

	return opt_value_set(row, &dropped, text, reason);
}

static size_t
size_of(enum opt_kind kind)
{
	static const size_t sizes[] = {
		[OPT_FLAG] = sizeof(bool),
		[OPT_UNFLAG] = sizeof(bool),
		[OPT_COUNT] = sizeof(int),
		[OPT_NUMBER] = sizeof(int64_t),
		[OPT_DURATION] = sizeof(int64_t),
		[OPT_SIZE] = sizeof(int64_t),
		[OPT_TEXT] = sizeof(const char *),
		[OPT_CHOICE] = sizeof(int),
		[OPT_TEXTS] = sizeof(struct opt_texts),
		[OPT_LOG] = sizeof(struct msg_target),
		[OPT_OBSOLETE] = 0,
	};

	return sizes[kind];
}

/* A row without a default may be another name of one that has it. */
void
opt_value_reset(const struct opt *row, void *target)
{
	char reason[OPT_REASON_MAX];

	if (row->help == NULL || row->kind == OPT_UNFLAG)
		return;
	memset(target, 0, size_of(row->kind));
	if (row->fallback != NULL && row->kind != OPT_TEXTS)
		(void)opt_value_set(row, target, row->fallback, reason);
}

bool
opt_value_is(const struct opt *row, const void *target, const char *text)
{
	char reason[OPT_REASON_MAX];
	union value value = { 0 };

	return opt_value_set(row, &value, text, reason) &&
	    memcmp(&value, target, size_of(row->kind)) == 0;
}

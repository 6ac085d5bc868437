/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include <jansson.h>

#include "journal.h"
#include "log-stats/tables/memory.h"
#include "prefix.h"
#include "writer.h"

enum field {
	FIELD_TIME,
	FIELD_HOST,
	FIELD_IDENTIFIER,
	FIELD_SYSLOG_PID,
	FIELD_PID,
	FIELD_MESSAGE,
	FIELD_LOG, /* of docker's json-file: the whole line */
	FIELD_LOG_TIME,
	FIELDS
};

static const char *const names[FIELDS] = { "__REALTIME_TIMESTAMP", "_HOSTNAME",
	"SYSLOG_IDENTIFIER", "SYSLOG_PID", "_PID", "MESSAGE", "log", "time" };

enum { VALUE_MAX = 8192, BINARY_MAX = 1 << 24 };

struct journal {
	bool is_within;
	struct bytes fields[FIELDS]; /* data is NULL: not there */
	struct stamp_clock clock;    /* of the lines in FIELD_LOG */
	char values[FIELDS][VALUE_MAX];
};

struct journal *
journal_new(void)
{
	return memory_new(1, sizeof(struct journal));
}

void
journal_free(struct journal *journal)
{
	free(journal);
}

static void
forget(struct journal *journal)
{
	memset(journal->fields, 0, sizeof(journal->fields));
	journal->is_within = false;
}

/* A longer value is cut: no text of Postfix is that long. */
static void
set_field(struct journal *journal, enum field field, struct bytes value)
{
	char *copy = journal->values[field];
	size_t len = value.len < VALUE_MAX ? value.len : VALUE_MAX;

	if (len > 0)
		memcpy(copy, value.data, len);
	journal->fields[field] = (struct bytes){ copy, len };
}

static int64_t
number_of(struct bytes text)
{
	int64_t number = 0;

	for (size_t i = 0; i < text.len && i < 18; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		number = number * 10 + (text.data[i] - '0');
	}
	return text.len == 0 ? -1 : number;
}

/* "2026-02-10T17:01:35.123456789Z" */
static int64_t
time_of_log(struct journal *journal)
{
	struct bytes stamp = journal->fields[FIELD_LOG_TIME];
	int64_t time;

	if (stamp.len == 0 || stamp.len >= VALUE_MAX)
		return ENTRY_NO_TIME;
	journal->values[FIELD_LOG_TIME][stamp.len++] = ' ';
	return stamp_read(&journal->clock, stamp, &time) == 0 ? ENTRY_NO_TIME :
								time;
}

/* A blank line of a container's is nobody's entry, and foreign. */
static bool
make_entry_of_log(struct journal *journal, struct entry *entry)
{
	struct bytes line = bytes_trim(journal->fields[FIELD_LOG]);
	const int64_t time = time_of_log(journal);

	switch (prefix_read(&journal->clock, line, entry)) {
	case PREFIX_OK:
		break;
	case PREFIX_SKIP:
		*entry = (struct entry){ .time = time, .text = line };
		entry->writer = writer_of(
		    bytes_of("-"), (struct bytes){ line.data, 0 });
		break;
	case PREFIX_NONE:
		return false;
	}
	if (time != ENTRY_NO_TIME)
		entry->time = time;
	return true;
}

static bool
make_entry(struct journal *journal, struct entry *entry)
{
	const struct bytes *fields = journal->fields;
	int64_t time = number_of(fields[FIELD_TIME]);
	int64_t pid = number_of(fields[FIELD_SYSLOG_PID].len > 0 ?
		fields[FIELD_SYSLOG_PID] :
		fields[FIELD_PID]);

	if (fields[FIELD_MESSAGE].data == NULL)
		return fields[FIELD_LOG].data != NULL &&
		    make_entry_of_log(journal, entry);
	entry->time = time < 0 ? ENTRY_NO_TIME : time;
	entry->pid = pid < 0 ? 0 : (uint64_t)pid;
	entry->text = fields[FIELD_MESSAGE];
	entry->writer = writer_of(
	    fields[FIELD_HOST].len > 0 ? fields[FIELD_HOST] : bytes_of("-"),
	    fields[FIELD_IDENTIFIER]);
	return true;
}

static struct bytes
strip(struct bytes line)
{
	const struct bytes data = { "data: ", 6 };

	if (line.len > 0 && *line.data == 0x1e)
		line = bytes_from(line, 1);
	return bytes_begin_with(line, data) ? bytes_from(line, data.len) : line;
}

bool
journal_is_json(struct bytes line)
{
	line = strip(line);
	return line.len > 1 && *line.data == '{';
}

/* A value that is not UTF-8 comes as an array of numbers. */
static void
set_array(struct journal *journal, enum field field, const json_t *array)
{
	char bytes[VALUE_MAX];
	size_t len = json_array_size(array);

	if (len > VALUE_MAX)
		len = VALUE_MAX;
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)json_integer_value(json_array_get(array, i));
	set_field(journal, field, (struct bytes){ bytes, len });
}

bool
journal_read_json(
    struct journal *journal, struct bytes line, struct entry *entry)
{
	json_error_t error;
	json_t *object;

	line = strip(line);
	object = json_loadb(line.data, line.len, JSON_ALLOW_NUL, &error);
	forget(journal);
	for (int field = 0; field < FIELDS; field++) {
		const json_t *value = json_object_get(object, names[field]);

		if (json_is_array(value))
			set_array(journal, (enum field)field, value);
		else if (json_is_string(value))
			set_field(journal, (enum field)field,
			    (struct bytes){ json_string_value(value),
				json_string_length(value) });
	}
	json_decref(object);
	return make_entry(journal, entry);
}

static size_t
name_length(struct bytes line)
{
	size_t len = 0;

	while (len < line.len &&
	    ((line.data[len] >= 'A' && line.data[len] <= 'Z') ||
		(line.data[len] >= '0' && line.data[len] <= '9') ||
		line.data[len] == '_'))
		len++;
	return len;
}

bool
journal_is_export(struct bytes line)
{
	const struct bytes cursor = { "__CURSOR=", 9 };
	const struct bytes time = { "__REALTIME_TIMESTAMP=", 21 };

	return bytes_begin_with(line, cursor) || bytes_begin_with(line, time);
}

static void
keep_if_wanted(struct journal *journal, struct bytes name, struct bytes value)
{
	for (int field = 0; field < FIELDS; field++)
		if (bytes_equal(name, bytes_of(names[field])))
			set_field(journal, (enum field)field, value);
}

/* The value follows; the newline after it is taken, too. */
static enum journal_result
read_binary(struct journal *journal, struct source *source, struct bytes line)
{
	char name[64];
	struct bytes bytes;
	bool cut;
	uint64_t len = 0;
	size_t name_len = line.len < sizeof(name) ? line.len : sizeof(name);

	memcpy(name, line.data, name_len);
	journal->is_within = false;
	if (source_bytes(source, 8, &bytes) != SOURCE_OK)
		return JOURNAL_BROKEN;
	for (int i = 7; i >= 0; i--)
		len = len << 8 | (unsigned char)bytes.data[i];
	if (len > BINARY_MAX || source_bytes(source, len, &bytes) > SOURCE_LONG)
		return JOURNAL_BROKEN;
	keep_if_wanted(journal, (struct bytes){ name, name_len }, bytes);
	source_line(source, &bytes, &cut);
	journal->is_within = true;
	return JOURNAL_MORE;
}

enum journal_result
journal_end_export(struct journal *journal, struct entry *entry)
{
	journal->is_within = false;
	return make_entry(journal, entry) ? JOURNAL_ENTRY : JOURNAL_NONE;
}

enum journal_result
journal_read_export(struct journal *journal, struct source *source,
    struct bytes line, struct entry *entry)
{
	size_t len = name_length(line);

	if (!journal->is_within)
		forget(journal);
	journal->is_within = true;
	if (line.len == 0)
		return journal_end_export(journal, entry);
	if (len > 0 && len == line.len)
		return read_binary(journal, source, line);
	if (len == 0 || line.data[len] != '=') {
		journal->is_within = false;
		return JOURNAL_NOT;
	}
	keep_if_wanted(journal, (struct bytes){ line.data, len },
	    bytes_from(line, len + 1));
	return JOURNAL_MORE;
}

bool
journal_is_within(const struct journal *journal)
{
	return journal->is_within;
}

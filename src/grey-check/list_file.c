/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/mark.h"
#include "common/msg.h"
#include "list_file.h"

/* Of the bad lines of a file, while requests are answered. */
enum { LINES_SAID = 10 };

/* What a reading finds to complain of. */
struct findings {
	bool every_line; /* is reported, with what comes of it */
	bool doubts;	 /* count, too, not only lines that are ignored */
	bool hides_entries;
	struct store *store; /* through which it is said once, or NULL */
	uint64_t mark;	     /* of this version of the file */
	unsigned ignored;
	unsigned doubtful;
	char first[1024];    /* line that is ignored, as the next */
	char sweeping[1024]; /* entry that lets so many pass */
};

/* Of a line and its problem. */
static bool
is_to_be_said(const struct findings *findings, const char *text)
{
	return findings->store == NULL ||
	    store_say_once(
		findings->store, mark_add(findings->mark, bytes_of(text)));
}

static void
complain_of_line(struct findings *findings, const char *text)
{
	if (findings->ignored++ == 0)
		snprintf(findings->first, sizeof(findings->first), "%s", text);
	if (findings->every_line &&
	    (findings->doubts || findings->ignored <= LINES_SAID) &&
	    is_to_be_said(findings, text))
		msg(MSG_WARN, "%s; the line is ignored", text);
}

/* An entry may be somebody's address. */
static const char *const hidden_problems[] = {
	[LIST_IGNORED] = "it is not an entry; grey-check --check-config shows "
			 "why",
	[LIST_DOUBTFUL] = "it is doubtful; grey-check --check-config shows why",
	[LIST_SWEEPING] = "it lets all clients without a name pass; grey-check "
			  "--check-config shows it",
};

static void
complain(void *argument, enum list_finding finding, const char *file,
    unsigned line, const char *problem)
{
	struct findings *findings = argument;
	char text[sizeof(findings->first)];

	snprintf(text, sizeof(text), "%s:%u: %s", file, line,
	    findings->hides_entries ? hidden_problems[finding] : problem);
	if (finding == LIST_IGNORED) {
		complain_of_line(findings, text);
	} else if (findings->doubts) {
		findings->doubtful++;
		msg(MSG_WARN, "%s", text);
	} else if (finding == LIST_SWEEPING && findings->sweeping[0] == '\0')
		memcpy(findings->sweeping, text, sizeof(text));
}

/* What was read counts from now on, and is all that there is to say of it. */
static void
report_used(const struct findings *findings, const char *path)
{
	char more[sizeof(findings->first)];

	if (findings->sweeping[0] != '\0' &&
	    is_to_be_said(findings, findings->sweeping))
		msg(MSG_WARN, "%s", findings->sweeping);
	if (!findings->every_line || findings->ignored <= LINES_SAID)
		return;
	snprintf(more, sizeof(more),
	    "%s: %u more line%s ignored; grey-check --check-config shows them "
	    "all",
	    path, findings->ignored - LINES_SAID,
	    findings->ignored == LINES_SAID + 1 ? " is" : "s are");
	if (is_to_be_said(findings, more))
		msg(MSG_WARN, "%s", more);
}

void
list_file_init(struct list_file *file, const char *path, bool optional)
{
	memset(file, 0, sizeof(*file));
	file->path = path;
	file->optional = optional;
	file->version.error = FILE_NEVER_SEEN;
	file->seen_error = ENOENT;
}

void
list_file_free(struct list_file *file)
{
	list_free(file->list);
	file->list = NULL;
}

static void
use(struct list_file *file, struct list *list)
{
	list_free(file->list);
	file->list = list;
	file->usable = true;
	file->reported_error = 0;
}

/* *list: NULL where the file does not exist and need not. */
static int
read_list(const struct list_file *file, const struct file_version *version,
    enum list_kind kind, struct findings *findings, struct list **list)
{
	int error = version->error;

	*list = NULL;
	if (error == 0)
		error = list_read(kind, file->path, complain, findings, list);
	return error == ENOENT && file->optional ? 0 : error;
}

#define STAYS "; what was read before stays in use"

/* The others are clear enough. */
#define MAY_NOT_READ \
	"; whoever runs this must be able to read it, and to search the " \
	"directories it is in"

/* It is tried again at each look, but reported once. */
static void
report_unreadable(struct list_file *file, int error)
{
	if (error != file->reported_error)
		msg(MSG_ERROR, "%s: can't read this list: %s%s%s", file->path,
		    file_version_reason(error),
		    error == EACCES ? MAY_NOT_READ : "",
		    file->usable ? STAYS : "");
	file->reported_error = error;
}

/*
 * The first time there is nothing to go back to: whatever can be read counts.
 * What nobody was at work on, or what has no bad lines, is something to go back
 * to, and from then on a list with bad lines does not count.
 */
static void
read_version(struct list_file *file, struct file_version version,
    enum list_kind kind, struct store *store, bool settled)
{
	struct findings findings = { .every_line = !file->sound &&
		    !file_version_same(&version, &file->version),
		.hides_entries = file->hides_entries,
		.store = store,
		.mark = file_version_mark(&version, file->path) };
	struct list *list;
	struct file_version now;
	int error = read_list(file, &version, kind, &findings, &list);

	if (error != 0) {
		report_unreadable(file, error);
		return;
	}
	if (settled) {
		now = file_version(file->path);
		settled = file_version_same(&version, &now);
	}
	if (!file->sound || settled) {
		file->version = version;
		file->settled = settled;
		file->reported_error = 0;
	}
	if (!file->sound) {
		file->sound = settled || findings.ignored == 0;
		use(file, list);
		report_used(&findings, file->path);
	} else if (settled && findings.ignored == 0) {
		msg(MSG_DEBUG, "%s: was read again", file->path);
		use(file, list);
		report_used(&findings, file->path);
	} else {
		if (settled && is_to_be_said(&findings, findings.first))
			msg(MSG_WARN,
			    "%s" STAYS
			    ", and a process that starts now ignores the line",
			    findings.first);
		list_free(list);
	}
}

void
list_file_refresh(
    struct list_file *file, enum list_kind kind, struct store *store)
{
	struct file_version version = file_version(file->path);
	bool settled = file_version_settled(&version, file->seen_error);

	file->seen_error = version.error;
	if (file->settled && file_version_same(&version, &file->version))
		file->reported_error = 0;
	else if (!file->sound || settled)
		read_version(file, version, kind, store, settled);
}

unsigned
list_file_check(struct list_file *file, enum list_kind kind)
{
	struct findings findings = { .every_line = true, .doubts = true };
	struct file_version version = file_version(file->path);
	struct list *list;
	int error = read_list(file, &version, kind, &findings, &list);

	if (error != 0) {
		report_unreadable(file, error);
		return 1;
	}
	use(file, list);
	file->version = version;
	return findings.ignored + findings.doubtful;
}

unsigned
list_file_compare(const struct list_file *first, const struct list_file *later)
{
	struct findings findings = { .every_line = true, .doubts = true };

	if (first->list != NULL && later->list != NULL)
		list_compare(first->list, later->list, complain, &findings);
	return findings.doubtful;
}

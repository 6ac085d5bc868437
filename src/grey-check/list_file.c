/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/mark.h"
#include "common/msg.h"
#include "list_file.h"

enum { SETTLED_MILLISECONDS = 100 };

/* Of the bad lines of a file, while requests are answered. */
enum { LINES_SAID = 10 };

/* Beside the errnos. A pipe is not opened: that would wait for a writer. */
enum { NEVER_LOOKED = -1, IS_PIPE = -2 };

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
	file->version.error = NEVER_LOOKED;
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

static struct list_version
look(const struct list_file *file)
{
	struct list_version version = { 0 };

	if (stat(file->path, &version.status) == -1)
		version.error = errno;
	else if (S_ISFIFO(version.status.st_mode) ||
	    S_ISSOCK(version.status.st_mode))
		version.error = IS_PIPE;
	return version;
}

static bool
is_same(const struct list_version *a, const struct list_version *b)
{
	const struct stat *one = &a->status, *other = &b->status;

	if (a->error != 0 || b->error != 0)
		return a->error == b->error;
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
	    one->st_size == other->st_size &&
	    one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
	    one->st_mtim.tv_nsec == other->st_mtim.tv_nsec &&
	    one->st_ctim.tv_sec == other->st_ctim.tv_sec &&
	    one->st_ctim.tv_nsec == other->st_ctim.tv_nsec;
}

static uint64_t
mark_of(const struct list_file *file, const struct list_version *version)
{
	const struct stat *status = &version->status;
	uint64_t mark = mark_add(MARK_NONE, bytes_of(file->path));

	mark = mark_add_number(mark, (int64_t)status->st_dev);
	mark = mark_add_number(mark, (int64_t)status->st_ino);
	mark = mark_add_number(mark, status->st_size);
	mark = mark_add_number(mark, status->st_mtim.tv_sec);
	return mark_add_number(mark, status->st_mtim.tv_nsec);
}

/* Nobody seems to be at work on it. */
static bool
is_settled(const struct list_file *file, const struct list_version *version)
{
	struct timespec now, then = version->status.st_mtim;
	int64_t age;

	if (version->error != 0)
		return version->error != ENOENT || file->seen_error == ENOENT;
	clock_gettime(CLOCK_REALTIME, &now);
	age = (int64_t)(now.tv_sec - then.tv_sec) * 1000 +
	    (now.tv_nsec - then.tv_nsec) / 1000000;
	return age < 0 || age >= SETTLED_MILLISECONDS;
}

/* *list: NULL where the file does not exist and need not. */
static int
read_list(const struct list_file *file, const struct list_version *version,
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
		    error == IS_PIPE ? "it is not a file" : strerror(error),
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
read_version(struct list_file *file, struct list_version version,
    enum list_kind kind, struct store *store, bool settled)
{
	struct findings findings = { .every_line = !file->sound &&
		    !is_same(&version, &file->version),
		.hides_entries = file->hides_entries,
		.store = store,
		.mark = mark_of(file, &version) };
	struct list *list;
	struct list_version now;
	int error = read_list(file, &version, kind, &findings, &list);

	if (error != 0) {
		report_unreadable(file, error);
		return;
	}
	if (settled) {
		now = look(file);
		settled = is_same(&version, &now);
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
	struct list_version version = look(file);
	bool settled = is_settled(file, &version);

	file->seen_error = version.error;
	if (file->settled && is_same(&version, &file->version))
		file->reported_error = 0;
	else if (!file->sound || settled)
		read_version(file, version, kind, store, settled);
}

unsigned
list_file_check(struct list_file *file, enum list_kind kind)
{
	struct findings findings = { .every_line = true, .doubts = true };
	struct list_version version = look(file);
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

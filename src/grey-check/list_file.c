/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/msg.h"
#include "list_file.h"

enum { SETTLED_MILLISECONDS = 100 };

/* Beside the errnos. A pipe is not opened: that would wait for a writer. */
enum { NEVER_LOOKED = -1, IS_PIPE = -2 };

/* What a reading finds to complain of. */
struct findings {
	bool every_line; /* is reported, with what comes of it */
	bool doubts;	 /* count, too, not only lines that are ignored */
	unsigned ignored;
	unsigned doubtful;
	char first[1024];
};

static void
complain(void *argument, enum list_finding finding, const char *file,
    unsigned line, const char *problem)
{
	struct findings *findings = argument;
	bool doubtful = finding == LIST_DOUBTFUL;

	if (doubtful && !findings->doubts)
		return;
	if (doubtful)
		findings->doubtful++;
	else if (findings->ignored++ == 0)
		snprintf(findings->first, sizeof(findings->first), "%s:%u: %s",
		    file, line, problem);
	if (findings->every_line)
		msg(MSG_WARN, "%s:%u: %s%s", file, line, problem,
		    doubtful ? "" : "; the line is ignored");
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

/* It is tried again at each look, but reported once. */
static void
report_unreadable(struct list_file *file, int error)
{
	if (error != file->reported_error)
		msg(MSG_ERROR, "%s: can't read this list: %s%s", file->path,
		    error == IS_PIPE ? "it is not a file" : strerror(error),
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
    enum list_kind kind, bool settled)
{
	struct findings findings = { .every_line = !file->sound &&
		    !is_same(&version, &file->version) };
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
	} else if (settled && findings.ignored == 0) {
		msg(MSG_DEBUG, "%s: was read again", file->path);
		use(file, list);
	} else {
		if (settled)
			msg(MSG_WARN, "%s" STAYS, findings.first);
		list_free(list);
	}
}

void
list_file_refresh(struct list_file *file, enum list_kind kind)
{
	struct list_version version = look(file);
	bool settled = is_settled(file, &version);

	file->seen_error = version.error;
	if (file->settled && is_same(&version, &file->version))
		file->reported_error = 0;
	else if (!file->sound || settled)
		read_version(file, version, kind, settled);
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

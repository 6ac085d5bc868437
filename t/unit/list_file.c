/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/resource.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "common/msg.h"
#include "grey-check/list_file.h"
#include "list_made.h"

static char directory[64], path[80], other_path[80];

static void
begin(void)
{
	strcpy(directory, "/tmp/grey-unit-XXXXXX");
	if (!CHECK(mkdtemp(directory) != NULL))
		abort();
	snprintf(path, sizeof(path), "%s/list", directory);
	snprintf(other_path, sizeof(other_path), "%s/other", directory);
	msg_open(MSG_STDERR, "unit", LOG_MAIL, MSG_DEBUG);
}

static void
end(struct list_file *file)
{
	list_file_free(file);
	unlink(path);
	unlink(other_path);
	rmdir(path);
	CHECK(rmdir(directory) == 0);
}

/* age: so many seconds ago the file was last written to. */
static void
set_age(const char *name, time_t age)
{
	struct timespec times[2];

	clock_gettime(CLOCK_REALTIME, &times[1]);
	times[1].tv_sec -= age;
	times[0] = times[1];
	CHECK(utimensat(AT_FDCWD, name, times, 0) == 0);
}

static void
put(const char *name, const char *text, time_t age)
{
	FILE *file = fopen(name, "w");

	if (!CHECK(file != NULL))
		abort();
	CHECK(fputs(text, file) >= 0);
	CHECK(fclose(file) == 0);
	set_age(name, age);
}

/* "$: text\n" -> "unit: path: text\n" */
static const char *
with_path(const char *pattern)
{
	static char text[1000];
	size_t used = 0;

	text[0] = '\0';
	for (; *pattern != '\0'; pattern++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    *pattern == '$' ? "unit: %s" : "%.1s",
		    *pattern == '$' ? path : pattern);
	return text;
}

#define READ_AGAIN "$: was read again\n"
#define STAYS "; what was read before stays in use\n"
#define LINE_STAYS \
	"; what was read before stays in use, and a process that starts now " \
	"ignores the line\n"
#define BLANK "there is a blank inside; write one entry per line"

/* Another look at the file says this, see with_path(). */
static void
look(struct list_file *file, const char *said)
{
	struct bytes have;

	capture_begin();
	list_file_refresh(file, LIST_CLIENTS, NULL);
	have = capture_end();
	CHECK_BYTES(have, bytes_of(with_path(said)));
}

/* Each letter is the name of a client that is on the list; no other is. */
static void
has_only(const struct list_file *file, const char *letters)
{
	for (char letter = 'a'; letter <= 'f'; letter++) {
		const char name[2] = { letter, '\0' };

		unit_about(name);
		CHECK_NUMBER(
		    file->list != NULL && has_client(file->list, name, OTHER),
		    strchr(letters, letter) != NULL);
	}
	unit_about(NULL);
}

static void
first_reading(void)
{
	struct list_file file;

	begin();
	list_file_init(&file, path, false);
	CHECK(!file.usable);
	put(path, "a\ntwo words\nb\n1.2.3.256\na\n*.c\n", 60);
	look(&file,
	    "$:2: \"two words\": " BLANK "; the line is ignored\n"
	    "$:4: \"1.2.3.256\": it is neither an address nor a network, such "
	    "as 192.0.2.1, 192.0.2, 192.0.2.0/24 or 2001:db8::/32; the line is "
	    "ignored\n");
	CHECK(file.usable);
	has_only(&file, "ab");
	CHECK_TEXT(found_client(file.list, "b", OTHER).file, path);
	CHECK_NUMBER(found_client(file.list, "b", OTHER).line, 3);
	look(&file, "");
	has_only(&file, "ab");
	end(&file);
}

static void
unchanged(void)
{
	struct list_file file;
	const struct list *list;

	begin();
	list_file_init(&file, path, false);
	put(path, "a\n", 60);
	look(&file, "");
	list = file.list;
	for (int i = 0; i < 3; i++) {
		look(&file, "");
		CHECK(file.list == list);
	}
	has_only(&file, "a");
	end(&file);
}

static void
changed(void)
{
	struct list_file file;

	begin();
	list_file_init(&file, path, false);
	put(path, "a\n", 60);
	look(&file, "");
	put(path, "b\n", 50);
	look(&file, READ_AGAIN);
	has_only(&file, "b");
	put(path, "c\nd\n", 50);
	look(&file, READ_AGAIN);
	has_only(&file, "cd");
	put(path, "e\nf\n", 1000000);
	look(&file, READ_AGAIN);
	has_only(&file, "ef");
	put(path, "a\nb\n", -1000);
	look(&file, READ_AGAIN);
	has_only(&file, "ab");
	put(path, "", 60);
	look(&file, READ_AGAIN);
	has_only(&file, "");
	CHECK(file.usable);
	put(path, "c\n*.d\nc\n", 60);
	look(&file, READ_AGAIN);
	has_only(&file, "c");
	look(&file, "");
	end(&file);
}

static void
replaced(void)
{
	struct list_file file;

	begin();
	list_file_init(&file, path, false);
	put(path, "a\n", 60);
	put(other_path, "b\n", 60);
	look(&file, "");
	CHECK(rename(other_path, path) == 0);
	look(&file, READ_AGAIN);
	has_only(&file, "b");
	look(&file, "");
	CHECK(rename(path, other_path) == 0);
	CHECK(symlink("other", path) == 0);
	look(&file, READ_AGAIN);
	has_only(&file, "b");
	put(other_path, "c\n", 50);
	look(&file, READ_AGAIN);
	has_only(&file, "c");
	end(&file);
}

static void
bad_later(void)
{
	struct list_file file;

	begin();
	list_file_init(&file, path, false);
	put(path, "a\n", 60);
	look(&file, "");
	put(path, "b\n/(bad/\n1.2.3.256\n", 60);
	look(&file,
	    "$:2: \"/(bad/\": it is not a regular expression, at character 5: "
	    "missing closing parenthesis" LINE_STAYS);
	has_only(&file, "a");
	CHECK(file.usable);
	look(&file, "");
	put(path, "b\nc d\n", 60);
	look(&file, "$:2: \"c d\": " BLANK LINE_STAYS);
	has_only(&file, "a");
	put(path, "b\nc\n", 60);
	look(&file, READ_AGAIN);
	has_only(&file, "bc");
	end(&file);
}

static void
unreadable_later(void)
{
	struct list_file file;

	begin();
	list_file_init(&file, path, true);
	put(path, "a\n", 60);
	look(&file, "");
	CHECK(unlink(path) == 0 && symlink("list", path) == 0);
	look(&file,
	    "$: can't read this list: Too many levels of symbolic "
	    "links" STAYS);
	look(&file, "");
	has_only(&file, "a");
	CHECK(unlink(path) == 0 && mkdir(path, 0700) == 0);
	set_age(path, 60);
	look(&file, "$: can't read this list: Is a directory" STAYS);
	look(&file, "");
	has_only(&file, "a");
	CHECK(file.usable);
	CHECK(rmdir(path) == 0);
	put(path, "b\n", 60);
	look(&file, READ_AGAIN);
	has_only(&file, "b");
	end(&file);
}

static void
unreadable_first(void)
{
	struct list_file file;

	begin();
	list_file_init(&file, path, false);
	look(&file, "$: can't read this list: No such file or directory\n");
	CHECK(!file.usable);
	look(&file, "");
	CHECK(!file.usable);
	CHECK(mkdir(path, 0700) == 0);
	set_age(path, 60);
	look(&file, "$: can't read this list: Is a directory\n");
	look(&file, "");
	CHECK(!file.usable);
	CHECK(rmdir(path) == 0);
	put(path, "a\nb c\n", 60);
	look(&file, "$:2: \"b c\": " BLANK "; the line is ignored\n");
	CHECK(file.usable);
	has_only(&file, "a");
	end(&file);
}

static void
vanishing(bool optional)
{
	struct list_file file;

	begin();
	list_file_init(&file, path, optional);
	put(path, "a\n", 60);
	look(&file, "");
	for (int i = 0; i < 2; i++) {
		CHECK(rename(path, other_path) == 0);
		look(&file, "");
		has_only(&file, "a");
		CHECK(rename(other_path, path) == 0);
		set_age(path, 50 + i);
		look(&file, READ_AGAIN);
		has_only(&file, "a");
	}
	CHECK(unlink(path) == 0);
	look(&file, "");
	has_only(&file, "a");
	look(&file,
	    optional ? READ_AGAIN :
		       "$: can't read this list: No such file or "
		       "directory" STAYS);
	has_only(&file, optional ? "" : "a");
	CHECK(file.usable);
	look(&file, "");
	put(path, "b\n", 60);
	look(&file, READ_AGAIN);
	has_only(&file, "b");
	end(&file);
}

static void
vanishing_optional(void)
{
	vanishing(true);
}

static void
vanishing_required(void)
{
	vanishing(false);
}

static void
missing_optional(void)
{
	struct list_file file;

	begin();
	list_file_init(&file, path, true);
	look(&file, "");
	CHECK(file.usable);
	has_only(&file, "");
	look(&file, "");
	put(path, "a\n", 60);
	look(&file, READ_AGAIN);
	has_only(&file, "a");
	end(&file);
}

/* Whether the file still was younger than 100 ms at the end of the looks. */
static bool
is_young(void)
{
	struct timespec now;
	struct stat status;

	clock_gettime(CLOCK_REALTIME, &now);
	return stat(path, &status) == 0 &&
	    (now.tv_sec - status.st_mtim.tv_sec) * 1000000000 + now.tv_nsec -
		status.st_mtim.tv_nsec <
	    90000000;
}

static const struct list *
refreshed(struct list_file *file)
{
	capture_begin();
	list_file_refresh(file, LIST_CLIENTS, NULL);
	capture_end();
	return file->list;
}

/* False: the machine was too slow for it. */
static bool
leaves_young(void)
{
	struct list_file file;
	const struct list *list;
	bool young, same;

	begin();
	list_file_init(&file, path, false);
	put(path, "a\n", 60);
	list = refreshed(&file);
	put(path, "b\n", 0);
	same = refreshed(&file) == list && refreshed(&file) == list;
	young = is_young();
	if (young) {
		CHECK(same);
		has_only(&file, "a");
		put(path, "c\nhalf of", 0);
		same = refreshed(&file) == list;
		young = is_young();
		CHECK(same || !young);
	}
	if (young) {
		put(path, "c\n", 1);
		look(&file, READ_AGAIN);
		has_only(&file, "c");
	}
	end(&file);
	return young;
}

/* A file does not stay young for long: tries until it was. */
static void
until_young(bool (*try)(void))
{
	bool was_young = false;

	for (int i = 0; i < 100 && !was_young; i++)
		was_young = try();
	CHECK(was_young);
}

static void
young(void)
{
	until_young(leaves_young);
}

/* Reads the new text for the first time. True: while it was young. */
static bool
begins_young(struct list_file *file, const char *text)
{
	begin();
	list_file_init(file, path, false);
	put(path, text, 0);
	CHECK(refreshed(file) != NULL);
	return is_young();
}

static bool
is_read_again(void)
{
	struct list_file file;
	bool was_young = begins_young(&file, "a\n");

	CHECK(file.usable);
	has_only(&file, "a");
	/* Though it seems to be the same. */
	put(path, "b\n", 1);
	CHECK(stat(path, &file.version.status) == 0);
	look(&file, READ_AGAIN);
	has_only(&file, "b");
	look(&file, "");
	end(&file);
	return was_young;
}

/* What is read while it is young may be half of it, and is read once more. */
static void
young_first(void)
{
	until_young(is_read_again);
}

static bool
half_counts(void)
{
	struct list_file file;
	bool was_young = begins_young(&file, "a\nhalf of\n");

	put(path, "a\nhalf of\nb\n", 60);
	if (was_young) {
		look(&file,
		    "$:2: \"half of\": " BLANK "; the line is ignored\n");
		has_only(&file, "ab");
		look(&file, "");
	}
	end(&file);
	return was_young;
}

/* Half a line may be there: it counts, but is nothing to go back to. */
static void
young_half(void)
{
	until_young(half_counts);
}

/* As when there are too many open files. */
static void
passing_error(void)
{
	struct list_file file;
	struct rlimit before, none = { 3, 0 };

	begin();
	list_file_init(&file, path, false);
	put(path, "a\n", 60);
	look(&file, "");
	put(path, "b\n", 50);
	getrlimit(RLIMIT_NOFILE, &before);
	none.rlim_max = before.rlim_max;
	capture_begin();
	setrlimit(RLIMIT_NOFILE, &none);
	list_file_refresh(&file, LIST_CLIENTS, NULL);
	list_file_refresh(&file, LIST_CLIENTS, NULL);
	setrlimit(RLIMIT_NOFILE, &before);
	CHECK_BYTES(capture_end(),
	    bytes_of(with_path("$: can't read this list: Too many open "
			       "files" STAYS)));
	has_only(&file, "a");
	look(&file, READ_AGAIN);
	has_only(&file, "b");
	end(&file);
}

static bool
good_stays(void)
{
	struct list_file file;
	bool was_young = begins_young(&file, "a\n");

	put(path, "b\ntwo words\n", 60);
	look(&file, "$:2: \"two words\": " BLANK LINE_STAYS);
	has_only(&file, "a");
	end(&file);
	return was_young;
}

/* What had no bad line was good: a bad one does not take its place. */
static void
young_good(void)
{
	until_young(good_stays);
}

static void
check_file(struct list_file *file, const char *said, unsigned problems)
{
	unsigned count;

	capture_begin();
	count = list_file_check(file, LIST_CLIENTS);
	CHECK_BYTES(capture_end(), bytes_of(with_path(said)));
	CHECK_NUMBER(count, problems);
}

static void
checked(void)
{
	struct list_file file, later;
	unsigned count;

	begin();
	list_file_init(&file, path, false);
	check_file(
	    &file, "$: can't read this list: No such file or directory\n", 1);
	file.optional = true;
	check_file(&file, "", 0);
	put(path, "a\nb c\na\nd.\ne\n", 60);
	check_file(&file,
	    "$:2: \"b c\": " BLANK "; the line is ignored\n"
	    "$:3: \"a\": it is the same as line 1, which counts\n"
	    "$:4: \"d.\": it never matches: a domain neither begins nor ends "
	    "with a dot; write \"d\", which stands for all below it, too\n",
	    3);
	list_file_init(&later, path, false);
	capture_begin();
	CHECK_NUMBER(list_file_compare(&file, &later), 0);
	list_file_check(&later, LIST_CLIENTS);
	capture_end();
	capture_begin();
	count = list_file_compare(&file, &later);
	CHECK(capture_end().len > 0);
	CHECK_NUMBER(count, 3);
	list_file_free(&later);
	end(&file);
}

const struct unit_test unit_list_file[] = {
	{ "list_file: of the first reading bad lines are told, the rest counts",
	    first_reading },
	{ "list_file: a file that has not changed is not read again",
	    unchanged },
	{ "list_file: a file that has changed is read again, whatever its time",
	    changed },
	{ "list_file: a file that another one replaced is read again",
	    replaced },
	{ "list_file: a change with a bad line is told once, and left out",
	    bad_later },
	{ "list_file: what can't be read any more is told once, and stays",
	    unreadable_later },
	{ "list_file: what can't be read at first is told once, and looked for",
	    unreadable_first },
	{ "list_file: an optional file is empty at the second look without it",
	    vanishing_optional },
	{ "list_file: another file is missed at the second look, and stays",
	    vanishing_required },
	{ "list_file: an optional file that does not exist is empty",
	    missing_optional },
	{ "list_file: a change of this moment is left for the next look",
	    young },
	{ "list_file: a first reading of this moment is done again",
	    young_first },
	{ "list_file: a first reading of half a file is nothing to go back to",
	    young_half },
	{ "list_file: a first reading of this moment is kept if it was good",
	    young_good },
	{ "list_file: a passing error is told once, and tried again",
	    passing_error },
	{ "list_file: a check tells and counts all that is bad or doubtful",
	    checked },
	{ NULL, NULL }
};

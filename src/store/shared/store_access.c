/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store_access.h"

struct name {
	char text[40];
};

/* known: NULL: the number has no name. */
static struct name
name_of(const char *known, unsigned long number)
{
	struct name name;

	if (known == NULL)
		snprintf(name.text, sizeof(name.text), "%lu", number);
	else
		snprintf(name.text, sizeof(name.text), "%s", known);
	return name;
}

static struct name
user_name(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return name_of(user == NULL ? NULL : user->pw_name, uid);
}

static struct name
group_name(gid_t gid)
{
	const struct group *group = getgrgid(gid);

	return name_of(group == NULL ? NULL : group->gr_name, gid);
}

/* How long the front of the path is that names what can't be searched. */
static int
barrier(const char *path)
{
	char front[PATH_MAX];
	const char *slash = path;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		snprintf(
		    front, sizeof(front), "%.*s", (int)(slash - path), path);
		if (eaccess(front, X_OK) == -1)
			return (int)(slash - path);
	}
	return (int)strlen(path);
}

/* Of a directory that can be seen: it, or something in it, is not ours. */
static void
cure_of_owner(const char *directory, const struct stat *status,
    const char *runner, char *text)
{
	struct name owner = user_name(status->st_uid);

	if (status->st_uid == geteuid() && (status->st_mode & 0700) != 0700)
		snprintf(
		    text, STORE_ACCESS_MAX, "; do: chmod u+rwx %s", directory);
	else if (status->st_uid == geteuid())
		snprintf(text, STORE_ACCESS_MAX,
		    "; a file in it is not %s's; do: chown %s: %s/*", runner,
		    runner, directory);
	else if (status->st_uid == 0)
		snprintf(text, STORE_ACCESS_MAX,
		    "; the directory is root's, and this runs as %s; do: chown "
		    "%s: %s",
		    runner, runner, directory);
	else
		snprintf(text, STORE_ACCESS_MAX,
		    "; the store is %s's, and this runs as %s; run it as %s or "
		    "as root, or, if %s is to have the store, do: chown -R %s: "
		    "%s",
		    owner.text, runner, owner.text, runner, runner, directory);
}

const char *
store_access_cure(const char *directory, int error)
{
	static char text[STORE_ACCESS_MAX];
	struct name runner = user_name(geteuid());
	struct stat status;

	text[0] = '\0';
	if (error == ENODEV)
		return "; its file system can't map files into memory "
		       "(mmap(2)): put the store on another one";
	if (error != EACCES || geteuid() == 0)
		return text;
	if (stat(directory, &status) == 0)
		cure_of_owner(directory, &status, runner.text, text);
	else if (errno == ENOENT)
		snprintf(text, sizeof(text),
		    "; do: install -d -m 0700 -o %s -g %s %s", runner.text,
		    group_name(getegid()).text, directory);
	else if (errno == EACCES) {
		int len = barrier(directory);

		snprintf(text, sizeof(text),
		    "; %s may not search %.*s; do: chmod a+x %.*s", runner.text,
		    len, directory, len, directory);
	}
	return text;
}

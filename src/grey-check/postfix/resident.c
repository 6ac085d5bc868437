/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inside.h"
#include "resident.h"
#include "spawned.h"

#define REPLACED " (deleted)"

/* What is known of it; the texts lie in it. */
struct resident {
	pid_t pid;
	uid_t user;
	gid_t group;
	char program[4096];
	char user_name[256];
	char command[65536]; /* words, each with its NUL */
};

/* Of /proc/PID; the length, -1: errno says why not. */
static ssize_t
read_proc(pid_t pid, const char *name, char *out, size_t size)
{
	char path[64];
	ssize_t n;
	int fd, error;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	n = read(fd, out, size - 1);
	error = errno;
	close(fd);
	errno = error;
	out[n < 0 ? 0 : n] = '\0';
	return n;
}

/* The effective one of "Uid:\treal\teffective\t...", or of "Gid:". */
static bool
find_id(const char *status, const char *name, unsigned *id)
{
	const char *line = strstr(status, name);

	return line != NULL && sscanf(line + strlen(name), "%*u %u", id) == 1;
}

static void
name_user(struct resident *resident)
{
	const struct passwd *passwd = getpwuid(resident->user);

	if (passwd != NULL)
		snprintf(resident->user_name, sizeof(resident->user_name), "%s",
		    passwd->pw_name);
	else
		snprintf(resident->user_name, sizeof(resident->user_name), "%u",
		    (unsigned)resident->user);
}

static bool
read_program(struct resident *resident)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/exe", (long)resident->pid);
	n = readlink(path, resident->program, sizeof(resident->program) - 1);
	if (n == -1)
		return false;
	resident->program[n] = '\0';
	return true;
}

/* False: it is not there, or not what it says, as from another machine. */
static bool
read_resident(struct resident *resident, struct master_service *service)
{
	char status[4096];
	unsigned user, group;
	ssize_t len = read_proc(resident->pid, "cmdline", resident->command,
	    sizeof(resident->command));

	if (len <= 0 || !read_program(resident) ||
	    strstr(resident->program, "/grey-check") == NULL ||
	    read_proc(resident->pid, "status", status, sizeof(status)) <= 0 ||
	    !find_id(status, "\nUid:", &user) ||
	    !find_id(status, "\nGid:", &group))
		return false;
	resident->user = user;
	resident->group = group;
	name_user(resident);
	service->user = resident->user_name;
	service->argv = service->words.word;
	for (ssize_t at = 0; at < len && service->argc < WORDS_MAX;
	     at += (ssize_t)strlen(resident->command + at) + 1)
		service->argv[service->argc++] = resident->command + at;
	service->argv[0] = resident->program;
	return true;
}

static void
report(struct findings *findings, const struct master_service *service,
    struct resident *resident)
{
	char *end = resident->program + strlen(resident->program) -
	    strlen(REPLACED);

	finding(findings, FINDING_OK,
	    "%s is served by grey-check --serve, process %ld of user %s",
	    service->name, (long)resident->pid, resident->user_name);
	if (resident->user == 0)
		finding(findings, FINDING_REMARK,
		    "%s: the server runs as root, which it need not be: give "
		    "the store's directory a user, or say User= to systemd",
		    service->name);
	if (end > resident->program && strcmp(end, REPLACED) == 0) {
		*end = '\0';
		finding(findings, FINDING_REMARK,
		    "%s: %s was replaced since the server was started: start "
		    "it again",
		    service->name, resident->program);
	}
}

/* The errno of who would write there; 0: it may. */
static int
try_as(const char *path, uid_t user, gid_t group)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (setgroups(1, &group) == -1 || setgid(group) == -1 ||
		    setuid(user) == -1)
			_exit(0);
		_exit(access(path, W_OK) == 0 ? 0 : errno);
	}
	if (child == -1 || waitpid(child, &status, 0) == -1 ||
	    !WIFEXITED(status))
		return 0;
	return WEXITSTATUS(status);
}

/* We are root, and smtpd(8) is not. */
static void
check_way(struct findings *findings, const struct master *master,
    const struct master_service *service)
{
	const char *owner = postconf_value(
	    &master->postconf.expanded, "mail_owner");
	const struct passwd *passwd = getpwnam(owner);
	char path[4096];
	int error;

	if (strcmp(service->type, "unix") != 0 || passwd == NULL ||
	    geteuid() != 0)
		return;
	service_path(service, master->queue, path, sizeof(path));
	error = try_as(path, passwd->pw_uid, passwd->pw_gid);
	if (error == 0)
		return;
	finding(findings, FINDING_FAULT,
	    "%s: smtpd, which is user %s, can't connect to it: %s; see "
	    "--socketmode, or SocketUser= and SocketMode= of systemd",
	    path, owner, strerror(error));
	if (error == EACCES)
		finding(findings, FINDING_PASTE, "chown %s %s", owner, path);
}

bool
resident_check(struct findings *findings, const struct master *master,
    struct master_service *service, pid_t pid, struct settings *settings)
{
	static struct resident resident;
	const struct spawned_words words = { service->name, FINDING_REMARK,
		"this grey-check does not know how it is served" };

	check_way(findings, master, service);
	resident.pid = pid;
	if (!read_resident(&resident, service)) {
		finding(findings, FINDING_REMARK,
		    "%s: a grey-check --serve answers, process %ld, which "
		    "can't be looked at here; its options and lists are not "
		    "known",
		    service->name, (long)pid);
		return false;
	}
	report(findings, service, &resident);
	if (!spawned_read_settings(findings, service, &words, settings))
		return false;
	inside_check(
	    findings, master, service, settings, resident.user, resident.group);
	return true;
}

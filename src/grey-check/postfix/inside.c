/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <grp.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/span.h"
#include "grey-check/lists.h"
#include "inside.h"
#include "parts.h"

static void
check_program(struct inside *inside)
{
	const char *program = inside->service->argv[0];
	struct stat named, own;

	if (access(program, X_OK) == -1) {
		finding(inside->findings, FINDING_FAULT,
		    "%s: user %s can't run it: %s", program, inside->user,
		    strerror(errno));
		return;
	}
	if (stat(program, &named) == 0 && stat("/proc/self/exe", &own) == 0 &&
	    (named.st_dev != own.st_dev || named.st_ino != own.st_ino))
		finding(inside->findings, FINDING_REMARK,
		    "%s: is not the grey-check that says this; their options "
		    "may differ",
		    program);
	else
		finding(inside->findings, FINDING_OK, "%s runs as %s", program,
		    inside->user);
}

/* What is wrong in it was found as root. */
static void
check_conf(struct inside *inside)
{
	const struct conf *conf = inside->settings->conf;

	for (size_t i = 0; i < conf->file_count; i++) {
		const char *path = conf->files[i].path;

		if (conf->files[i].version.error != 0)
			continue;
		if (access(path, R_OK) == -1)
			finding(inside->findings, FINDING_FAULT,
			    "%s: user %s can't read it, so the settings in it "
			    "do not count: %s",
			    path, inside->user, strerror(errno));
		else
			finding(inside->findings, FINDING_OK,
			    "%s: the configuration, which user %s can read",
			    path, inside->user);
	}
}

static void
show_list(void *argument, const struct lists_facts *facts)
{
	struct inside *inside = argument;
	char age[SPAN_TEXT_MAX];

	span_format(time(NULL) - facts->changed, SPAN_MINUTE, false, age);
	inside->entries += facts->entries;
	if (!facts->readable)
		finding(inside->findings, FINDING_FAULT,
		    "%s: user %s can't read it, so the list of %s is missing",
		    facts->path, inside->user, facts->role);
	else if (facts->exists)
		finding(inside->findings,
		    facts->problems > 0 ? FINDING_REMARK : FINDING_OK,
		    "%s: %zu entr%s, %s; changed %s ago%s", facts->path,
		    facts->entries, facts->entries == 1 ? "y" : "ies",
		    facts->role, age,
		    facts->problems > 0 ?
			"; some lines are not what they seem, see above" :
			"");
}

static void
check_lists(struct inside *inside)
{
	static struct lists lists;

	lists_set(&lists, inside->settings);
	(void)lists_check(&lists, show_list, inside);
	lists_free(&lists);
	if (inside->entries == 0)
		finding(inside->findings, FINDING_REMARK,
		    "no list has an entry: senders that can't retry are not "
		    "known; `make install` puts lists into " LIST_DIRECTORY);
}

/* As spawn(8) does: no other groups. */
static bool
become(struct inside *inside, uid_t user, gid_t group)
{
	if (geteuid() == user)
		return true;
	if (setgroups(1, &group) == 0 && setgid(group) == 0 &&
	    setuid(user) == 0)
		return true;
	finding(inside->findings, FINDING_FAULT,
	    "can't look at lists and store as user %s: %s; run this as root",
	    inside->user, strerror(errno));
	return false;
}

void
inside_check(struct findings *findings, const struct master *master,
    const struct master_service *service, const struct settings *settings,
    uid_t user, gid_t group)
{
	struct findings *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct inside inside = { shared, master, service, settings,
		service->user, 0 };
	int status = 0;
	pid_t child;

	if (shared == MAP_FAILED)
		return;
	*shared = *findings;
	fflush(findings->out);
	child = fork();
	if (child == 0) {
		if (become(&inside, user, group)) {
			check_program(&inside);
			inside_log(&inside);
			check_conf(&inside);
			check_lists(&inside);
			inside_store(&inside);
		}
		fflush(findings->out);
		_exit(0);
	}
	if (child == -1 || waitpid(child, &status, 0) == -1 || status != 0)
		finding(shared, FINDING_FAULT,
		    "the look at lists and store failed: status %d", status);
	*findings = *shared;
	munmap(shared, sizeof(*shared));
}

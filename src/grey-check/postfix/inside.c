/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "greylist/record.h"
#include "grey-check/lists.h"
#include "inside.h"
#include "store/store.h"

struct inside {
	struct findings *findings;
	const struct master_service *service;
	const struct settings *settings;
	const char *user;
	size_t entries; /* of all lists */
};

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

/* "3 d", the largest unit that fits. */
static void
format_age(int64_t seconds, char *out, size_t size)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" },
		{ 1, "s" } };
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(*units) &&
	    seconds < units[i].seconds)
		i++;
	snprintf(out, size, "%lld %s", (long long)(seconds / units[i].seconds),
	    units[i].unit);
}

static void
show_list(void *argument, const struct lists_facts *facts)
{
	struct inside *inside = argument;
	char age[32];

	format_age(time(NULL) - facts->changed, age, sizeof(age));
	inside->entries += facts->entries;
	if (!facts->readable)
		finding(inside->findings, FINDING_FAULT,
		    "%s: user %s can't read it, so the list of %s is missing",
		    facts->path, inside->user, facts->role);
	else if (facts->exists)
		finding(inside->findings,
		    facts->problems > 0 ? FINDING_REMARK : FINDING_OK,
		    "%s: %zu entries, %s; changed %s ago%s", facts->path,
		    facts->entries, facts->role, age,
		    facts->problems > 0 ?
			"; some lines are not what they seem, see above" :
			"");
}

static void
check_lists(struct inside *inside)
{
	static struct lists lists;

	lists_init(&lists, inside->settings);
	(void)lists_check(&lists, show_list, inside);
	lists_free(&lists);
	if (inside->entries == 0)
		finding(inside->findings, FINDING_REMARK,
		    "no list has an entry: senders that can't retry are not "
		    "known; `make install` puts lists into " LIST_DIRECTORY);
}

/* What the store holds. */
struct holds {
	const struct policy *policy;
	int64_t now, last;
	unsigned long waiting, passed, expired, clients, whitelisted;
};

static bool
count_triplet(void *argument, struct bytes key, struct bytes value)
{
	struct holds *holds = argument;
	struct triplet_record record;

	(void)key;
	if (!record_read_triplet(value, &record))
		return true;
	if (record.last > holds->last)
		holds->last = record.last;
	if (policy_triplet_expired(holds->policy, holds->now, &record))
		holds->expired++;
	else if (record.last - record.first >= holds->policy->delay)
		holds->passed++;
	else
		holds->waiting++;
	return true;
}

static bool
count_client(void *argument, struct bytes key, struct bytes value)
{
	struct holds *holds = argument;
	struct client_record record;

	(void)key;
	if (!record_read_client(value, &record) ||
	    policy_client_expired(holds->policy, holds->now, &record))
		return true;
	holds->clients++;
	holds->whitelisted += holds->policy->whitelist_count > 0 &&
	    record.count >= holds->policy->whitelist_count;
	return true;
}

static void
report_store(struct inside *inside, const struct holds *holds)
{
	const char *where = inside->settings->store;
	char age[32];

	if (holds->waiting + holds->passed + holds->expired == 0) {
		finding(inside->findings, FINDING_OK,
		    "%s: the store is empty: no mail has been asked about yet",
		    where);
		return;
	}
	format_age(holds->now - holds->last, age, sizeof(age));
	finding(inside->findings, FINDING_OK,
	    "%s: %lu triplets are waiting, %lu have passed, %lu have expired; "
	    "of %lu clients %lu are auto-whitelisted; last asked %s ago",
	    where, holds->waiting, holds->passed, holds->expired,
	    holds->clients, holds->whitelisted, age);
}

/* "bdb:DIRECTORY" or DIRECTORY; NULL: another kind of store. */
static const char *
directory_of(const char *store)
{
	if (strncmp(store, "bdb:", 4) == 0)
		return store + 4;
	return store[strcspn(store, ":/")] == ':' ? NULL : store;
}

/* The store is made when it is first used, if its user may do so. */
static bool
exists(struct inside *inside)
{
	const char *directory = directory_of(inside->settings->store);
	char parent[4096];

	if (directory == NULL || access(directory, F_OK) == 0)
		return true;
	snprintf(parent, sizeof(parent), "%s", directory);
	if (access(dirname(parent), W_OK | X_OK) == 0) {
		finding(inside->findings, FINDING_OK,
		    "%s: is not there yet; it is made with the first request",
		    directory);
		return false;
	}
	finding(inside->findings, FINDING_FAULT,
	    "%s: is not there, and user %s can't make it", directory,
	    inside->user);
	finding(inside->findings, FINDING_PASTE,
	    "install -d -m 0700 -o %s -g \"$(id -gn %s)\" %s", inside->user,
	    inside->user, directory);
	return false;
}

static void
check_store(struct inside *inside)
{
	const struct store_options options = { .background = true,
		.is_value = { record_is_triplet, record_is_client } };
	const struct bytes first = { "", 0 };
	struct holds holds = { .policy = &inside->settings->policy,
		.now = time(NULL) };
	struct store *store;

	if (!exists(inside))
		return;
	store = store_new(inside->settings->store, &options);
	if (store == NULL) {
		finding(inside->findings, FINDING_FAULT,
		    "%s: does not name a store", inside->settings->store);
		return;
	}
	if (store_open(store) != STORE_OK ||
	    store_walk(store, STORE_TRIPLETS, first, count_triplet, &holds) !=
		STORE_OK ||
	    store_walk(store, STORE_CLIENTS, first, count_client, &holds) !=
		STORE_OK)
		finding(inside->findings, FINDING_FAULT, "as user %s: %s",
		    inside->user, store_reason(store));
	else
		report_store(inside, &holds);
	store_close(store);
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
inside_check(struct findings *findings, const struct master_service *service,
    const struct settings *settings, uid_t user, gid_t group)
{
	struct findings *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct inside inside = { shared, service, settings, service->user, 0 };
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
			check_lists(&inside);
			check_store(&inside);
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

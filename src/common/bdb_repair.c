/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bdb_repair.h"
#include "dump_text.h"
#include "record.h"

static const char *const databases[] = { BDB_TRIPLETS, BDB_CLIENTS };
enum { DATABASES = sizeof(databases) / sizeof(databases[0]) };

/* Where a new file is made before it takes its place. */
#define NEW_FILE "repair.new"
#define SALVAGE_FILE "repair.salvage"

static int
copy_contents(int from, int to)
{
	char buffer[65536];
	ssize_t n;

	while ((n = read(from, buffer, sizeof(buffer))) > 0) {
		for (ssize_t done = 0, put; done < n; done += put) {
			put = write(to, buffer + done, (size_t)(n - done));
			if (put == -1)
				return errno;
		}
	}
	return n == -1 || fsync(to) == -1 ? errno : 0;
}

static int
copy_file(const struct bdb_repair *repair, const char *name)
{
	int from, to, error;

	from = openat(repair->directory_fd, name, O_RDONLY | O_CLOEXEC);
	if (from == -1)
		return errno;
	to = openat(repair->directory_fd, NEW_FILE,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	error = to == -1 ? errno : copy_contents(from, to);
	close(from);
	if (to != -1)
		close(to);
	return error;
}

static int
reset_positions(const struct bdb_repair *repair)
{
	DB_ENV *env;
	int error, closed;

	error = bdb_env_private_env(repair->env, &env);
	if (error != 0)
		return error;
	error = env->open(env, repair->env->directory,
	    DB_CREATE | DB_INIT_MPOOL | DB_PRIVATE, 0600);
	if (error == 0)
		error = env->lsn_reset(env, NEW_FILE, 0);
	closed = env->close(env, 0);
	return error != 0 ? error : closed;
}

static int
move_into_place(const struct bdb_repair *repair, const char *name)
{
	if (renameat(repair->directory_fd, NEW_FILE, repair->directory_fd,
		name) == -1)
		return errno;
	return 0;
}

static void
discard(const struct bdb_repair *repair, const char *name)
{
	(void)unlinkat(repair->directory_fd, name, 0);
}

/*
 * Of a repair whose process was killed. Berkeley DB would wait for ever for the
 * owner of its own temporary file to go on.
 */
static void
discard_leftovers(const struct bdb_repair *repair)
{
	discard(repair, NEW_FILE);
	discard(repair, "__db." NEW_FILE);
	discard(repair, SALVAGE_FILE);
}

static int
renew_positions(const struct bdb_repair *repair, const char *name)
{
	int error = copy_file(repair, name);

	if (error == ENOENT)
		return 0;
	if (error == 0)
		error = reset_positions(repair);
	if (error == 0)
		error = move_into_place(repair, name);
	if (error != 0)
		discard(repair, NEW_FILE);
	return error;
}

static void
remove_environment(const struct bdb_repair *repair)
{
	bdb_env_remove_regions(repair->directory_fd);
	bdb_env_remove_logs(repair->directory_fd);
}

int
bdb_repair_positions(const struct bdb_repair *repair)
{
	char text[512];
	int error = 0;

	discard_leftovers(repair);
	for (int i = 0; i < DATABASES && error == 0; i++)
		error = renew_positions(repair, databases[i]);
	if (error != 0)
		return error;
	remove_environment(repair);
	snprintf(text, sizeof(text),
	    "%s: the databases did not fit their logs (copied without them?): "
	    "their log positions were reset, the logs removed",
	    repair->env->directory);
	repair->report(MSG_NOTICE, text);
	return 0;
}

/*
 * Runs DB->verify() on the file; with out, salvages into it. The order of keys
 * is not looked at: there are bad pages of which that would have no end.
 */
static int
verify(const struct bdb_repair *repair, const char *name, FILE *out)
{
	char path[PATH_MAX];
	DB *db;
	int error;

	snprintf(path, sizeof(path), "%s/%s", repair->env->directory, name);
	error = bdb_env_private_db(repair->env, &db);
	if (error != 0)
		return error;
	/* verify() frees the handle, whatever it returns. */
	return db->verify(
	    db, path, NULL, out, out == NULL ? DB_NOORDERCHK : DB_SALVAGE);
}

struct salvage {
	DB *db;
	bool clients;
	unsigned long kept;
	unsigned long dropped;
};

static bool
is_record(const struct salvage *salvage, struct bytes key, struct bytes value)
{
	struct triplet_record triplet;
	struct client_record client;

	if (key.len == 0)
		return false;
	return salvage->clients ? record_read_client(value, &client) :
				  record_read_triplet(value, &triplet);
}

static int
put_salvaged(void *argument, struct bytes key, struct bytes value)
{
	struct salvage *salvage = argument;
	DBT k = { .data = (void *)(uintptr_t)key.data,
		.size = (u_int32_t)key.len };
	DBT v = { .data = (void *)(uintptr_t)value.data,
		.size = (u_int32_t)value.len };

	if (!is_record(salvage, key, value)) {
		salvage->dropped++;
		return 0;
	}
	salvage->kept++;
	return salvage->db->put(salvage->db, NULL, &k, &v, 0);
}

/* Makes NEW_FILE of the records in `in`; NULL: an empty database. */
static int
build_new(const struct bdb_repair *repair, FILE *in, struct salvage *salvage)
{
	char path[PATH_MAX];
	int error, closed;

	snprintf(path, sizeof(path), "%s/" NEW_FILE, repair->env->directory);
	discard(repair, NEW_FILE);
	error = bdb_env_private_db(repair->env, &salvage->db);
	if (error != 0)
		return error;
	error = salvage->db->open(
	    salvage->db, NULL, path, NULL, DB_BTREE, DB_CREATE, 0600);
	if (error == 0 && in != NULL)
		error = dump_text_read(in, put_salvaged, salvage);
	closed = salvage->db->close(salvage->db, 0);
	return error != 0 ? error : closed;
}

static FILE *
open_salvage_file(const struct bdb_repair *repair)
{
	int fd = openat(repair->directory_fd, SALVAGE_FILE,
	    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "w+");

	if (file == NULL && fd != -1)
		close(fd);
	discard(repair, SALVAGE_FILE);
	return file;
}

static int
salvage_into_new(
    const struct bdb_repair *repair, const char *name, struct salvage *salvage)
{
	FILE *file = open_salvage_file(repair);
	int error;

	if (file == NULL)
		return errno;
	/* Its result only says again that the file is bad. */
	(void)verify(repair, name, file);
	if (fflush(file) == EOF) {
		error = errno;
		fclose(file);
		return error;
	}
	rewind(file);
	error = build_new(repair, file, salvage);
	fclose(file);
	return error;
}

static void
report_moved(const struct bdb_repair *repair, const char *name,
    const char *kept_as, const struct salvage *salvage)
{
	char text[PATH_MAX + 256];

	snprintf(text, sizeof(text),
	    "%s/%s was corrupt: kept as %s, %lu records salvaged%s",
	    repair->env->directory, name, kept_as, salvage->kept,
	    salvage->dropped == 0 ? "" : ", unreadable ones left out");
	repair->report(MSG_ERROR, text);
}

/*
 * The old file is kept under a second name before the new one takes its place,
 * so that there is one at any moment. A directory can't have two names.
 */
static int
keep_old(const struct bdb_repair *repair, const char *name, char *kept_as,
    size_t size)
{
	int fd = repair->directory_fd;

	for (int i = 0; i < 1000; i++) {
		snprintf(kept_as, size, "%s.corrupt-%lld", name,
		    (long long)time(NULL) + i);
		if (linkat(fd, name, fd, kept_as, 0) == 0 || errno == ENOENT)
			return 0;
		if (errno == EPERM &&
		    renameat2(fd, name, fd, kept_as, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EEXIST)
			return errno;
	}
	return EEXIST;
}

static int
replace(
    const struct bdb_repair *repair, const char *name, enum bdb_damage damage)
{
	struct salvage result = { .clients = strcmp(name, BDB_CLIENTS) == 0 };
	char kept_as[64];
	int error;

	error = damage == BDB_SUSPECT ?
	    salvage_into_new(repair, name, &result) :
	    build_new(repair, NULL, &result);
	if (error == 0)
		error = keep_old(repair, name, kept_as, sizeof(kept_as));
	if (error == 0)
		error = move_into_place(repair, name);
	if (error == 0)
		report_moved(repair, name, kept_as, &result);
	else
		discard(repair, NEW_FILE);
	return error;
}

/* A database may be sound, but not the kind that we need. */
static int
try_open(const struct bdb_repair *repair, const char *name)
{
	char path[PATH_MAX];
	DB *db;
	int error, closed;

	snprintf(path, sizeof(path), "%s/%s", repair->env->directory, name);
	error = bdb_env_private_db(repair->env, &db);
	if (error != 0)
		return error;
	error = db->open(db, NULL, path, NULL, DB_BTREE, DB_RDONLY, 0);
	closed = db->close(db, 0);
	return error != 0 ? error : closed;
}

/* 0: sound or not there. DB_VERIFY_BAD, or what kept it from being read. */
static int
examine(const struct bdb_repair *repair, const char *name)
{
	struct stat status;
	int error;

	if (fstatat(repair->directory_fd, name, &status, 0) == -1)
		return errno == ENOENT ? 0 : errno;
	error = verify(repair, name, NULL);
	if (error == 0)
		error = try_open(repair, name);
	if (error == 0 || bdb_env_is_resource(error))
		return error;
	return DB_VERIFY_BAD;
}

int
bdb_repair_contents(const struct bdb_repair *repair, enum bdb_damage damage)
{
	int state[DATABASES];
	bool replaced = false;
	int error = 0;

	discard_leftovers(repair);

	for (int i = 0; i < DATABASES; i++) {
		state[i] = damage == BDB_LOST ? DB_VERIFY_BAD :
						examine(repair, databases[i]);
		if (state[i] != 0 && state[i] != DB_VERIFY_BAD)
			return state[i];
		replaced = replaced || state[i] != 0;
	}
	for (int i = 0; replaced && i < DATABASES && error == 0; i++)
		error = state[i] == 0 ? renew_positions(repair, databases[i]) :
					replace(repair, databases[i], damage);
	if (error == 0 && replaced)
		remove_environment(repair);
	return error;
}

/* Several times what a salvage takes that comes to an end. */
int
bdb_repair_seconds(const struct bdb_repair *repair)
{
	struct stat status;
	off_t size = 0;

	for (int i = 0; i < DATABASES; i++) {
		if (fstatat(repair->directory_fd, databases[i], &status, 0) ==
		    0)
			size += status.st_size;
	}
	return 4 + (int)(size / (5 * 1024 * 1024));
}

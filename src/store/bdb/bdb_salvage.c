/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bdb_error.h"
#include "bdb_salvage.h"
#include "greylist/record.h"
#include "store/dump_text.h"

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
	error = bdb_env_private_db(&db);
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
put_salvaged(struct salvage *salvage, struct bytes key, struct bytes value)
{
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

/* Lines that are no good are passed over, with their record. */
static int
put_all(struct salvage *salvage, FILE *in)
{
	static struct dump_text dump;
	enum dump_text_result result;
	struct bytes key, value;
	int error = 0;

	dump_text_init(&dump, in);
	do {
		result = dump_text_next(&dump, &key, &value);
		if (result == DUMP_TEXT_RECORD)
			error = put_salvaged(salvage, key, value);
		if (result == DUMP_TEXT_ERROR)
			error = EIO;
	} while (error == 0 &&
	    (result == DUMP_TEXT_RECORD || result == DUMP_TEXT_BAD));
	return error;
}

/* Makes BDB_SALVAGE_NEW of the records in `in`; NULL: an empty database. */
static int
build_new(const struct bdb_repair *repair, FILE *in, struct salvage *salvage)
{
	char path[PATH_MAX];
	int error, closed;

	snprintf(
	    path, sizeof(path), "%s/" BDB_SALVAGE_NEW, repair->env->directory);
	(void)unlinkat(repair->directory_fd, BDB_SALVAGE_NEW, 0);
	error = bdb_env_private_db(&salvage->db);
	if (error != 0)
		return error;
	error = salvage->db->open(
	    salvage->db, NULL, path, NULL, DB_BTREE, DB_CREATE, 0600);
	if (error == 0 && in != NULL)
		error = put_all(salvage, in);
	closed = salvage->db->close(salvage->db, 0);
	return error != 0 ? error : closed;
}

static FILE *
open_salvage_file(const struct bdb_repair *repair)
{
	int fd = openat(repair->directory_fd, BDB_SALVAGE_TEXT,
	    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "w+");

	if (file == NULL && fd != -1)
		close(fd);
	(void)unlinkat(repair->directory_fd, BDB_SALVAGE_TEXT, 0);
	return file;
}

int
bdb_salvage(const struct bdb_repair *repair, const char *name,
    struct bdb_salvaged *result)
{
	struct salvage salvage = { .clients = strcmp(name, BDB_CLIENTS) == 0 };
	FILE *file = open_salvage_file(repair);
	int error;

	if (file == NULL)
		return errno;
	/* Its result only says again that the file is bad. What it wrote counts
	   only as a whole: a full disk must not cost records. */
	(void)verify(repair, name, file);
	if (fflush(file) == EOF || ferror(file)) {
		fclose(file);
		return ENOSPC;
	}
	rewind(file);
	error = build_new(repair, file, &salvage);
	fclose(file);
	result->kept = salvage.kept;
	result->dropped = salvage.dropped;
	return error;
}

int
bdb_salvage_nothing(const struct bdb_repair *repair)
{
	struct salvage salvage = { 0 };

	return build_new(repair, NULL, &salvage);
}

/* A database may be sound, but not the kind that we need. */
static int
try_open(const struct bdb_repair *repair, const char *name)
{
	char path[PATH_MAX];
	DB *db;
	int error, closed;

	snprintf(path, sizeof(path), "%s/%s", repair->env->directory, name);
	error = bdb_env_private_db(&db);
	if (error != 0)
		return error;
	error = db->open(db, NULL, path, NULL, DB_BTREE, DB_RDONLY, 0);
	closed = db->close(db, 0);
	return error != 0 ? error : closed;
}

/* 0: sound or not there. DB_VERIFY_BAD, or what kept it from being read. */
int
bdb_salvage_examine(const struct bdb_repair *repair, const char *name)
{
	struct stat status;
	int error;

	if (fstatat(repair->directory_fd, name, &status, 0) == -1)
		return errno == ENOENT ? 0 : errno;
	error = verify(repair, name, NULL);
	if (error == 0)
		error = try_open(repair, name);
	if (error == 0 || bdb_error_is_resource(error))
		return error;
	return DB_VERIFY_BAD;
}

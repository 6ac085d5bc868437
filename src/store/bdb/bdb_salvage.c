/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "bdb_calls.h"
#include "bdb_env.h"
#include "bdb_error.h"
#include "bdb_salvage.h"
#include "store/dump_text.h"

/* A handle of its own for a file of the directory, and the path to open. */
static int
private_db(const struct bdb_directory *directory, const char *name, DB **db,
    char path[static PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", directory->path, name);
	return bdb_error_new_db(db);
}

/*
 * Runs DB->verify() on the file; with out, salvages into it. The order of keys
 * is not looked at: there are bad pages of which that would have no end.
 */
static int
verify(const struct bdb_directory *directory, const char *name, FILE *out)
{
	char path[PATH_MAX];
	DB *db;
	int error = private_db(directory, name, &db, path);

	if (error != 0)
		return error;
	/* verify() frees the handle, whatever it returns. */
	return db->verify(
	    db, path, NULL, out, out == NULL ? DB_NOORDERCHK : DB_SALVAGE);
}

struct salvage {
	DB *db;
	bool (*is_value)(struct bytes);
	struct bdb_salvaged result;
};

static int
put_salvaged(struct salvage *salvage, struct bytes key, struct bytes value)
{
	DBT k = bdb_dbt(key), v = bdb_dbt(value);

	if (key.len == 0 ||
	    (salvage->is_value != NULL && !salvage->is_value(value))) {
		salvage->result.dropped++;
		return 0;
	}
	salvage->result.kept++;
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
			error = bdb_calls_note(EIO, BDB_SALVAGE_TEXT);
	} while (error == 0 &&
	    (result == DUMP_TEXT_RECORD || result == DUMP_TEXT_BAD));
	return error;
}

/* Makes BDB_SALVAGE_NEW of the records in `in`; NULL: an empty database. */
static int
build_new(
    const struct bdb_directory *directory, FILE *in, struct salvage *salvage)
{
	char path[PATH_MAX];
	int error, closed;

	(void)unlinkat(directory->fd, BDB_SALVAGE_NEW, 0);
	error = private_db(directory, BDB_SALVAGE_NEW, &salvage->db, path);
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
open_salvage_file(const struct bdb_directory *directory)
{
	int fd = openat(directory->fd, BDB_SALVAGE_TEXT,
	    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd == -1 ? NULL : fdopen(fd, "w+");

	if (file == NULL && fd != -1)
		close(fd);
	(void)unlinkat(directory->fd, BDB_SALVAGE_TEXT, 0);
	return file;
}

int
bdb_salvage(const struct bdb_directory *directory, enum store_table table,
    bool (*is_value)(struct bytes), struct bdb_salvaged *result)
{
	struct salvage salvage = { .is_value = is_value };
	FILE *file = open_salvage_file(directory);
	int error;

	if (file == NULL)
		return bdb_calls_note(errno, BDB_SALVAGE_TEXT);
	/* Its result only says again that the file is bad. What it wrote counts
	   only as a whole: a full disk must not cost records. */
	(void)verify(directory, bdb_files[table], file);
	error = bdb_error_settle(0);
	if (error == 0 && (fflush(file) == EOF || ferror(file)))
		error = bdb_calls_note(ENOSPC, NULL);
	if (error != 0) {
		fclose(file);
		return error;
	}
	rewind(file);
	error = build_new(directory, file, &salvage);
	fclose(file);
	*result = salvage.result;
	return error;
}

int
bdb_salvage_nothing(const struct bdb_directory *directory)
{
	struct salvage salvage = { 0 };

	return build_new(directory, NULL, &salvage);
}

/* A database may be sound, but not the kind that we need. */
static int
try_open(const struct bdb_directory *directory, const char *name)
{
	char path[PATH_MAX];
	DB *db;
	int closed, error = private_db(directory, name, &db, path);

	if (error != 0)
		return error;
	error = db->open(db, NULL, path, NULL, DB_BTREE, DB_RDONLY, 0);
	closed = db->close(db, 0);
	return error != 0 ? error : closed;
}

int
bdb_salvage_examine(
    const struct bdb_directory *directory, enum store_table table)
{
	struct stat status;
	int error;

	if (fstatat(directory->fd, bdb_files[table], &status, 0) == -1)
		return errno == ENOENT ?
		    0 :
		    bdb_calls_note(errno, bdb_files[table]);
	error = verify(directory, bdb_files[table], NULL);
	if (error == 0)
		error = try_open(directory, bdb_files[table]);
	if (error == 0 || bdb_error_is_resource(error))
		return bdb_error_settle(error);
	return DB_VERIFY_BAD;
}

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
#include "bdb_extent.h"
#include "bdb_salvage.h"
#include "store/dump_text.h"

/* Berkeley DB's largest page. */
enum { PAGE_MAX = 64 * 1024, CACHE_BYTES = 32 * 1024 * 1024 };

/* A handle of its own for a file of the directory, and the path to open. */
static int
private_db(const struct bdb_directory *directory, const char *name, DB **db,
    char path[static PATH_MAX])
{
	int error = bdb_error_new_db(db);

	snprintf(path, PATH_MAX, "%s/%s", directory->path, name);
	return error != 0 ? error :
			    (*db)->set_cachesize(*db, 0, CACHE_BYTES, 1);
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
	bool is_newer;	/* than what was put before */
	bool is_filled; /* with zeros, which are in no key, where it was cut */
	struct bdb_salvaged result;
};

/* What DB->verify() writes for one of a pair that it did not find. */
static bool
is_stopgap(struct bytes key)
{
	static const char unknown[] = "UNKNOWN_KEY";
	const size_t len = sizeof(unknown) - 1;

	return key.len >= len && memcmp(key.data, unknown, len) == 0;
}

static bool
is_record(const struct salvage *salvage, struct bytes key, struct bytes value)
{
	return key.len > 0 && !is_stopgap(key) &&
	    !(salvage->is_filled && memchr(key.data, 0, key.len) != NULL) &&
	    (salvage->is_value == NULL || salvage->is_value(value));
}

static int
put(struct salvage *salvage, struct bytes key, struct bytes value, bool over)
{
	DBT k = bdb_dbt(key), v = bdb_dbt(value);
	int error = salvage->db->put(salvage->db, NULL, &k, &v, DB_NOOVERWRITE);

	if (error == 0)
		salvage->result.kept++;
	if (error != DB_KEYEXIST)
		return error;
	return over ? salvage->db->put(salvage->db, NULL, &k, &v, 0) : 0;
}

static int
put_salvaged(void *argument, struct bytes key, struct bytes value)
{
	struct salvage *salvage = argument;

	if (is_record(salvage, key, value))
		return put(salvage, key, value, salvage->is_newer);
	salvage->result.dropped++;
	return 0;
}

/* What is in the file may be newer than what the log can still tell. */
static int
put_logged(void *argument, struct bytes key, struct bytes value, bool in_file)
{
	struct salvage *salvage = argument;

	return is_record(salvage, key, value) ?
	    put(salvage, key, value, !in_file) :
	    0;
}

static int
remove_logged(void *argument, struct bytes key)
{
	struct salvage *salvage = argument;
	DBT k = bdb_dbt(key);
	int error = salvage->db->del(salvage->db, NULL, &k, 0);

	if (error == 0)
		salvage->result.kept--;
	return error == DB_NOTFOUND ? 0 : error;
}

/* A value that is not as it was before the change is a newer one. */
static int
patch_logged(
    void *argument, struct bytes key, const struct bdb_log_patch *patch)
{
	struct salvage *salvage = argument;
	size_t prefix = patch->prefix, suffix = patch->suffix;
	char before[STORE_VALUE_MAX], after[STORE_VALUE_MAX];
	size_t len = prefix + patch->after.len + suffix;
	struct bytes value;
	int error = bdb_record_get(salvage->db, NULL, key, before, &value);

	if (error != 0 || value.data == NULL || prefix > sizeof(after) ||
	    suffix > sizeof(after) || patch->after.len > sizeof(after) ||
	    len > sizeof(after) ||
	    value.len != prefix + patch->before.len + suffix ||
	    memcmp(before + prefix, patch->before.data, patch->before.len) != 0)
		return error;
	memcpy(after, before, prefix);
	memcpy(after + prefix, patch->after.data, patch->after.len);
	memcpy(after + prefix + patch->after.len, before + value.len - suffix,
	    suffix);
	return put_logged(salvage, key, (struct bytes){ after, len }, false);
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

/* Puts what is good in a file of the directory. */
static int
put_from(const struct bdb_directory *directory, const char *name,
    struct salvage *salvage)
{
	FILE *file = open_salvage_file(directory);
	int error;

	if (file == NULL)
		return bdb_calls_note(errno, BDB_SALVAGE_TEXT);
	/* Its result only says again that the file is bad. What it wrote counts
	   only as a whole: a full disk must not cost records. */
	(void)verify(directory, name, file);
	error = bdb_error_settle(0);
	if (error == 0 && (fflush(file) == EOF || ferror(file)))
		error = bdb_calls_note(ENOSPC, NULL);
	rewind(file);
	if (error == 0)
		error = put_all(salvage, file);
	fclose(file);
	return error;
}

/* So that the end of a file that was cut inside a page is read, too. */
static int
fill_last_page(const struct bdb_directory *directory, const char *name)
{
	int error,
	    fd = openat(directory->fd, name, O_RDWR | STORE_DIRECTORY_SAFELY);
	struct stat status;

	if (fd == -1)
		return bdb_calls_note(errno, name);
	error = fstat(fd, &status) == -1 ||
		ftruncate(fd, (status.st_size / PAGE_MAX + 1) * PAGE_MAX) ==
		    -1 ?
	    bdb_calls_note(errno, name) :
	    0;
	close(fd);
	return error;
}

static int
put_from_copy(const struct bdb_directory *directory, enum store_table table,
    struct salvage *salvage)
{
	int error = bdb_extent_copy(
	    directory->fd, bdb_extent_copies[table], BDB_SALVAGE_COPY);

	if (error == ENOENT)
		return 0;
	if (error == 0)
		error = fill_last_page(directory, BDB_SALVAGE_COPY);
	salvage->is_filled = true;
	if (error == 0)
		error = put_from(directory, BDB_SALVAGE_COPY, salvage);
	(void)unlinkat(directory->fd, BDB_SALVAGE_COPY, 0);
	return error;
}

/* How many of the records are in it now. */
static unsigned long
put_from_log(const struct bdb_directory *directory, enum store_table table,
    struct salvage *salvage, int *error)
{
	const struct bdb_log_sink sink = { put_logged, patch_logged,
		remove_logged, salvage };
	unsigned long before = salvage->result.kept;

	*error = bdb_log_records(
	    directory->fd, table, &sink, &salvage->result.unread);
	if (*error > 0)
		bdb_calls_note(*error, NULL);
	return salvage->result.kept > before ? salvage->result.kept - before :
					       0;
}

/* In the order of their age, as far as it is known. */
static int
put_from_everywhere(const struct bdb_directory *directory,
    enum store_table table, struct salvage *salvage)
{
	int error = put_from_copy(directory, table, salvage);

	salvage->is_newer = true;
	if (error == 0)
		error = put_from(directory, bdb_files[table], salvage);
	salvage->is_filled = false;
	if (error == 0)
		salvage->result.from_log = put_from_log(
		    directory, table, salvage, &error);
	return error;
}

static int
make_new(const struct bdb_directory *directory, DB **db)
{
	char path[PATH_MAX];
	int error;

	(void)unlinkat(directory->fd, BDB_SALVAGE_NEW, 0);
	error = private_db(directory, BDB_SALVAGE_NEW, db, path);
	return error != 0 ?
	    error :
	    (*db)->open(*db, NULL, path, NULL, DB_BTREE, DB_CREATE, 0600);
}

int
bdb_salvage(const struct bdb_directory *directory, enum store_table table,
    bool (*is_value)(struct bytes), struct bdb_salvaged *result)
{
	struct salvage salvage = { .is_value = is_value };
	int closed, error = make_new(directory, &salvage.db);

	if (salvage.db == NULL)
		return error;
	if (error == 0)
		error = put_from_everywhere(directory, table, &salvage);
	closed = salvage.db->close(salvage.db, 0);
	*result = salvage.result;
	return error != 0 ? error : closed;
}

int
bdb_salvage_nothing(const struct bdb_directory *directory)
{
	DB *db = NULL;
	int closed, error = make_new(directory, &db);

	if (db == NULL)
		return error;
	closed = db->close(db, 0);
	return error != 0 ? error : closed;
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

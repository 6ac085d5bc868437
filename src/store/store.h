/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store: two tables of bytes to bytes, shared by many processes, any of
 * which may be killed at any instruction. It knows bytes, not what they mean.
 * What it does by itself (recoveries, files moved) it says by msg().
 *
 * A map of this wing. What a program asks goes down, records come back up:
 *   store_dispatch.c  calls the engine
 *   store_find.c      finds which one WHERE names
 *   store_checks.c    checks, also those that need not wait for each other
 *   store_engine.h    what an engine has to offer
 *   shared/           what engines on this host share
 *   bdb/              bdb:DIR: Berkeley DB, in postgrey's files
 *   lmdb/             lmdb:DIR: LMDB
 *   redis/            redis://HOST and its like: a server, or several
 *   store_for_tests.c mem: the memory of this process; fail: each check fails
 *   dump_text.c       records as text, in db_dump's form: read by grey-load,
 *                     and by bdb/ when it salvages a damaged file
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "common/bytes.h"

/* There is no third: a missing record is an absent value, never an error. */
enum store_result {
	STORE_OK,
	STORE_ERROR /* nothing was stored; store_reason() says why */
};

enum store_table { STORE_TRIPLETS, STORE_CLIENTS };
enum { STORE_TABLES = STORE_CLIENTS + 1 };

/* What store_checkpoint_step() leaves to be done: WAITS: more, when the disk
   has done its part, so in some milliseconds. */
enum store_step { STORE_STEP_NONE, STORE_STEP_MORE, STORE_STEP_WAITS };

/* The longest stored value that can be read; a longer one counts as unreadable
   and is shown to callbacks as an empty value. */
#define STORE_VALUE_MAX 128

/* A value that a callback wants stored; len 0: nothing is to be stored. */
struct store_value {
	char data[STORE_VALUE_MAX];
	size_t len;
	/* For a store that forgets by itself: seconds from now that the record
	   is worth keeping; 0: always. */
	int64_t lives;
	/* What is answered later is the same without it: a store to which a
	   write is dear may leave it out. */
	bool spare;
};

/*
 * The check: one atomic unit of work. It reads the client's record, and unless
 * that decides, the triplet's; what the callbacks return is stored, both or
 * neither. The callbacks run inside the unit: quick, no input or output. They
 * may be called a second time for one check, after the store had to recover.
 */
struct store_check {
	struct bytes
	    client; /* key; data NULL: don't read, start with the triplet */
	struct bytes triplet; /* key */
	/*
	 * The triplet's value if there is none yet. An engine may store it
	 * before it calls on_triplet with a NULL value, which spares it a look.
	 */
	struct bytes fresh;
	int64_t fresh_lives; /* as store_value.lives */
	void *argument;
	/* value: NULL if absent. True: decided, the triplet is not looked at.
	 */
	bool (*on_client)(void *argument, const struct bytes *value,
	    struct store_value *next_client);
	void (*on_triplet)(void *argument, const struct bytes *value,
	    struct store_value *next_triplet, struct store_value *next_client);
};

/*
 * Is shown a record; false: enough. key and value, of any length, are valid
 * until it returns.
 */
typedef bool store_visit(void *argument, struct bytes key, struct bytes value);

/*
 * Is shown the value of keys[index], of any length; NULL if absent. Runs inside
 * a unit of work: quick, no input or output; and may be shown the same again,
 * after the store had to recover.
 */
typedef void store_show(
    void *argument, size_t index, const struct bytes *value);

/* The same, and decides what becomes of the record. */
enum store_action { STORE_LEAVE, STORE_PUT, STORE_DELETE };
typedef enum store_action store_decide(void *argument, size_t index,
    const struct bytes *value, struct store_value *next);

/*
 * How the services use this store, for those that come later: a text of theirs
 * for each way of using it, of which so many are kept.
 */
#define STORE_USE_MAX 440
#define STORE_USES_MAX 8
struct store_use {
	int64_t served; /* when it last served, epoch seconds; 0: unknown */
	size_t len;
	char text[STORE_USE_MAX];
};

struct store_options {
	bool sync; /* an answer is on the disk before it is given */
	/* Bytes of memory at most that the processes of a store share, for an
	   engine that wants such; 0: what is worth it, a share of the
	   machine's. */
	int64_t cache;
	/*
	 * For a store on another host: milliseconds that a check may take, 0:
	 * the engine's own; and the directory for what the processes of this
	 * host share about it, NULL: none. Kept by reference.
	 */
	int64_t deadline;
	const char *state_dir;
	/*
	 * Nothing is stored: store_check() only shows what is there. A store
	 * that does not exist is an empty one, and is not made.
	 */
	bool read_only;
	bool measured; /* for store_longest_hold() */
	/* Then no step of a checkpoint waits for the disk where that can be
	   done aside, by a process of its own. */
	bool serves_many;
	/*
	 * Many units of work, none of which is in a hurry: while others are at
	 * work too, there is a pause before each. SIGINT, SIGTERM and SIGHUP
	 * wait until a unit is done.
	 */
	bool background;
	/*
	 * For each table: are these bytes a value of it? Asked when a damaged
	 * file is salvaged, which also yields what never was a record. NULL:
	 * all are.
	 */
	bool (*is_value[STORE_TABLES])(struct bytes);
	/*
	 * How this process uses the store, at most STORE_USE_MAX bytes, which
	 * are copied; see store_use_as(). len 0: it does not serve.
	 */
	struct bytes use;
};

struct store;

/*
 * WHERE: a scheme and what its engine wants to know, or a directory, which is
 * the first engine's that keeps one. NULL: it does not name a store, msg() has
 * said so. Opens nothing yet. WHERE is kept by reference.
 */
struct store *store_new(const char *where, const struct store_options *);

/*
 * As root: become the owner of the store's directory, for files made by root
 * are files that others can't open. Does nothing for others, and where there is
 * no directory (yet).
 */
enum store_result store_become_owner(struct store *);

/* Opens it unless it is open; all that needs it open does so too. */
enum store_result store_open(struct store *);
enum store_result store_check(struct store *, const struct store_check *);

/*
 * A check that does not wait for others. It is the caller's, and stays where it
 * is from store_begin() until done() is called, which is never before
 * store_turn(); there it may be begun anew. Many may be stored in one unit of
 * work, but each is as atomic as by itself.
 */
struct store_pending {
	struct store_check check;
	bool foresee; /* as store_foresee(): nothing is stored */
	/* On STORE_ERROR store_reason() says why, until done() returns. */
	void (*done)(struct store_pending *, enum store_result);
	struct store_pending *next; /* the store's own, as is what follows */
	void *state;
};

void store_begin(struct store *, struct store_pending *);

/*
 * Goes on with what was begun, as far as it can without waiting; calls done()
 * for what is done. A bounded piece: where there is more, store_patience() is
 * 0.
 */
void store_turn(struct store *);

/*
 * When store_turn() is to be called again: when this descriptor can be read
 * (-1: there is none; it may be another one after each call), or after so many
 * milliseconds (-1: not for any time that passes).
 */
int store_descriptor(struct store *);
int store_patience(struct store *);

/* True: after a failure the store itself leaves alone for a while what failed,
   and only that. */
bool store_backs_off(const struct store *);

/*
 * As store_check(), with nothing stored, and not in one unit: the callbacks are
 * shown what is there, and what they return is dropped.
 */
enum store_result store_foresee(struct store *, const struct store_check *);

/*
 * From its next unit of work on this process uses the store so: that stands
 * there, with the time of the last unit. Where the store is only read nothing
 * does. The text is copied.
 */
void store_use_as(struct store *, struct bytes text);

/*
 * How the store has been used, the last first. 0: nothing is known, or this
 * kind of store keeps none. Needs no store that is open, and makes nothing; not
 * to be called from within a unit of work.
 */
size_t store_uses(struct store *, struct store_use uses[static STORE_USES_MAX]);

/*
 * Once after it happened: what our use was found to be among the others.
 * In turn: processes with it and with another are begun side by side, or both
 * have served for ten minutes; that some of an old use live on while new ones
 * begin is no news. Looked for when a process begins with its use, and once a
 * minute after that.
 */
enum store_use_news {
	STORE_USE_AS_BEFORE,
	STORE_USE_NEW, /* not there, or not within an hour; another was last */
	STORE_USE_IN_TURN /* within an hour, and others since then */
};
enum store_use_news store_use_news(struct store *);

/*
 * For what every process finds and one is to say: true if none that uses this
 * store has said yet what the mark (common/mark.h) stands for. Where that can't
 * be known it is true: a store that can't be used, or is only read.
 */
bool store_say_once(struct store *, uint64_t mark);

/*
 * Shows all records of a table, in the order of their keys as bytes, from the
 * first whose key is not less than `from`. The lock is taken for half a
 * millisecond at a time, and not held while a record is shown, so what is
 * written meanwhile may be seen or not. Memory: a megabyte, or the largest
 * record.
 */
enum store_result store_walk(struct store *, enum store_table,
    struct bytes from, store_visit *, void *argument);

/*
 * Shows the values of many keys, each once unless the store had to recover. The
 * lock is held as short as for a walk. Keys that lie close together in the
 * order of bytes are read fastest.
 */
enum store_result store_get(struct store *, enum store_table,
    const struct bytes *keys, size_t count, store_show *, void *argument);

/*
 * Changes some records in one atomic unit of work. A store that is only read
 * stays as it is, whatever is decided.
 */
enum store_result store_update(struct store *, enum store_table,
    const struct bytes *keys, size_t count, store_decide *, void *argument);

/*
 * The header that db_dump(1) would print of the table, with -p if print, up to
 * the line HEADER=END.
 */
#define STORE_HEADER_MAX 1024
enum store_result store_header(struct store *, enum store_table, bool print,
    char out[static STORE_HEADER_MAX]);

/*
 * For those that must not run twice on a store: *claimed is false if another
 * process has claimed this name; given back at the end of the process, however
 * it ends.
 */
enum store_result store_claim(struct store *, const char *name, bool *claimed);

/*
 * A checkpoint: brings all to the disk and frees the log, in steps that keep
 * nobody waiting long.
 */
enum store_result store_checkpoint(struct store *);

/*
 * One such step, if a checkpoint is due: for when there is no request to
 * answer. It takes a few milliseconds, or as long as the disk takes, without
 * the lock; for who serves many the disk is waited for aside, hence WAITS.
 */
enum store_step store_checkpoint_step(struct store *);

/*
 * Joins pages that have become empty, a few at a time, so that the table does
 * not grow before it needs to. again() is asked between; false ends it.
 */
enum store_result store_compact(struct store *, enum store_table,
    bool (*again)(void *argument), void *argument);
/* Gives free pages back to the file system, and holds the store meanwhile. */
enum store_result store_shrink(struct store *, enum store_table);

/* Removes what repairs have set aside and nobody has wanted for a week. */
enum store_result store_tidy(struct store *, time_t now);

/* Roughly which share of the records, 0 to 1, comes before key; -1: unknown. */
double store_position(struct store *, enum store_table, struct bytes key);

/* The directory that it is in; NULL: it is not in one. */
const char *store_directory(const struct store *);

/* True: records go by themselves when they have lived for as long as was said
   when they were stored; nobody needs to delete them. */
bool store_forgets(const struct store *);

/* Bytes of the table's file; 0: it has no file; -1: unknown. */
int64_t store_size(struct store *, enum store_table);

/* The longest that this process has held the store, in nanoseconds. */
int64_t store_longest_hold(const struct store *);

void store_close(struct store *);

/* Why the last call failed; valid until the next one. */
const char *store_reason(const struct store *);

#endif

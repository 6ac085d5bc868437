/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an engine offers behind store.h. It names the operations that it has
 * (.walk = ...); to call another one is a STORE_ERROR that says so.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "store.h"

enum { STORE_SCHEMES_MAX = 8 };

/* So many checks at most are given to an engine at once. */
enum { STORE_BATCH = 64 };

struct store_engine {
	const char *schemes[STORE_SCHEMES_MAX]; /* the first names it */
	const char *form;  /* of WHERE, as the usage shows it */
	bool is_directory; /* the place is one */
	bool forgets;	   /* see store_forgets() */
	/*
	 * False: *reason says why, which may be store->reason. place: what
	 * follows the scheme's colon.
	 */
	bool (*init)(struct store *, const char *scheme, const char *place,
	    const char **reason);
	/*
	 * Some checks in one unit of work, in this order, each of which sees
	 * what those before it have stored: all of them or, on STORE_ERROR,
	 * none, though callbacks may have been called. Not where there is
	 * begin.
	 */
	enum store_result (*check)(struct store *,
	    const struct store_check *const *checks, size_t count);
	/*
	 * For engines that wait for others: see store_begin() and so on. begin
	 * may be called from within done().
	 */
	void (*begin)(struct store *, struct store_pending *);
	void (*turn)(struct store *);
	int (*descriptor)(struct store *);
	int (*patience)(struct store *);
	enum store_result (*walk)(struct store *, enum store_table,
	    struct bytes from, store_visit *, void *argument);
	enum store_result (*get)(struct store *, enum store_table,
	    const struct bytes *keys, size_t count, store_show *,
	    void *argument);
	enum store_result (*update)(struct store *, enum store_table,
	    const struct bytes *keys, size_t count, store_decide *,
	    void *argument);
	enum store_result (*header)(
	    struct store *, enum store_table, bool print, char *out);
	enum store_result (*claim)(
	    struct store *, const char *name, bool *claimed);
	enum store_result (*checkpoint)(struct store *);
	enum store_result (*compact)(struct store *, enum store_table,
	    bool (*again)(void *argument), void *argument);
	enum store_result (*shrink)(struct store *, enum store_table);

	/* Without these there is nothing to open, no owner, no use known,
	   nobody else who says anything, nothing due, no known position, no
	   file, nothing to tidy and nothing to close. */
	enum store_result (*open)(struct store *);
	enum store_result (*become_owner)(struct store *);
	void (*use_as)(struct store *, struct bytes text);
	size_t (*uses)(struct store *, struct store_use *uses);
	enum store_use_news (*use_news)(struct store *);
	bool (*say_once)(struct store *, uint64_t mark);
	enum store_step (*checkpoint_step)(struct store *);
	double (*position)(struct store *, enum store_table, struct bytes key);
	int64_t (*size)(struct store *, enum store_table);
	enum store_result (*tidy)(struct store *, time_t now);
	void (*close)(struct store *);
};

#define STORE_REASON_MAX 1024

struct store {
	const struct store_engine *engine;
	struct store_options options;
	const char *place;		    /* as init has it */
	struct store_pending *first, *last; /* begun, for check */
	void *state;			    /* the engine's own */
	int64_t longest_hold;
	char reason[STORE_REASON_MAX];
};

extern const struct store_engine store_mem, store_fail;

/*
 * The engine that WHERE names, and its two parts. NULL: *reason says why, and
 * is valid until the next call.
 */
const struct store_engine *store_find(const char *where, const char **scheme,
    const char **place, const char **reason);

/* Sets the reason and returns STORE_ERROR. */
enum store_result store_failed(struct store *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "common/defaults.h"
#include "store_engine.h"

/* Those that were chosen when this was built, the first one first. */
#define DECLARE(name) extern const struct store_engine store_##name;
#define ENTRY(name) &store_##name,

GREY_STORES(DECLARE)

static const struct store_engine *const engines[] = {
	GREY_STORES(ENTRY) & store_mem, &store_fail
};

enum { ENGINES = sizeof(engines) / sizeof(engines[0]) };

/* By which file a directory is known to be whose, built or not. */
static const struct {
	const char *scheme;
	const char *file;
} kinds[] = {
	{ "bdb", "postgrey.db" },
	{ "lmdb", "greylist.mdb" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static char problem[PATH_MAX + 512];

static const char *
find_scheme(const struct store_engine *engine, struct bytes scheme)
{
	for (size_t i = 0; i < STORE_SCHEMES_MAX && engine->schemes[i] != NULL;
	     i++) {
		if (bytes_equal(bytes_of(engine->schemes[i]), scheme))
			return engine->schemes[i];
	}
	return NULL;
}

static const struct store_engine *
find_engine(struct bytes scheme, const char **name)
{
	for (size_t i = 0; i < ENGINES; i++) {
		*name = find_scheme(engines[i], scheme);
		if (*name != NULL)
			return engines[i];
	}
	return NULL;
}

/* Says which kinds of store this build knows. */
static const char *
unknown(void)
{
	size_t len = (size_t)snprintf(problem, sizeof(problem),
	    "no such kind of store in this build; give ");
	const char *before = "";

	for (size_t i = 0; i < ENGINES; i++) {
		if (engines[i]->form == NULL || len >= sizeof(problem))
			continue;
		len += (size_t)snprintf(problem + len, sizeof(problem) - len,
		    "%s%s", before, engines[i]->form);
		before = ", or ";
	}
	return problem;
}

static bool
holds(const char *directory, const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	return access(path, F_OK) == 0;
}

/*
 * A directory without a scheme that has only another engine's greylist would
 * begin anew with an empty one beside it.
 */
static const char *
is_of_another(const struct store_engine *engine, const char *directory)
{
	const char *other = NULL, *built;

	for (size_t i = 0; i < KINDS; i++) {
		if (!holds(directory, kinds[i].file))
			continue;
		if (strcmp(kinds[i].scheme, engine->schemes[0]) == 0)
			return NULL;
		other = kinds[i].scheme;
	}
	if (other == NULL)
		return NULL;
	if (find_engine(bytes_of(other), &built) != NULL)
		snprintf(problem, sizeof(problem),
		    "this directory has a greylist of the kind %s:, and a "
		    "directory without a kind is %s: here; say %s:%s to use "
		    "that one, %s:%s to begin a new one beside it, or move it "
		    "as grey-store(5) shows",
		    other, engine->schemes[0], other, directory,
		    engine->schemes[0], directory);
	else
		snprintf(problem, sizeof(problem),
		    "this directory has a greylist of the kind %s:, which this "
		    "build can't read; move it as grey-store(5) shows, or say "
		    "%s:%s to begin a new one beside it",
		    other, engine->schemes[0], directory);
	return problem;
}

static const struct store_engine *
find_directory(const char *directory, const char **scheme, const char **reason)
{
	for (size_t i = 0; i < ENGINES; i++) {
		if (!engines[i]->is_directory)
			continue;
		*scheme = engines[i]->schemes[0];
		*reason = is_of_another(engines[i], directory);
		return *reason == NULL ? engines[i] : NULL;
	}
	*reason = unknown();
	return NULL;
}

const struct store_engine *
store_find(const char *where, const char **scheme, const char **place,
    const char **reason)
{
	size_t len = strcspn(where, ":/");
	const struct store_engine *engine;

	if (where[len] != ':') {
		*place = where;
		return find_directory(where, scheme, reason);
	}
	*place = where + len + 1;
	engine = find_engine((struct bytes){ where, len }, scheme);
	if (engine == NULL)
		*reason = unknown();
	return engine;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "common/msg.h"
#include "common/program.h"
#include "greylist/use_text.h"
#include "served.h"
#include "store/store.h"

/* Another service counts for so long after its last request, in seconds. */
enum { A_WEEK = 7 * SECONDS_A_DAY };

enum which { NEWEST, LONGEST, SHORTEST };

#define ALWAYS_NEWEST \
	{ \
		NEWEST, NEWEST, NEWEST, NEWEST \
	}

static const struct {
	const char *name;
	bool makes_keys;
	enum which which[SERVED_PURPOSES]; /* of several services */
	const char *unsaid; /* what it is where an older version served */
} names[] = {
	{ "delay", false, { NEWEST, NEWEST, LONGEST, SHORTEST }, NULL },
	{ "max-age", false, { NEWEST, LONGEST, LONGEST, LONGEST }, NULL },
	{ "retry-window", false, { NEWEST, LONGEST, LONGEST, LONGEST }, NULL },
	{ "auto-whitelist-clients", false, ALWAYS_NEWEST, NULL },
	{ "lookup-by-host", true, ALWAYS_NEWEST, NULL },
	{ "ipv4cidr", true, ALWAYS_NEWEST, NULL },
	{ "ipv6cidr", true, ALWAYS_NEWEST, NULL },
	{ "privacy", true, ALWAYS_NEWEST, NULL },
	{ "fold-senders", true, ALWAYS_NEWEST, "postgrey" },
	{ "learn", false, ALWAYS_NEWEST, NULL },
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static bool
is_time(size_t name)
{
	return names[name].which[SERVED_FOR_EXPIRY] != NEWEST;
}

static struct bytes
text_of(const struct store_use *use)
{
	return (struct bytes){ use->text, use->len };
}

/* As people would write it. */
static struct bytes
duration(int64_t seconds, char out[static NUM_TEXT_MAX])
{
	bool days = seconds > 0 && seconds % SECONDS_A_DAY == 0;
	bool hours = seconds > 0 && seconds % 3600 == 0;
	int64_t unit = days ? SECONDS_A_DAY : hours ? 3600 : 1;

	return (struct bytes){ out,
		(size_t)snprintf(out, NUM_TEXT_MAX, "%" PRId64 "%c",
		    seconds / unit,
		    days      ? 'd' :
			hours ? 'h' :
				's') };
}

/* The time of this name that counts; false: none is known. */
static bool
choose(const struct store_use *uses, size_t count, const char *name,
    enum which which, int64_t *chosen)
{
	bool known = false;
	int64_t value;

	for (size_t i = 0; i < count; i++) {
		if (!use_number(text_of(&uses[i]), name, &value) ||
		    (i > 0 && uses[0].served - uses[i].served > A_WEEK))
			continue;
		if (!known || (which == LONGEST && value > *chosen) ||
		    (which == SHORTEST && value < *chosen))
			*chosen = value;
		known = true;
	}
	return known;
}

/* What the store says where the command line says something else, or NULL. */
static const struct opt_entry *
differing(const struct conf *conf, const void *settings, const char *name,
    const struct opt_entry **given)
{
	const struct opt_entry *served = conf_given_by(
	    conf, name, OPT_FROM_STORE);

	*given = conf_given_by(conf, name, OPT_FROM_COMMAND);
	if (served == NULL || *given == NULL ||
	    opt_value_is(served->row,
		(const char *)settings + served->row->offset, served->text))
		return NULL;
	return served;
}

static void
tell(const struct conf *conf, const void *settings, enum served_for purpose)
{
	const struct opt_entry *given, *served;

	for (size_t i = 0; i < NAMES; i++) {
		served = differing(conf, settings, names[i].name, &given);
		if (served != NULL &&
		    (!names[i].makes_keys || purpose == SERVED_FOR_EYES ||
			purpose == SERVED_FOR_EXPIRY))
			msg(MSG_WARN,
			    "--%s=%s: grey-check serves %s with %s=%s",
			    given->row->name, given->text, served->where,
			    served->row->name, served->text);
	}
}

bool
served_settle(struct conf *conf, void *settings, const char *where,
    enum served_for purpose)
{
	const struct store_options options = { .read_only = true };
	struct store *store = store_new(where, &options);
	struct store_use uses[STORE_USES_MAX];
	char text[NUM_TEXT_MAX];
	struct bytes value;
	int64_t seconds = 0;
	size_t count;

	if (store == NULL)
		return false;
	count = store_uses(store, uses);
	for (size_t i = 0; i < NAMES && count > 0; i++) {
		const enum which which = names[i].which[purpose];

		value = use_value(text_of(&uses[0]), names[i].name);
		if (value.len == 0 && names[i].unsaid != NULL)
			value = bytes_of(names[i].unsaid);
		if (is_time(i) &&
		    choose(uses, count, names[i].name, which, &seconds))
			value = duration(seconds, text);
		if (value.len > 0)
			conf_add_store(
			    conf, settings, names[i].name, value, where);
	}
	store_close(store);
	tell(conf, settings, purpose);
	return true;
}

int
served_begin(struct conf *conf, void *settings, const char *store, bool shows,
    enum served_for purpose)
{
	if (program_refuse_files(conf) != 0 ||
	    !served_settle(conf, settings, store, purpose))
		return PROGRAM_USAGE;
	return shows ? program_show_config(conf) : -1;
}

const struct opt_entry *
served_expires_more(const struct conf *conf, const void *settings)
{
	const struct opt_entry *given, *served;
	char reason[OPT_REASON_MAX];
	int64_t ours, theirs;

	for (size_t i = 0; i < NAMES; i++) {
		served = is_time(i) ?
		    differing(conf, settings, names[i].name, &given) :
		    NULL;
		if (served == NULL ||
		    !opt_value_set(served->row, &theirs, served->text, reason))
			continue;
		ours = *(const int64_t *)(const void *)((const char *)settings +
		    served->row->offset);
		if (names[i].which[SERVED_FOR_EXPIRY] == LONGEST ?
			ours < theirs :
			ours > theirs)
			return given;
	}
	return NULL;
}

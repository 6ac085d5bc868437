/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <time.h>

#include "common/mark.h"
#include "common/msg.h"
#include "greylist/key_text.h"
#include "greylist/use_text.h"
#include "use_news.h"

enum { AN_HOUR = 3600, DIFFERENCES_MAX = 1024 };

static uint64_t
mark_of_hour(const char *what)
{
	uint64_t hour = mark_add_number(MARK_NONE, time(NULL) / AN_HOUR);

	return mark_add(hour, bytes_of(what));
}

/* False: the keys are the same, or it is not known which they were. */
static bool
keys_differ(struct bytes a, struct bytes b, char a_text[static KEY_TEXT_MAX],
    char b_text[static KEY_TEXT_MAX])
{
	struct key_settings a_keys, b_keys;

	if (!use_keys(a, &a_keys) || !use_keys(b, &b_keys))
		return false;
	key_text(&a_keys, a_text);
	key_text(&b_keys, b_text);
	return strcmp(a_text, b_text) != 0;
}

static void
tell_change(struct store *store, const char *where, struct bytes before,
    struct bytes ours)
{
	char old[KEY_TEXT_MAX], new[KEY_TEXT_MAX];
	uint64_t mark;

	if (!keys_differ(before, ours, old, new))
		return;
	mark = mark_add(mark_of_hour(old), bytes_of(new));
	if (store_say_once(store, mark))
		msg(MSG_WARN,
		    "%s: this store was used with %s until now, and from now "
		    "on with %s: records that were made before are not found "
		    "any more, and their senders wait once more; to go back, "
		    "give %s again",
		    where, old, new, old);
}

/* "delay=300s here and 60s there, learn=no here and yes there" */
static void
list_differences(
    struct bytes ours, struct bytes theirs, char out[static DIFFERENCES_MAX])
{
	struct bytes name, here, there;
	char word[64];
	size_t used = 0;

	out[0] = '\0';
	while (use_next(&ours, &name, &here)) {
		snprintf(word, sizeof(word), "%.*s", (int)name.len, name.data);
		there = use_value(theirs, word);
		if (name.len == 0 || there.len == 0 || bytes_equal(here, there))
			continue;
		used += (size_t)snprintf(out + used, DIFFERENCES_MAX - used,
		    "%s%s=%.*s here and %.*s there", used == 0 ? "" : ", ",
		    word, (int)here.len, here.data, (int)there.len, there.data);
		if (used >= DIFFERENCES_MAX)
			return;
	}
}

static void
tell_turns(struct store *store, const char *where, struct bytes theirs,
    struct bytes ours)
{
	char differences[DIFFERENCES_MAX];
	char a[KEY_TEXT_MAX], b[KEY_TEXT_MAX];

	list_differences(ours, theirs, differences);
	if (differences[0] == '\0' ||
	    !store_say_once(store, mark_of_hour("in turn")))
		return;
	msg(MSG_WARN,
	    "%s: two services with different settings use this store in turn, "
	    "unless these were just changed and changed back: %s; what expires "
	    "is decided by the longest max-age and retry-window and the "
	    "shortest delay of both%s; give both the same, or each a store of "
	    "its own",
	    where, differences,
	    keys_differ(ours, theirs, a, b) ?
		", and neither finds the other's records, so that senders who "
		"are known to one wait at the other" :
		"");
}

void
use_news_tell(struct store *store, const char *where, struct bytes ours,
    enum store_use_news news)
{
	struct store_use uses[STORE_USES_MAX];
	size_t count = store_uses(store, uses);

	for (size_t i = 0; i < count; i++) {
		struct bytes other = { uses[i].text, uses[i].len };

		if (bytes_equal(other, ours))
			continue;
		(news == STORE_USE_NEW ? tell_change : tell_turns)(
		    store, where, other, ours);
		return;
	}
}

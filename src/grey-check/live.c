/* SPDX-License-Identifier: BSD-2-Clause */
#include "live.h"

enum { LOOK_INTERVAL = 1000 };

const struct settings *
live_settings(const struct live *live)
{
	return &live->settings[live->current];
}

bool
live_look(struct live *live, int64_t now)
{
	const struct conf *last = &live->conf[live->current];
	int next = live->current == 1 ? 2 : 1;

	if (now < live->next_look)
		return false;
	live->next_look = now + LOOK_INTERVAL;
	if (!conf_has_changed(&live->conf[live->current]))
		return false;
	settings_read_again(
	    &live->settings[next], &live->conf[next], last, &live->settings[0]);
	live->current = next;
	return true;
}

void
live_report(const struct live *live, struct store *store)
{
	const struct conf *conf = &live->conf[live->current];
	unsigned count = conf->problem_count;

	for (unsigned i = 0; i < count && i < CONF_PROBLEMS_MAX; i++) {
		if (store == NULL ||
		    store_say_once(store, conf->problems[i].mark))
			msg(MSG_ERROR, "%s", conf->problems[i].problem.text);
	}
}

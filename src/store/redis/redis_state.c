/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "redis_state.h"
#include "store/shared/store_directory.h"
#include "store/shared/store_notes.h"
#include "store/store_engine.h"

/* Says that the rest is what this program means by it. */
#define FORM UINT64_C(0x3173695265797247)

enum { PAUSES = 56, DUES = 6 };

struct due {
	_Atomic uint64_t mark;
	_Atomic int64_t last; /* epoch seconds */
};

struct area {
	_Atomic uint64_t form;
	struct redis_pause_slot pauses[PAUSES];
	struct due dues[DUES];
};

_Static_assert(sizeof(struct area) <= STORE_NOTES_AT, "the notes come after");

static const struct store_directory_use use = { "state", "--state-dir=" };

static struct area *
area_of(struct redis_state *state)
{
	return state->page.bytes;
}

static enum store_result
open_page(struct store *store, const char *directory, struct redis_state *state)
{
	const char *distrust = NULL;
	int fd = store_directory_open(store, directory, &use);
	int error;

	if (fd == -1)
		return STORE_ERROR;
	error = store_page_open(&state->page, fd, REDIS_STATE_FILE, &distrust);
	close(fd);
	return error == 0 ? STORE_OK :
			    store_directory_failed(store, directory,
				REDIS_STATE_FILE, error, distrust);
}

struct redis_state *
redis_state_open(struct store *store, const char *directory)
{
	struct redis_state *state = calloc(1, sizeof(*state));
	struct area *area;
	uint64_t form;

	if (state == NULL) {
		(void)store_failed(store, "out of memory");
		return NULL;
	}
	state->page.fd = -1;
	if (open_page(store, directory, state) != STORE_OK) {
		free(state);
		return NULL;
	}
	area = area_of(state);
	form = atomic_load(&area->form);
	if (form != FORM && form != 0)
		memset(area, 0, sizeof(*area));
	atomic_store(&area->form, FORM);
	return state;
}

void
redis_state_close(struct redis_state *state)
{
	if (state != NULL)
		store_page_close(&state->page);
	free(state);
}

void
redis_state_pause(
    struct redis_state *state, struct redis_pause *pause, uint64_t mark)
{
	redis_pause_init(
	    pause, state == NULL ? NULL : area_of(state)->pauses, PAUSES, mark);
}

bool
redis_state_is_due(
    struct redis_state *state, uint64_t mark, int64_t now, int64_t span)
{
	struct due *due = &area_of(state)->dues[mark % DUES];
	int64_t last = atomic_load(&due->last);

	if (atomic_exchange(&due->mark, mark) == mark && last <= now &&
	    now - last < span)
		return false;
	return atomic_compare_exchange_strong(&due->last, &last, now);
}

bool
redis_state_say_once(struct redis_state *state, uint64_t mark)
{
	return store_notes_say_once(state->page.bytes, mark);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <string.h>

#include "common/mark.h"
#include "store_notes.h"
#include "store_page.h"
#include "store_uses.h"

/* Says that the rest is what this program means by it. */
#define USES_FORM UINT64_C(0x3173657355797247)

/* Seconds. */
enum { RECENTLY = 3600, LONG = 600, BETWEEN_LOOKS = 60 };

/* More than were ever counted: somebody wrote there. */
#define TURN_MAX (UINT64_C(1) << 62)

/* mark stands for len and text; 0, or another: there is none. */
struct slot {
	int64_t served; /* last, epoch seconds; 0: unknown */
	int64_t since;	/* when it came: to a slot, or after an hour's rest */
	uint64_t turn;	/* that it took last */
	uint64_t came;	/* the turn of `since` */
	uint64_t began; /* that of the last process that began with it */
	_Atomic uint64_t mark;
	uint64_t len;
	char text[STORE_USE_MAX];
};

struct area {
	_Atomic uint64_t form;
	uint32_t layout;
	uint32_t check; /* ~layout */
	uint64_t turn;	/* the last: its slot is that of who served last */
	uint64_t spare[5];
	struct slot slots[STORE_USES_MAX];
};

/* The last byte is left: who makes the file longer may write there. */
_Static_assert(
    STORE_USES_AT + sizeof(struct area) < STORE_PAGE_SIZE, "there is room");

static struct area *
area_of(void *page)
{
	return (void *)((char *)page + STORE_USES_AT);
}

static bool
is_sound(const struct area *area)
{
	return area->form == USES_FORM && area->check == ~area->layout;
}

static uint64_t
mark_of(struct bytes text)
{
	return mark_add(mark_add_number(MARK_NONE, (int64_t)text.len), text);
}

static bool
is_used(const struct slot *slot)
{
	return slot->mark != 0 && slot->len > 0 && slot->len <= STORE_USE_MAX &&
	    slot->mark == mark_of((struct bytes){ slot->text, slot->len });
}

void
store_uses_begin(struct store_own_use *use, uint32_t layout, struct bytes text)
{
	memset(use, 0, sizeof(*use));
	use->layout = layout;
	use->len = text.len < STORE_USE_MAX ? text.len : STORE_USE_MAX;
	if (use->len > 0)
		memcpy(use->text, text.data, use->len);
	use->mark = mark_of((struct bytes){ use->text, use->len });
}

uint32_t
store_uses_layout(const void *page)
{
	const struct area *area;

	if (page == NULL)
		return 0;
	area = (const void *)((const char *)page + STORE_USES_AT);
	return is_sound(area) ? area->layout : 0;
}

/* Other values first, and the mark when all is there. */
static void
fill(struct slot *slot, const struct store_own_use *use)
{
	atomic_store(&slot->mark, 0);
	atomic_thread_fence(memory_order_seq_cst);
	slot->served = slot->since = 0;
	slot->turn = slot->came = slot->began = 0;
	slot->len = use->len;
	memcpy(slot->text, use->text, use->len);
	atomic_store(&slot->mark, use->mark);
}

/* "--ipv6cidr=64 --privacy" -> "ipv6cidr=64 privacy=yes" */
static void
read_note(struct bytes note, struct store_own_use *use)
{
	char text[STORE_USE_MAX];
	struct bytes word;
	size_t used = 0, len;

	while (note.len > 0) {
		const char *blank = memchr(note.data, ' ', note.len);

		len = blank == NULL ? note.len : (size_t)(blank - note.data);
		word = (struct bytes){ note.data, len };
		note = bytes_from(note, blank == NULL ? len : len + 1);
		if (!bytes_begin_with(word, bytes_of("--")) ||
		    used + len + 4 > sizeof(text))
			continue;
		if (used > 0)
			text[used++] = ' ';
		memcpy(text + used, word.data + 2, len - 2);
		used += len - 2;
		if (memchr(word.data, '=', len) == NULL) {
			memcpy(text + used, "=yes", 4);
			used += 4;
		}
	}
	store_uses_begin(use, 0, (struct bytes){ text, used });
}

static void
make_anew(struct area *area, uint32_t layout)
{
	atomic_store(&area->form, 0);
	atomic_thread_fence(memory_order_seq_cst);
	memset(area, 0, sizeof(*area));
	area->layout = layout;
	area->check = ~area->layout;
	atomic_store(&area->form, USES_FORM);
}

/* The one that served last; NULL: none. */
static struct slot *
find_last(struct area *area)
{
	struct slot *last = NULL;

	for (int i = 0; i < STORE_USES_MAX; i++) {
		struct slot *slot = &area->slots[i];

		if (is_used(slot) && (last == NULL || slot->turn > last->turn))
			last = slot;
	}
	return last;
}

/* Where it is; or, empty, where it is to be. */
static struct slot *
find_place(struct area *area, const struct store_own_use *use)
{
	struct slot *place = &area->slots[0];

	for (int i = 0; i < STORE_USES_MAX; i++) {
		struct slot *slot = &area->slots[i];

		if (!is_used(slot))
			atomic_store(&slot->mark, 0);
		if (slot->mark == use->mark)
			return slot;
		if (place->mark != 0 &&
		    (slot->mark == 0 || slot->turn < place->turn))
			place = slot;
	}
	fill(place, use);
	return place;
}

/* What an older program noted is the use before the first. */
static struct slot *
prepare(void *page, struct area *area, const struct store_own_use *use)
{
	struct slot *last;
	struct store_own_use older;

	if (!is_sound(area))
		make_anew(area, use->layout);
	last = find_last(area);
	if (last != NULL && (last->turn > TURN_MAX || area->turn > TURN_MAX)) {
		make_anew(area, use->layout);
		last = NULL;
	}
	if (last != NULL)
		return last;
	read_note(store_notes_of_older(page), &older);
	if (older.len == 0)
		return NULL;
	fill(&area->slots[0], &older);
	return &area->slots[0];
}

static bool
is_recent(const struct slot *slot, int64_t now)
{
	return now - slot->served < RECENTLY;
}

static bool
goes_in_turn(const struct slot *slot, const struct slot *other, int64_t now)
{
	if (!is_used(other) || other->turn <= slot->turn ||
	    !is_recent(other, now))
		return false;
	return (slot->began > other->came && other->began > slot->came) ||
	    (now - slot->since >= LONG && now - other->since >= LONG);
}

static bool
any_goes_in_turn(const struct area *area, const struct slot *slot, int64_t now)
{
	for (int i = 0; i < STORE_USES_MAX; i++) {
		if (goes_in_turn(slot, &area->slots[i], now))
			return true;
	}
	return false;
}

static void
look(void *page, struct store_own_use *use, int64_t now)
{
	struct area *area = area_of(page);
	struct slot *last = prepare(page, area, use);
	struct slot *slot = find_place(area, use);
	uint64_t turn = area->turn;

	if (last != NULL && last->turn > turn)
		turn = last->turn;
	turn++;
	if (!use->begun)
		slot->began = turn;
	if (!is_recent(slot, now)) {
		slot->since = now;
		slot->came = turn;
		if (last != NULL && last != slot)
			use->news = STORE_USE_NEW;
	} else if (any_goes_in_turn(area, slot, now))
		use->news = STORE_USE_IN_TURN;
	slot->served = now;
	area->turn = slot->turn = turn;
	use->slot = (int)(slot - area->slots);
	use->begun = true;
	use->next_look = now + BETWEEN_LOOKS;
}

static void
serve(void *page, struct store_own_use *use, int64_t now)
{
	struct area *area = area_of(page);
	struct slot *slot = &area->slots[use->slot];
	bool is_last;

	is_last = slot->turn == area->turn;
	if (!use->begun || !is_sound(area) || slot->mark != use->mark ||
	    (!is_last &&
		(now >= use->next_look ||
		    now < use->next_look - BETWEEN_LOOKS))) {
		look(page, use, now);
		return;
	}
	if (!is_last)
		slot->turn = ++area->turn;
	slot->served = now;
}

void
store_uses_serve(void *page, struct store_own_use *use, int64_t now)
{
	if (page != NULL && use->len > 0)
		serve(page, use, now);
}

/* Puts it where it belongs among those that are there. */
static void
insert(const struct slot *slot, const struct slot *order[static STORE_USES_MAX],
    size_t count)
{
	for (; count > 0 && order[count - 1]->turn < slot->turn; count--)
		order[count] = order[count - 1];
	order[count] = slot;
}

static size_t
read_older(const char *page, struct store_use *use)
{
	struct store_own_use older;

	read_note(store_notes_of_older(page), &older);
	use->served = 0;
	use->len = older.len;
	memcpy(use->text, older.text, older.len);
	return older.len > 0 ? 1 : 0;
}

size_t
store_uses_read(
    const char *file, size_t len, struct store_use uses[static STORE_USES_MAX])
{
	const struct area *area = (const void *)(file + STORE_USES_AT);
	const struct slot *order[STORE_USES_MAX];
	size_t count = 0;

	if (len < STORE_PAGE_HALF)
		return 0;
	for (int i = 0; i < STORE_USES_MAX; i++) {
		if (len >= STORE_PAGE_SIZE && is_sound(area) &&
		    is_used(&area->slots[i]))
			insert(&area->slots[i], order, count++);
	}
	for (size_t i = 0; i < count; i++) {
		uses[i].served = order[i]->served;
		uses[i].len = order[i]->len;
		memcpy(uses[i].text, order[i]->text, order[i]->len);
	}
	return count > 0 ? count : read_older(file, uses);
}

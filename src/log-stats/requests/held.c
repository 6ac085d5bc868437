/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "held.h"
#include "log-stats/tables/memory.h"

enum { SIZE_LIMIT = 12 << 20, ROOM_MIN = 64 };

/* What malloc(3) and the heap take beside the request itself. */
enum { OVERHEAD = 24 };

static size_t
size_of(const struct held *held)
{
	return sizeof(*held) + held->len + OVERHEAD;
}

static bool
is_before(const struct held *a, const struct held *b)
{
	return a->time != b->time ? a->time < b->time : a->serial < b->serial;
}

static void
swap(struct held **a, struct held **b)
{
	struct held *held = *a;

	*a = *b;
	*b = held;
}

static void
rise(struct held **heap, size_t at)
{
	for (; at > 0 && is_before(heap[at], heap[(at - 1) / 2]);
	     at = (at - 1) / 2)
		swap(&heap[at], &heap[(at - 1) / 2]);
}

static void
sink(struct held **heap, size_t count)
{
	size_t at = 0, child;

	while ((child = 2 * at + 1) < count) {
		child += child + 1 < count &&
		    is_before(heap[child + 1], heap[child]);
		if (!is_before(heap[child], heap[at]))
			break;
		swap(&heap[at], &heap[child]);
		at = child;
	}
}

/* It is written into what it may need, and kept in what it does. */
uint64_t
held_add(struct holder *holder, const struct rcpt *rcpt, uint64_t key)
{
	struct held *held = memory_new(1, sizeof(*held) + rcpt_room(rcpt));

	held->time = rcpt->time;
	held->serial = ++holder->last_serial;
	held->key = key;
	held->proof = rcpt->proof;
	held->has_helo = rcpt->helo.len > 0;
	held->len = rcpt_write(rcpt, held->text);
	held = memory_grow(held, 1, sizeof(*held) + held->len);
	if (holder->count == holder->room) {
		holder->room = holder->room == 0 ? ROOM_MIN : holder->room * 2;
		holder->heap = memory_grow(
		    holder->heap, holder->room, sizeof(*holder->heap));
	}
	holder->heap[holder->count] = held;
	rise(holder->heap, holder->count++);
	holder->size += size_of(held);
	return held->serial;
}

const struct held *
held_first(const struct holder *holder)
{
	return holder->count == 0 ? NULL : holder->heap[0];
}

struct held *
held_take(struct holder *holder)
{
	struct held *first = holder->heap[0];

	holder->heap[0] = holder->heap[--holder->count];
	sink(holder->heap, holder->count);
	holder->size -= size_of(first);
	return first;
}

bool
held_is_full(const struct holder *holder)
{
	return holder->size > SIZE_LIMIT;
}

void
held_free(struct holder *holder)
{
	while (holder->count > 0)
		free(holder->heap[--holder->count]);
	free(holder->heap);
	holder->heap = NULL;
	holder->size = holder->room = 0;
}

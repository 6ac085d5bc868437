/* SPDX-License-Identifier: BSD-2-Clause */
#include "msg_held.h"

bool
msg_held_add(struct msg_held *held, enum msg_level level,
    const struct timespec *when, struct bytes text)
{
	char *at = held->text + held->used;

	/* One more byte, so that it can be seen that the line was cut. */
	if (text.len > MSG_MAX + 1)
		text.len = MSG_MAX + 1;
	if (held->count == MSG_HELD_LINES ||
	    text.len > sizeof(held->text) - held->used)
		return false;
	memcpy(at, text.data, text.len);
	held->line[held->count].level = level;
	held->line[held->count].when = *when;
	held->line[held->count].text = (struct bytes){ at, text.len };
	held->count++;
	held->used += text.len;
	return true;
}

void
msg_held_clear(struct msg_held *held)
{
	held->count = 0;
	held->used = 0;
}

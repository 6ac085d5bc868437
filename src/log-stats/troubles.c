/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "common/msg.h"
#include "log-stats/tables/memory.h"
#include "troubles.h"

void
troubles_add(struct troubles *troubles, const char *name, const char *why)
{
	char *text = NULL;

	if (asprintf(&text, "%s: %s", name, why) == -1)
		text = NULL;
	troubles->texts = memory_grow(
	    troubles->texts, troubles->count + 1, sizeof(*troubles->texts));
	troubles->texts[troubles->count++] = memory_need(text);
}

void
troubles_say(const struct troubles *troubles)
{
	for (size_t i = 0; i < troubles->count; i++)
		msg(MSG_ERROR, "%s", troubles->texts[i]);
}

void
troubles_free(struct troubles *troubles)
{
	for (size_t i = 0; i < troubles->count; i++)
		free(troubles->texts[i]);
	free(troubles->texts);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "parse.h"
#include "unnamed.h"

const enum daemon unnamed_daemons[] = { DAEMON_SMTPD, DAEMON_POSTSCREEN,
	DAEMON_CLEANUP, DAEMON_QMGR, DAEMON_DISCARD, DAEMON_SMTP, DAEMON_PICKUP,
	DAEMON_BOUNCE, DAEMON_DNSBLOG, DAEMON_ANVIL, DAEMON_SCACHE,
	DAEMON_POSTSUPER, DAEMON_MASTER, DAEMON_UNKNOWN };

/* The latest processes of postscreen; it is one for months. */
enum { PROCESSES = 16 };
static uint64_t processes[PROCESSES];
static unsigned next_process;

static uint64_t
process_of(const struct entry *entry)
{
	return (entry->writer->instance_hash ^ entry->pid) | 1;
}

static bool
is_postscreen(const struct entry *entry)
{
	for (int i = 0; i < PROCESSES; i++)
		if (processes[i] == process_of(entry))
			return true;
	return false;
}

static void
note_postscreen(const struct entry *entry)
{
	if (!is_postscreen(entry))
		processes[next_process++ % PROCESSES] = process_of(entry);
}

static bool
says(const struct entry *entry, const char *words)
{
	return parse_find(entry->text, words) != NULL;
}

/* smtpd's has an SMTP code, cleanup's only the enhanced one. */
static bool
has_code(const struct event *event)
{
	return event->code != 0;
}

bool
unnamed_is_of(enum daemon daemon, enum event_class class,
    const struct entry *entry, const struct event *event)
{
	switch (class) {
	case EVENT_PSC_CONNECT:
		if (says(entry, " to ["))
			note_postscreen(entry);
		return is_postscreen(entry);
	case EVENT_PSC_DISCONNECT:
		return is_postscreen(entry);
	case EVENT_SMTPD_MILTER_REJECT:
		return event->no_queue_id || has_code(event);
	case EVENT_PSC_CACHE: /* or verify's */
		return false;
	case EVENT_DELIVER_SENT:
	case EVENT_DELIVER_DISCARDED:
		/* discard(8) has no relay. */
		return (daemon == DAEMON_DISCARD) ==
		    says(entry, " relay=none,");
	default:
		return class != EVENT_UNKNOWN && class != EVENT_META_TRUNCATED;
	}
}

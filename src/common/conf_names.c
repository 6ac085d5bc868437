/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>

#include "conf_names.h"

static const char *const names[] = { "auto-whitelist-clients", "clock", "dbdir",
	"delay", "exim", "facility", "fold-senders", "format",
	"greylist-action", "greylist-recipients", "greylist-text", "hostname",
	"ipv4cidr", "ipv6cidr", "learn", "log", "log-privacy", "lookup-by-host",
	"lookup-by-subnet", "max-age", "max-connections", "no-sasl-pass",
	"on-error", "privacy", "quiet", "retry-window", "state-dir", "store",
	"store-timeout", "sync", "syslog-facility", "syslog-name",
	"syslogfacility", "verbose", "whitelist-clients",
	"whitelist-recipients", "whitelist-senders", "x-greylist-header",
	NULL };

static const char *const programs[] = { "grey-check", "grey-dump", "grey-load",
	"grey-expire", "log-stats", NULL };

static bool
is_among(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

bool
conf_is_name(const char *name)
{
	return is_among(names, name);
}

bool
conf_is_program(const char *name)
{
	return is_among(programs, name);
}

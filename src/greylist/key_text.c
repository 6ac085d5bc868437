/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "key_text.h"

size_t
key_text(const struct key_settings *settings, char out[static KEY_TEXT_MAX])
{
	const char *privacy = settings->privacy ? " --privacy" : "";
	const char *fold = settings->folds_fully ? " --fold-senders=full" : "";

	if (settings->by_host)
		return (size_t)snprintf(
		    out, KEY_TEXT_MAX, "--lookup-by-host%s%s", privacy, fold);
	return (size_t)snprintf(out, KEY_TEXT_MAX,
	    "--ipv4cidr=%u --ipv6cidr=%u%s%s", settings->ipv4_prefix,
	    settings->ipv6_prefix, privacy, fold);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/monotonic.h"
#include "service.h"

/* Milliseconds: between two warnings of the same kind; what a slow store is. */
enum { WARNING_INTERVAL = 60000, SLOW_STORE = 2000 };

static const char *const on_error_text[] = {
	[ON_ERROR_DUNNO] = "answering DUNNO: mail passes without greylisting",
	[ON_ERROR_DEFER] = "answering DEFER_IF_PERMIT",
	[ON_ERROR_DISCONNECT] = "ending without an answer",
};

bool
service_is_due(int64_t *next_warning)
{
	int64_t now = monotonic_milliseconds();

	if (now < *next_warning)
		return false;
	*next_warning = now + WARNING_INTERVAL;
	return true;
}

void
service_warn_of_store(struct service *service, const struct verdict *verdict)
{
	const struct settings *settings = service->settings;

	if (verdict->took >= SLOW_STORE &&
	    service_is_due(&service->next_slow_warning))
		msg(MSG_WARN, "%s: took %ld seconds for one request",
		    settings->store, (long)(verdict->took / 1000));
	if (verdict->reason == VERDICT_UNAVAILABLE &&
	    service_is_due(&service->next_failure_warning))
		msg(MSG_ERROR, "%s; %s (--on-error)", verdict->problem,
		    on_error_text[settings->on_error]);
}

void
service_refresh(struct service *service)
{
	if (!live_look(service->live, monotonic_milliseconds()))
		return;
	service->settings = live_settings(service->live);
	decider_set(&service->decider, service->settings);
	live_report(service->live, service->decider.lookup.store);
	if (service->serves_many && service->settings->next_store != NULL)
		msg(MSG_WARN,
		    "the configuration names another store: it counts when "
		    "this server is started again, which goes on with the one "
		    "it has");
}

/* A file that was written just now is not read yet, see file_version_settled():
   the next look comes soon. */
void
service_read_again(struct service *service)
{
	enum { SOON = 150 };
	int64_t now = monotonic_milliseconds();

	service->live->next_look = 0;
	service_refresh(service);
	service->decider.lists.next_look = 0;
	(void)lists_refresh(&service->decider.lists, now);
	service->live->next_look = now + SOON;
	service->decider.lists.next_look = now + SOON;
}

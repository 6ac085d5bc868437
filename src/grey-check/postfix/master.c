/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "common/msg.h"
#include "master.h"

bool
master_read(struct master *master, const char *directory)
{
	struct postconf_lines *lines = &master->postconf.services;

	if (!postconf_read(&master->postconf, directory))
		return false;
	master->queue = postconf_value(
	    &master->postconf.expanded, "queue_directory");
	master->services = calloc(lines->count + 1, sizeof(*master->services));
	if (master->services == NULL) {
		msg(MSG_ERROR, "out of memory");
		return false;
	}
	for (size_t i = 0; i < lines->count; i++)
		master->count += service_read(
		    lines->line[i], &master->services[master->count]);
	return true;
}

void
master_free(struct master *master)
{
	free(master->services);
	postconf_free(&master->postconf);
}

bool
master_is_chrooted(
    const struct master *master, const struct master_service *service)
{
	if (*service->chroot != '-')
		return *service->chroot == 'y';
	return strcmp(postconf_value(
			  &master->postconf.expanded, "compatibility_level"),
		   "0") == 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to a service, as smtpd(8) would make it, but as root. */
#ifndef SERVICE_CONNECT_H
#define SERVICE_CONNECT_H

#include "master.h"

/* Seconds: connecting, or reading or writing once. */
enum { SERVICE_PATIENCE = 15 };

/* A socket; -1: errno says why not. */
int service_connect(const struct master *, const struct master_service *);

/* Both ends of this socket are on this host. */
bool service_is_local(int fd);

/* Does anybody listen? */
bool service_is_listening(const struct master *, const struct master_service *);

#endif

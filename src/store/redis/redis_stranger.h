/* SPDX-License-Identifier: BSD-2-Clause */
/* Explains a server that does not speak the protocol. */
#ifndef REDIS_STRANGER_H
#define REDIS_STRANGER_H

#include "redis_command.h"

/* How far it has been spoken with. */
struct redis_acquaintance {
	bool greeted;
	bool tls; /* is between */
};

/* It has sent what the parser does not like, for that reason. */
void redis_stranger_explain(struct redis_acquaintance, struct bytes sent,
    const char *reason, char out[static REDIS_TROUBLE_MAX]);

/* It has closed the connection. */
const char *redis_stranger_ending(struct redis_acquaintance);

#endif

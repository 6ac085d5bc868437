/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that have a file; see listen_address.h. */
#ifndef LISTEN_UNIX_H
#define LISTEN_UNIX_H

#include "listen_address.h"

/* False: msg() says why not. */
bool listen_unix(struct listen_socket *, const struct listen_address *,
    mode_t mode, int queue);

/* Removes its file, unless another one has taken its place. */
void listen_remove(const struct listen_socket *);

#endif

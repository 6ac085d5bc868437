/* SPDX-License-Identifier: BSD-2-Clause */
/* The network that a client counts as: its /24, or its /64 of IPv6. */
#ifndef NETWORK_H
#define NETWORK_H

#include "common/address.h"

#define NETWORK_TEXT_MAX (ADDRESS_TEXT_MAX + 8)

/* "192.0.2.0/24"; what is not an address stays as it is. */
struct bytes network_of(
    struct bytes address, char out[static NETWORK_TEXT_MAX]);

/* The same for all addresses of a network. */
uint64_t network_hash(struct bytes address, uint64_t before);

/* 127.0.0.0/8 or ::1, where content filters and local programs are. */
bool network_is_loopback(struct bytes address);

#endif

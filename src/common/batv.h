/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bounce address tag validation (draft-levine-smtp-batv): a sender's local part
 * with a tag that changes each day, prvs=tag=local.
 */
#ifndef BATV_H
#define BATV_H

#include "bytes.h"

/*
 * The local part of prvs=tag=local, or of prvs=local=tag as some write it, as
 * postgrey finds it; anything else comes back as it is. The bytes lie in
 * `local`.
 */
struct bytes batv_local(struct bytes local);

#endif

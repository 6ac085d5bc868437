/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What to paste so that spawn(8) runs grey-check otherwise: a line for
 * postconf(1) with the whole command of the service.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "finding.h"
#include "master.h"

/*
 * user: as user= has it. `option` takes the place of the arguments from `first`
 * to before `end`.
 */
void command_paste(struct findings *, const struct master *,
    const struct master_service *, const char *user, int first, int end,
    const char *option);

/* With this user and the group that may write to Postfix's log. */
void command_paste_user(struct findings *, const struct master *,
    const struct master_service *, const char *user);

#endif

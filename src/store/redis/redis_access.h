/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a connection says first: HELLO, with the password, and SELECT. The
 * password's file is read for each connection, so that a new one counts.
 */
#ifndef REDIS_ACCESS_H
#define REDIS_ACCESS_H

#include "redis_command.h"
#include "redis_url.h"

/* To Sentinels the password is only said when they want one. */
enum redis_role { REDIS_ROLE_DATA, REDIS_ROLE_SENTINEL };

/*
 * The step's commands, from 0 on. *done: there are no more. False: the
 * command's trouble says why it can't be.
 */
bool redis_access_step(const struct redis_url *, enum redis_role, bool password,
    int step, struct redis_command *, bool *done);

/*
 * Of the step's reply, after which comes the next one, or the same with the
 * password: is this a server that we can use? False: the command's trouble says
 * why not.
 */
bool redis_access_judge(const redisReply *, enum redis_role, bool *password,
    int *step, struct redis_command *);

#endif

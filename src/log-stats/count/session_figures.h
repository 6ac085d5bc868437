/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is counted of smtpd's sessions, in two sets: of the MX service, and of
 * submission, which are the services of that name, and sessions that log in. A
 * session may log in late: what was counted of it before that is noted, and
 * moves from the one set to the other.
 *
 * Sessions from the loopback interface, where content filters and local
 * programs are, and those that bring a filter's mail are in neither set.
 */
#ifndef SESSION_FIGURES_H
#define SESSION_FIGURES_H

#include "sessions.h"

enum session_set session_set_of(unsigned flags);

/* Do figures of this set stand in the section smtpd, the table and the rest? */
bool session_set_in_service(const struct ledger *, enum session_set);

/* The set that stands there. */
enum session_set session_set_shown(const struct ledger *);

/* A ranking, one before RANKINGS_OF_SESSIONS, as the set has it. */
enum ranking session_ranking(enum session_set, enum ranking);

/* A line of this kind has come for the session. */
void session_count(struct sessions *, struct session *, const struct event *,
    enum session_line);

/* The same of a line about a message of which the session is not known. */
void session_count_unknown(struct sessions *, enum session_set,
    const struct event *, enum session_line);

/* What was counted of the session moves from the MX service to where it is now;
 * the event is of its client. */
void session_move(
    struct sessions *, const struct session *, const struct event *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands that a single line proves, with all that a request needs. */
#ifndef ASKED_H
#define ASKED_H

#include "proved.h"

/* A policy server's line about what it was asked. */
void asked_decision(
    struct proved *, const struct entry *, const struct event *);

/* smtpd's line about a recipient that was greylisted, by whatever it asks. */
void asked_refusal(struct proved *, const struct entry *, const struct event *);

#endif

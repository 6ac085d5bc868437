/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often what is being counted happened: 1, but for the last of the events
 * that a repeat line stands for (count/tally_repeated.c). All counts of this
 * folder grow by so much.
 */
#ifndef TIMES_H
#define TIMES_H

#include <stdint.h>

extern uint32_t times;

#endif

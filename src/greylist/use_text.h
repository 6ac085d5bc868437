/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a service uses its store, as text that stays there for the other programs
 * (store_uses()): what decides its keys and its verdicts, by the names of the
 * options, in the base units:
 *   delay=300s max-age=3024000s retry-window=172800s auto-whitelist-clients=5
 *   lookup-by-host=no ipv4cidr=24 ipv6cidr=64 privacy=no learn=no
 *   fold-senders=postgrey
 * with one blank between. Later versions may add
 * words, and the first one left only the words that make keys: who reads takes
 * what is there.
 */
#ifndef USE_TEXT_H
#define USE_TEXT_H

#include "key.h"
#include "policy.h"

#define USE_TEXT_MAX 320

/* Returns the length; there is a final NUL. */
size_t use_text(const struct policy *, const struct key_settings *, bool learn,
    char out[static USE_TEXT_MAX]);

/* The value of the word, in the text; len 0: it is not there. */
struct bytes use_value(struct bytes text, const char *name);

/* Takes off the first word, of which *name and *value are then in the text;
   both empty for what is no such word. False: there are no more. */
bool use_next(struct bytes *text, struct bytes *name, struct bytes *value);

/* A number, or a time in seconds. False: it is not there, or is not one. */
bool use_number(struct bytes text, const char *name, int64_t *number);

/*
 * What makes its keys. Of the first version's words those that stand for the
 * default may be missing. False: it does not say.
 */
bool use_keys(struct bytes text, struct key_settings *);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes the keys, as the options that say so: "--ipv4cidr=24
 * --ipv6cidr=64", "--lookup-by-host", either with "--privacy" and
 * "--fold-senders=full" after it, where that is so. Equal texts mean that equal
 * requests have equal keys.
 */
#ifndef KEY_TEXT_H
#define KEY_TEXT_H

#include "key.h"

#define KEY_TEXT_MAX 80

/* Returns the length; the text ends with a NUL. */
size_t key_text(const struct key_settings *, char out[static KEY_TEXT_MAX]);

#endif

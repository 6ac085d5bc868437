/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STAMP_FORMS_H
#define STAMP_FORMS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The forms that few logs have: with the name of a weekday, the year among
 * words, seconds since the epoch or since the boot, TAI64N, or a month in
 * another language. As stamp_read(), but without the blanks after it.
 */
size_t stamp_form(const char *at, const char *end, int64_t *time);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The tests of scan.c, for what machines without vectors of bytes do. */
#define SCAN_WORDS
#define SCAN_TESTS unit_scan_words
#include "scan.c"

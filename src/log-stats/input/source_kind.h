/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an input is, by its first bytes.
 */
#ifndef SOURCE_KIND_H
#define SOURCE_KIND_H

#include "common/bytes.h"

enum source_kind {
	SOURCE_PLAIN,
	SOURCE_GZIP,
	SOURCE_XZ,
	SOURCE_ARCHIVE,	 /* bz2, zst */
	SOURCE_UNDECIDED /* more bytes are needed */
};

enum source_kind source_kind(struct bytes front);

#endif

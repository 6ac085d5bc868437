/* SPDX-License-Identifier: BSD-2-Clause */
#include "source_kind.h"

static const struct {
	struct bytes magic;
	enum source_kind kind;
} kinds[] = { { { "\x1f\x8b", 2 }, SOURCE_GZIP },
	{ { "BZh", 3 }, SOURCE_ARCHIVE }, { { "\xfd\x37zXZ\0", 6 }, SOURCE_XZ },
	{ { "\x28\xb5\x2f\xfd", 4 }, SOURCE_ARCHIVE } };

enum source_kind
source_kind(struct bytes front)
{
	enum source_kind kind = SOURCE_PLAIN;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (bytes_begin_with(front, kinds[i].magic))
			return kinds[i].kind;
		if (bytes_begin_with(kinds[i].magic, front))
			kind = SOURCE_UNDECIDED;
	}
	return kind;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "batv.h"

/* Whether a BATV part begins like a tag: ten of [0-9a-z]. */
static bool
is_tag(struct bytes part)
{
	if (part.len < 10)
		return false;
	for (size_t i = 0; i < 10; i++) {
		if (!bytes_is_digit(part.data[i]) &&
		    (part.data[i] < 'a' || part.data[i] > 'z'))
			return false;
	}
	return true;
}

/* As in Perl's split, trailing empty parts do not count. */
struct bytes
batv_local(struct bytes local)
{
	struct bytes rest, second, third;
	const char *equals;
	size_t len = local.len;

	if (local.len < 5 || memcmp(local.data, "prvs=", 5) != 0)
		return local;
	while (local.data[len - 1] == '=')
		len--;
	if (len <= 5)
		return local;
	rest = (struct bytes){ local.data + 5, len - 5 };
	equals = memchr(rest.data, '=', rest.len);
	if (equals == NULL)
		return local;
	second = (struct bytes){ rest.data, (size_t)(equals - rest.data) };
	third = bytes_from(rest, second.len + 1);
	if (memchr(third.data, '=', third.len) != NULL)
		return local;
	return is_tag(third) && !is_tag(second) ? second : third;
}

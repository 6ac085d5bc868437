/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "use_text.h"

static const char *
yes_or_no(bool is)
{
	return is ? "yes" : "no";
}

size_t
use_text(const struct policy *policy, const struct key_settings *keys,
    bool learn, char out[static USE_TEXT_MAX])
{
	return (size_t)snprintf(out, USE_TEXT_MAX,
	    "delay=%" PRId64 "s max-age=%" PRId64 "s retry-window=%" PRId64
	    "s auto-whitelist-clients=%" PRId64 " lookup-by-host=%s "
	    "ipv4cidr=%u ipv6cidr=%u privacy=%s learn=%s fold-senders=%s",
	    policy->delay, policy->max_age, policy->retry_window,
	    policy->whitelist_count, yes_or_no(keys->by_host),
	    keys->ipv4_prefix, keys->ipv6_prefix, yes_or_no(keys->privacy),
	    yes_or_no(learn), keys->folds_fully ? "full" : "postgrey");
}

/* What is before the first c; *text becomes what follows it, or empty. */
static struct bytes
cut(struct bytes *text, char c)
{
	const char *end = memchr(text->data, c, text->len);
	struct bytes front = { text->data,
		end == NULL ? text->len : (size_t)(end - text->data) };

	*text = bytes_from(*text, end == NULL ? front.len : front.len + 1);
	return front;
}

bool
use_next(struct bytes *text, struct bytes *name, struct bytes *value)
{
	if (text->len == 0)
		return false;
	*value = cut(text, ' ');
	*name = cut(value, '=');
	if (name->len == 0 || value->len == 0)
		name->len = value->len = 0;
	return true;
}

struct bytes
use_value(struct bytes text, const char *name)
{
	struct bytes word, value;

	while (use_next(&text, &word, &value)) {
		if (bytes_equal(word, bytes_of(name)))
			return value;
	}
	return (struct bytes){ text.data, 0 };
}

bool
use_number(struct bytes text, const char *name, int64_t *number)
{
	struct bytes value = use_value(text, name);

	if (value.len > 0 && value.data[value.len - 1] == 's')
		value.len--;
	return num_decimal(value, number);
}

static bool
prefix(struct bytes text, const char *name, int64_t max, unsigned *bits)
{
	int64_t number;

	if (!use_number(text, name, &number) || number < 1 || number > max)
		return false;
	*bits = (unsigned)number;
	return true;
}

static bool
is_yes(struct bytes text, const char *name)
{
	return bytes_equal(use_value(text, name), bytes_of("yes"));
}

bool
use_keys(struct bytes text, struct key_settings *keys)
{
	struct key_settings read = { .ipv4_prefix = 24,
		.ipv6_prefix = 64,
		.by_host = is_yes(text, "lookup-by-host"),
		.privacy = is_yes(text, "privacy"),
		.folds_fully = bytes_equal(
		    use_value(text, "fold-senders"), bytes_of("full")) };
	bool has_ipv4 = prefix(text, "ipv4cidr", 32, &read.ipv4_prefix);
	bool has_ipv6 = prefix(text, "ipv6cidr", 128, &read.ipv6_prefix);

	if (!read.by_host && (!has_ipv4 || !has_ipv6))
		return false;
	*keys = read;
	return true;
}

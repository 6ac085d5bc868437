/* SPDX-License-Identifier: BSD-2-Clause */
#include "fold_run.h"

enum { RUN_MIN = 8 };

/* Letters and digits as far as they go. */
struct group {
	size_t len;
	size_t digits;
	size_t changes; /* from a letter to a digit, or back */
	bool is_hex, is_base32;
};

bool
fold_is_word(char c)
{
	c = bytes_lower(c);
	return (c >= 'a' && c <= 'z') || bytes_is_digit(c);
}

static struct group
group_at(struct bytes text)
{
	struct group group = { .is_hex = true, .is_base32 = true };
	bool was_digit = false, is_digit;

	for (; group.len < text.len && fold_is_word(text.data[group.len]);
	     group.len++) {
		char c = bytes_lower(text.data[group.len]);

		is_digit = bytes_is_digit(c);
		group.digits += is_digit;
		group.changes += group.len > 0 && is_digit != was_digit;
		group.is_hex = group.is_hex && (is_digit || c <= 'f');
		group.is_base32 = group.is_base32 &&
		    (!is_digit || (c >= '2' && c <= '7'));
		was_digit = is_digit;
	}
	return group;
}

/*
 * anna1970 and team42b have a number, not more; what a program made changes
 * between letters and digits more often, or has nothing but digits.
 */
static bool
is_thrown(const struct group *run)
{
	if (run->len < RUN_MIN || run->digits == 0)
		return false;
	if (run->is_hex)
		return run->changes >= 2 || run->digits == run->len;
	return run->is_base32 && run->changes >= 3;
}

static void
join(struct group *run, const struct group *next)
{
	run->len += next->len;
	run->digits += next->digits;
	run->changes += next->changes;
	run->is_hex = run->is_hex && next->is_hex;
	run->is_base32 = run->is_base32 && next->is_base32;
}

/* May the group stand in a run with those before it? One without a digit only
   between others, and if it is hexadecimal: some group of an UUID has none. */
static bool
can_join(const struct group *run, const struct group *next)
{
	return next->len > 0 &&
	    ((run->is_hex && next->is_hex) ||
		(run->is_base32 && next->is_base32 && next->digits > 0));
}

size_t
fold_run(struct bytes text)
{
	struct group run = group_at(text), last = run, next;
	size_t end = run.len, last_end = run.len;

	if (run.digits == 0)
		return 0;
	while (end < text.len && text.data[end] == '-') {
		next = group_at(bytes_from(text, end + 1));
		if (!can_join(&run, &next))
			break;
		join(&run, &next);
		end += 1 + next.len;
		if (next.digits > 0) {
			last = run;
			last_end = end;
		}
	}
	if (is_thrown(&last))
		return last_end;
	run = group_at(text);
	return is_thrown(&run) || run.digits == run.len ? run.len : 0;
}

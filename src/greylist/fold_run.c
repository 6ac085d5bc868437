/* SPDX-License-Identifier: BSD-2-Clause */
#include "fold_run.h"

enum {
	RUN_MIN = 8,
	/* Of base 32: no name has so many. */
	CHANGES_MIN = 5,
	CONSONANTS_MIN = 5
};

/* Letters and digits as far as they go. */
struct group {
	size_t len;
	size_t digits;
	size_t changes;	   /* from a letter to a digit, or back */
	size_t consonants; /* the most in a row */
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
	size_t consonants = 0;

	for (; group.len < text.len && fold_is_word(text.data[group.len]);
	     group.len++) {
		char c = bytes_lower(text.data[group.len]);

		is_digit = bytes_is_digit(c);
		group.digits += is_digit;
		group.changes += group.len > 0 && is_digit != was_digit;
		group.is_hex = group.is_hex && (is_digit || c <= 'f');
		group.is_base32 = group.is_base32 &&
		    (!is_digit || (c >= '2' && c <= '7'));
		consonants = is_digit || strchr("aeiouy", c) != NULL ?
		    0 :
		    consonants + 1;
		if (consonants > group.consonants)
			group.consonants = consonants;
		was_digit = is_digit;
	}
	return group;
}

/*
 * anna1970, team42b and lisa27marie3 have numbers, not more; what a program
 * made changes between letters and digits more often, or can't be spoken, or
 * has nothing but digits.
 */
static bool
is_thrown(const struct group *run)
{
	if (run->digits == run->len)
		return true;
	if (run->len < RUN_MIN || run->changes < 2)
		return false;
	return run->is_hex ||
	    (run->is_base32 &&
		(run->changes >= CHANGES_MIN ||
		    run->consonants >= CONSONANTS_MIN));
}

static void
join(struct group *run, const struct group *next)
{
	run->len += next->len;
	run->digits += next->digits;
	run->changes += next->changes;
	if (next->consonants > run->consonants)
		run->consonants = next->consonants;
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

/* The longest run that begins there, if it is one; else its first group. */
static size_t
longest_run(struct bytes text, struct group *run)
{
	struct group all = group_at(text), next;
	size_t end = all.len, run_end = all.len;

	*run = all;
	while (end < text.len && text.data[end] == '-') {
		next = group_at(bytes_from(text, end + 1));
		if (!can_join(&all, &next))
			break;
		join(&all, &next);
		end += 1 + next.len;
		if (next.digits > 0 && is_thrown(&all)) {
			*run = all;
			run_end = end;
		}
	}
	return run_end;
}

size_t
fold_run(struct bytes text, bool after_underscore)
{
	struct group run;
	size_t len = longest_run(text, &run);
	bool in_word = after_underscore ||
	    (len < text.len && text.data[len] == '_');

	if (run.digits == 0 || !is_thrown(&run) ||
	    (in_word && run.len < RUN_MIN))
		return 0;
	return len;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "ages.h"
#include "say.h"

static const int64_t days[AGES] = { 3, 7, 14, 21, 28, 35 };

void
ages_add(
    struct ages *ages, const struct settings *settings, const struct row *row)
{
	int64_t age = settings->now - row->triplet.last;
	bool passed = row->triplet.last - row->triplet.first >=
	    settings->policy.delay;

	ages->records++;
	ages->bytes += (int64_t)(row->key.len + row->value.len);
	ages->passed += passed;
	for (size_t i = 0; i < AGES; i++) {
		if (age > days[i] * SECONDS_A_DAY)
			continue;
		ages->kept[i]++;
		ages->kept_passed[i] += passed;
	}
}

void
ages_say(const struct ages *ages, const struct settings *settings)
{
	say("\nOf %" PRId64 " record%s of %" PRId64
	    " bytes each so many would be "
	    "kept, and of those that\npassed, whose next mail would not be "
	    "delayed:\n",
	    ages->records, say_s(ages->records),
	    ages->records == 0 ? 0 : ages->bytes / ages->records);
	for (size_t i = 0; i < AGES; i++) {
		int64_t seconds = days[i] * SECONDS_A_DAY;

		if (seconds > settings->policy.max_age)
			break;
		say("  --max-age=%-4s %9" PRId64 "  %5.1f %%  passed %9" PRId64
		    "  %5.1f %%%s\n",
		    say_time(seconds).text, ages->kept[i],
		    say_share(ages->kept[i], ages->records),
		    ages->kept_passed[i],
		    say_share(ages->kept_passed[i], ages->passed),
		    seconds == settings->policy.max_age ? "  (as it is)" : "");
	}
}

void
ages_json(const struct ages *ages)
{
	say(",\"records\":%" PRId64 ",\"records_passed\":%" PRId64
	    ",\"bytes\":%" PRId64 ",\"max_ages\":[",
	    ages->records, ages->passed, ages->bytes);
	for (size_t i = 0; i < AGES; i++)
		say("%s{\"max_age\":%" PRId64 ",\"kept\":%" PRId64
		    ",\"passed\":%" PRId64 "}",
		    say_comma(i), days[i] * SECONDS_A_DAY, ages->kept[i],
		    ages->kept_passed[i]);
	say("]");
}

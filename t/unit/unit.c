/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "unit.h"

/* So many bytes of a text that is not as it should be are shown. */
enum { SHOWN_MAX = 200 };

static const char *about;
static unsigned problems;

void
unit_about(const char *row)
{
	about = row;
}

static void
complain(const char *file, int line)
{
	problems++;
	printf("# %s:%d: ", file, line);
	if (about != NULL)
		printf("[%s] ", about);
}

bool
unit_check(const char *file, int line, const char *what, bool holds)
{
	if (holds)
		return true;
	complain(file, line);
	printf("does not hold: %s\n", what);
	return false;
}

bool
unit_number(
    const char *file, int line, const char *what, int64_t have, int64_t want)
{
	if (have == want)
		return true;
	complain(file, line);
	printf("%s is %" PRId64 ", not %" PRId64 "\n", what, have, want);
	return false;
}

static void
show(struct bytes text)
{
	putchar('"');
	for (size_t i = 0; i < text.len && i < SHOWN_MAX; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c >= 0x20 && c < 0x7f)
			putchar(c);
		else
			printf("\\x%02x", c);
	}
	printf("\"%s (%zu bytes)", text.len > SHOWN_MAX ? "..." : "", text.len);
}

bool
unit_bytes(const char *file, int line, const char *what, struct bytes have,
    struct bytes want)
{
	if (bytes_equal(have, want))
		return true;
	complain(file, line);
	printf("%s is ", what);
	show(have);
	printf(", not ");
	show(want);
	putchar('\n');
	return false;
}

static size_t
count_tests(const struct unit_test *const *tables, size_t count)
{
	size_t tests = 0;

	for (size_t i = 0; i < count; i++) {
		for (const struct unit_test *test = tables[i];
		     test != NULL && test->statement != NULL; test++)
			tests++;
	}
	return tests;
}

int
unit_run(const struct unit_test *const *tables, size_t count)
{
	size_t number = 0;
	int status = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%zu\n", count_tests(tables, count));
	for (size_t i = 0; i < count; i++) {
		for (const struct unit_test *test = tables[i];
		     test != NULL && test->statement != NULL; test++) {
			about = NULL;
			problems = 0;
			test->run();
			printf("%sok %zu - %s\n", problems == 0 ? "" : "not ",
			    ++number, test->statement);
			if (problems > 0)
				status = 1;
		}
	}
	return status;
}

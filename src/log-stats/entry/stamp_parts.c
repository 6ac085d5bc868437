/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/bytes.h"
#include "stamp_parts.h"

size_t
stamp_blanks(const char *at, const char *end)
{
	const char *from = at;

	while (at < end && *at == ' ')
		at++;
	return (size_t)(at - from);
}

int
stamp_month(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int month = 0; month < 12; month++)
		if (memcmp(names + 3 * month, name, 3) == 0)
			return month;
	return -1;
}

size_t
stamp_fraction(const char *at, const char *end, int64_t *microseconds)
{
	int64_t unit = MICROSECONDS / 10;
	const char *from = at;

	*microseconds = 0;
	if (end - at < 2 || (*at != '.' && *at != ',') ||
	    !bytes_is_digit(at[1]))
		return 0;
	for (at++; at < end && bytes_is_digit(*at); at++, unit /= 10)
		*microseconds += (*at - '0') * unit;
	return (size_t)(at - from);
}

bool
stamp_is_date(int year, const struct time_parts *when)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return when->month >= 0 && when->month < 12 && when->day >= 1 &&
	    when->day <= days[when->month] - (when->month == 1 && !leap);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "entry.h"
#include "stamp_parts.h"

int
stamp_two_digits(const char *at)
{
	unsigned tens = (unsigned char)at[0] - '0';
	unsigned ones = (unsigned char)at[1] - '0';

	return tens > 9 || ones > 9 ? -1 : (int)(tens * 10 + ones);
}

int
stamp_month_of(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int month = 0; month < 12; month++)
		if (memcmp(names + 3 * month, name, 3) == 0)
			return month;
	return -1;
}

bool
stamp_read_clock(const char *at, struct calendar *when)
{
	when->hour = stamp_two_digits(at);
	when->minute = stamp_two_digits(at + 3);
	when->second = stamp_two_digits(at + 6);
	return at[2] == ':' && at[5] == ':' && when->hour >= 0 &&
	    when->hour < 24 && when->minute >= 0 && when->minute < 60 &&
	    when->second >= 0 && when->second <= 60;
}

size_t
stamp_read_fraction(const char *at, const char *end, int64_t *microseconds)
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
stamp_read_date(const char *at, struct calendar *when)
{
	int century = stamp_two_digits(at);
	int year = stamp_two_digits(at + 2);

	when->year = century * 100 + year;
	when->month = stamp_two_digits(at + 5) - 1;
	when->day = stamp_two_digits(at + 8);
	return century >= 0 && year >= 0 && at[4] == '-' && at[7] == '-' &&
	    when->month >= 0 && when->month < 12 && when->day >= 1 &&
	    when->day <= 31;
}

size_t
stamp_read_zone(const char *at, const char *end, int64_t *ahead)
{
	int hours, minutes = 0;
	size_t len = 3;

	*ahead = 0;
	if (at < end && *at == 'Z')
		return 1;
	if (end - at < 4 || (*at != '+' && *at != '-'))
		return 0;
	hours = stamp_two_digits(at + 1);
	if (hours < 0)
		return 0;
	if (at[len] == ':')
		len++;
	if ((size_t)(end - at) > len + 2 && stamp_two_digits(at + len) >= 0) {
		minutes = stamp_two_digits(at + len);
		len += 2;
	}
	*ahead = (*at == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return len;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/defaults.h"
#include "greylist/use_text.h"
#include "unit.h"

#define BY_DEFAULT \
	"delay=300s max-age=3024000s retry-window=172800s " \
	"auto-whitelist-clients=5 lookup-by-host=no ipv4cidr=24 ipv6cidr=64 " \
	"privacy=no learn=no fold-senders=postgrey"

static void
written(void)
{
	const struct {
		struct policy policy;
		struct key_settings keys;
		bool learn;
		const char *text;
	} rows[] = {
		{ { 300, 3024000, 172800, 5 },
		    { .ipv4_prefix = 24, .ipv6_prefix = 64 }, false,
		    BY_DEFAULT },
		{ { 0, 1, 0, 0 },
		    { .ipv4_prefix = 32,
			.ipv6_prefix = 128,
			.by_host = true,
			.privacy = true },
		    true,
		    "delay=0s max-age=1s retry-window=0s "
		    "auto-whitelist-clients=0 lookup-by-host=yes ipv4cidr=32 "
		    "ipv6cidr=128 privacy=yes learn=yes "
		    "fold-senders=postgrey" },
		{ { SECONDS_100_YEARS, SECONDS_100_YEARS, SECONDS_100_YEARS,
		      1000000 },
		    { .ipv4_prefix = 24,
			.ipv6_prefix = 64,
			.folds_fully = true },
		    false,
		    "delay=3155760000s max-age=3155760000s "
		    "retry-window=3155760000s auto-whitelist-clients=1000000 "
		    "lookup-by-host=no ipv4cidr=24 ipv6cidr=64 privacy=no "
		    "learn=no fold-senders=full" },
	};
	char text[USE_TEXT_MAX];

	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t len = use_text(
		    &rows[i].policy, &rows[i].keys, rows[i].learn, text);

		CHECK_TEXT(text, rows[i].text);
		CHECK_NUMBER(len, strlen(text));
	}
}

static void
values(void)
{
	static const struct {
		const char *text, *name, *value;
	} rows[] = {
		{ BY_DEFAULT, "delay", "300s" },
		{ BY_DEFAULT, "learn", "no" },
		{ BY_DEFAULT, "ipv4cidr", "24" },
		{ BY_DEFAULT, "ipv4", "" },
		{ BY_DEFAULT, "host", "" },
		{ BY_DEFAULT, "", "" },
		{ "", "delay", "" },
		{ "delay", "delay", "" },
		{ "delay=", "delay", "" },
		{ "  =3 delay==x y", "delay", "=x" },
		{ "later=7 delay=1s", "delay", "1s" },
		{ "delay=1s delay=2s", "delay", "1s" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		CHECK_BYTES(use_value(bytes_of(rows[i].text), rows[i].name),
		    bytes_of(rows[i].value));
	}
	unit_about(NULL);
}

static void
numbers(void)
{
	static const struct {
		const char *text;
		int64_t value; /* -1: none */
	} rows[] = {
		{ "n=0", 0 },
		{ "n=300s", 300 },
		{ "m=1 n=5 o=2", 5 },
		{ "n=999999999999s", NUM_MAX },
		{ "", -1 },
		{ "n=", -1 },
		{ "n=s", -1 },
		{ "n=5m", -1 },
		{ "n=-5", -1 },
		{ "n=1000000000000", -1 },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t number = -1;
		bool is = use_number(bytes_of(rows[i].text), "n", &number);

		unit_about(rows[i].text);
		CHECK(is == (rows[i].value >= 0));
		CHECK_NUMBER(number, rows[i].value);
	}
	unit_about(NULL);
}

static void
keys(void)
{
	static const struct {
		const char *text;
		bool known;
		struct key_settings keys;
	} rows[] = {
		{ BY_DEFAULT, true, { .ipv4_prefix = 24, .ipv6_prefix = 64 } },
		{ "ipv6cidr=128 ipv4cidr=1 privacy=yes", true,
		    { .ipv4_prefix = 1, .ipv6_prefix = 128, .privacy = true } },
		{ "lookup-by-host=yes", true,
		    { .ipv4_prefix = 24, .ipv6_prefix = 64, .by_host = true } },
		{ "lookup-by-host=yes privacy=yes", true,
		    { .ipv4_prefix = 24,
			.ipv6_prefix = 64,
			.by_host = true,
			.privacy = true } },
		{ "", false, { .ipv4_prefix = 0, .ipv6_prefix = 0 } },
		{ "privacy=yes", false,
		    { .ipv4_prefix = 0, .ipv6_prefix = 0 } },
		{ "ipv4cidr=24", false,
		    { .ipv4_prefix = 0, .ipv6_prefix = 0 } },
		{ "ipv4cidr=33 ipv6cidr=64", false,
		    { .ipv4_prefix = 0, .ipv6_prefix = 0 } },
		{ "ipv4cidr=24 ipv6cidr=0", false,
		    { .ipv4_prefix = 0, .ipv6_prefix = 0 } },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct key_settings read = { .ipv4_prefix = 0,
			.ipv6_prefix = 0 };

		unit_about(rows[i].text);
		CHECK(use_keys(bytes_of(rows[i].text), &read) == rows[i].known);
		CHECK_NUMBER(read.ipv4_prefix, rows[i].keys.ipv4_prefix);
		CHECK_NUMBER(read.ipv6_prefix, rows[i].keys.ipv6_prefix);
		CHECK(read.by_host == rows[i].keys.by_host);
		CHECK(read.privacy == rows[i].keys.privacy);
	}
	unit_about(NULL);
}

const struct unit_test unit_use_text[] = {
	{ "use: the settings are written in the base units", written },
	{ "use: a value is found by its name, whatever else is there", values },
	{ "use: a number or a time is read, or is none", numbers },
	{ "use: what makes the keys is read, of the first version too", keys },
	{ NULL, NULL }
};

/* SPDX-License-Identifier: BSD-2-Clause */
#include "greylist/record.h"
#include "unit.h"

static void
reads_triplets(void)
{
	static const struct {
		const char *value;
		int64_t first;
		int64_t last;
		const char *host;
	} rows[] = {
		{ "1234254582,1234254582,5", 1234254582, 1234254582, "5" },
		{ "1,2", 1, 2, "" },
		{ "1,2,", 1, 2, "" },
		{ "0,0,192.0.2.1", 0, 0, "192.0.2.1" },
		{ "5,4,a,b", 5, 4, "a,b" },
		{ "999999999999,999999999999", NUM_MAX, NUM_MAX, "" },
	};
	struct triplet_record record;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].value);
		if (!CHECK(
			record_read_triplet(bytes_of(rows[i].value), &record)))
			continue;
		CHECK_NUMBER(record.first, rows[i].first);
		CHECK_NUMBER(record.last, rows[i].last);
		CHECK_BYTES(record.host, bytes_of(rows[i].host));
	}
}

static void
reads_clients(void)
{
	struct client_record record = { 0, 0 };

	CHECK(record_read_client(bytes_of("5,1234254582"), &record));
	CHECK_NUMBER(record.count, 5);
	CHECK_NUMBER(record.last, 1234254582);
	CHECK(record_read_client(bytes_of("0,0"), &record));
	CHECK_NUMBER(record.count, 0);
	CHECK_NUMBER(record.last, 0);
}

static void
refuses(void)
{
	static const char *const rows[] = { "", ",", "1", "1,", ",1", "a,1",
		"1,a", "-1,1", "1,-1", "1 ,1", "1, 1", "1.0,1", "1,1x",
		"1000000000000,1", "1,1000000000000", "0x1,1", "1;2" };
	struct triplet_record triplet;
	struct client_record client;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i]);
		CHECK(!record_read_triplet(bytes_of(rows[i]), &triplet));
		CHECK(!record_read_client(bytes_of(rows[i]), &client));
	}
	unit_about("NUL, as C programs store it");
	CHECK(!record_read_triplet(LITERAL("1,2\0"), &triplet));
	CHECK(!record_read_client(LITERAL("1,2\0"), &client));
	unit_about("no bytes at all");
	CHECK(!record_read_triplet((struct bytes){ "", 0 }, &triplet));
	unit_about("a client has two fields");
	CHECK(!record_read_client(bytes_of("1,2,3"), &client));
}

static void
writes(void)
{
	struct triplet_record triplet = { 12, 345, { "5", 1 } };
	const struct client_record client = { 7, 1234254582 };
	char out[RECORD_MAX];

	CHECK_BYTES(
	    ((struct bytes){ out, record_write_triplet(&triplet, out) }),
	    bytes_of("12,345,5"));
	triplet.host.len = 0;
	CHECK_BYTES(
	    ((struct bytes){ out, record_write_triplet(&triplet, out) }),
	    bytes_of("12,345"));
	CHECK_BYTES(((struct bytes){ out, record_write_client(&client, out) }),
	    bytes_of("7,1234254582"));
	triplet = (struct triplet_record){ NUM_MAX, NUM_MAX,
		bytes_of("FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF") };
	CHECK_BYTES(
	    ((struct bytes){ out, record_write_triplet(&triplet, out) }),
	    bytes_of("999999999999,999999999999,"
		     "FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF"));
}

const struct unit_test unit_record[] = {
	{ "record: a triplet is first,last and perhaps a host",
	    reads_triplets },
	{ "record: a client is count,last", reads_clients },
	{ "record: anything but two decimals can't be read", refuses },
	{ "record: what is written has the form that is read", writes },
	{ NULL, NULL }
};

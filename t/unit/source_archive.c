/* SPDX-License-Identifier: BSD-2-Clause */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "source_made.h"

enum { PLAIN_SIZE = 600000, ROOM = PLAIN_SIZE };

static const struct {
	const char *name;
	int (*add)(struct archive *);
	/* What was flipped in it is found, whatever it was. */
	bool checked;
} filters[] = { { "gz", archive_write_add_filter_gzip, true },
	{ "bz2", archive_write_add_filter_bzip2, true },
	{ "xz", archive_write_add_filter_xz, true },
	{ "zst", archive_write_add_filter_zstd, false } };

/* Lines that are not too easy to compress. */
static struct bytes
plain(size_t len)
{
	static char text[PLAIN_SIZE];
	uint32_t number = 1;

	for (size_t i = 0; i < PLAIN_SIZE; i++) {
		number = number * 1664525 + 1013904223;
		text[i] = number >> 25 == 0 ? '\n' :
					      (char)('a' + (number >> 28));
	}
	return (struct bytes){ text, len };
}

static struct bytes
compressed(struct bytes content, size_t filter, char room[static ROOM])
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	struct bytes result = { room, 0 };

	archive_write_set_format_raw(archive);
	filters[filter].add(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	CHECK_NUMBER(
	    archive_write_open_memory(archive, room, ROOM, &result.len), 0);
	archive_entry_set_filetype(entry, AE_IFREG);
	CHECK_NUMBER(archive_write_header(archive, entry), 0);
	CHECK_NUMBER(archive_write_data(archive, content.data, content.len),
	    content.len);
	CHECK_NUMBER(archive_write_close(archive), 0);
	archive_entry_free(entry);
	archive_write_free(archive);
	return result;
}

static void
whole(void)
{
	static const size_t sizes[] = { 0, 1, 100, 5000, PLAIN_SIZE };
	static char room[ROOM];

	for (size_t i = 0; i < ROWS(filters) * ROWS(sizes); i++) {
		struct bytes content = plain(sizes[i % ROWS(sizes)]);
		size_t filter = i / ROWS(sizes);
		struct bytes archive = compressed(content, filter, room);

		for (enum made made = MADE_FILE; made < MADE_COUNT; made++) {
			struct lines lines = lines_of(source_of(archive, made));

			unit_about(filters[filter].name);
			CHECK_BYTES(
			    ((struct bytes){ lines.text, lines.len }), content);
			CHECK_NUMBER(lines.result, SOURCE_END);
			CHECK_TEXT(lines.error, "");
			free(lines.text);
		}
	}
}

static void
not_plain(void)
{
	static char room[ROOM];
	struct source *source = source_of(
	    compressed(plain(100), 0, room), MADE_FILE);

	CHECK(!source_is_plain_file(source));
	source_close(source);
}

/* An empty one in the middle. */
static void
members(void)
{
	static char room[ROOM], text[20000], twice[2 * ROOM];

	memcpy(text, plain(10000).data, 10000);
	memcpy(text + 10000, text, 10000);
	for (size_t i = 0; i < ROWS(filters); i++) {
		struct bytes archive = compressed(plain(10000), i, room);
		struct lines lines;
		size_t len = archive.len;

		memcpy(twice, archive.data, len);
		archive = compressed(plain(0), i, room);
		memcpy(twice + len, archive.data, archive.len);
		len += archive.len;
		archive = compressed(plain(10000), i, room);
		memcpy(twice + len, archive.data, archive.len);
		len += archive.len;
		unit_about(filters[i].name);
		lines = lines_of(
		    source_of((struct bytes){ twice, len }, MADE_PIPE));
		CHECK_BYTES(((struct bytes){ lines.text, lines.len }),
		    ((struct bytes){ text, sizeof(text) }));
		CHECK_NUMBER(lines.result, SOURCE_END);
		free(lines.text);
	}
}

static bool
says_broken(const struct lines *lines)
{
	return CHECK_NUMBER(lines->result, SOURCE_FAILED) &&
	    CHECK(strncmp(lines->error, "broken archive (", 16) == 0);
}

/* From the magic on, wherever it was cut. */
static void
cut_off(void)
{
	static const size_t magic[] = { 2, 3, 6, 4 };
	static char room[ROOM];

	for (size_t i = 0; i < ROWS(filters); i++) {
		struct bytes archive = compressed(plain(300), i, room);

		unit_about(filters[i].name);
		for (size_t len = magic[i]; len < archive.len; len++) {
			struct lines lines = lines_of(source_of(
			    (struct bytes){ room, len }, len % MADE_COUNT));

			if (!says_broken(&lines))
				printf("# cut at %zu\n", len);
			CHECK_BYTES(((struct bytes){ lines.text, lines.len }),
			    plain(lines.len));
			free(lines.text);
		}
	}
}

/* Lines in front of it are there, if libarchive does not keep them. */
static void
garbage_behind(void)
{
	static char room[ROOM];

	for (size_t i = 0; i < ROWS(filters); i++) {
		struct bytes archive = compressed(plain(5000), i, room);

		unit_about(filters[i].name);
		for (size_t more = 1; more < 12; more++) {
			struct lines lines;

			/* The beginning of another one, or none. */
			memcpy(room + archive.len, room, more);
			room[archive.len] ^= (char)(more % 2);
			lines = lines_of(source_of(
			    (struct bytes){ room, archive.len + more },
			    more / 2 % MADE_COUNT));
			says_broken(&lines);
			CHECK_BYTES(((struct bytes){ lines.text, lines.len }),
			    plain(lines.len));
			free(lines.text);
		}
	}
}

/* libarchive keeps its last block to itself; gz loses but a few bytes. */
static void
lines_in_front(void)
{
	static char room[ROOM];

	for (size_t i = 0; i < ROWS(filters); i++) {
		struct bytes archive = compressed(plain(PLAIN_SIZE), i, room);
		struct lines lines = lines_of(source_of(
		    (struct bytes){ room, archive.len - 9 }, MADE_FILE));

		unit_about(filters[i].name);
		says_broken(&lines);
		CHECK(lines.len >= PLAIN_SIZE - 128 * 1024 ||
		    strcmp(filters[i].name, "bz2") == 0);
		CHECK(lines.len >= PLAIN_SIZE - 100 ||
		    strcmp(filters[i].name, "gz") != 0);
		CHECK_BYTES(((struct bytes){ lines.text, lines.len }),
		    plain(lines.len));
		free(lines.text);
	}
}

static void
damaged(void)
{
	static char room[ROOM];

	for (size_t i = 0; i < ROWS(filters); i++) {
		struct bytes archive = compressed(plain(5000), i, room);

		unit_about(filters[i].name);
		for (size_t at = 20; at < archive.len - 20; at += 101) {
			struct lines lines;

			room[at] ^= 0x10;
			lines = lines_of(source_of(archive, MADE_FILE));
			room[at] ^= 0x10;
			if (filters[i].checked)
				says_broken(&lines);
			free(lines.text);
		}
	}
}

static bool
count_down(void *argument, int fd)
{
	(void)fd;
	return (*(int *)argument)-- > 0;
}

/* What lacks its end because nobody waited for it is not broken. */
static void
stopped(void)
{
	static char room[ROOM];
	struct bytes archive = compressed(plain(PLAIN_SIZE), 0, room);
	int fds[2] = { -1, -1 }, allowed = 1;
	struct source *source;
	struct lines lines;
	const char *why;
	char name[64];

	CHECK_NUMBER(pipe(fds), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[0]);
	source = source_open(name, count_down, &allowed, &why);
	CHECK(archive.len > 4000);
	CHECK_NUMBER(write(fds[1], archive.data, 4000), 4000);
	lines = lines_of(source);
	CHECK_NUMBER(lines.result, SOURCE_END);
	CHECK_NUMBER(allowed, -1);
	free(lines.text);
	close(fds[0]);
	close(fds[1]);
}

const struct unit_test unit_source_archive[] = {
	{ "source: compressed files and pipes are read, of all four kinds",
	    whole },
	{ "source: a compressed file is no plain one", not_plain },
	{ "source: all members of an archive are read", members },
	{ "source: an archive that is cut off is no success, wherever it is",
	    cut_off },
	{ "source: garbage behind an archive, or half of another, is told",
	    garbage_behind },
	{ "source: what stands in front of an archive's break is given first",
	    lines_in_front },
	{ "source: an archive with damage in it does no harm, and is told",
	    damaged },
	{ "source: an archive of which no more is wanted is no broken one",
	    stopped },
	{ NULL, NULL }
};

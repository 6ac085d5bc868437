/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/mark.h"
#include "unit.h"
#include "page_made.h"
#include "store/shared/store_notes.h"

char page_directory[64];
struct store_page page;

void
page_directory_make(void)
{
	strcpy(page_directory, "/tmp/grey-unit-XXXXXX");
	if (!CHECK(mkdtemp(page_directory) != NULL))
		abort();
}

void
page_make(void)
{
	const char *distrust;
	int fd;

	page_directory_make();
	fd = open(page_directory, O_RDONLY | O_DIRECTORY);
	CHECK_NUMBER(store_page_open(&page, fd, PAGE_NAME, &distrust), 0);
	close(fd);
	CHECK(page.is_long);
}

void
page_unmake(void)
{
	char path[80];

	store_page_close(&page);
	snprintf(path, sizeof(path), "%s/" PAGE_NAME, page_directory);
	unlink(path);
	CHECK(rmdir(page_directory) == 0);
}

void
page_put_note(struct bytes note)
{
	const uint64_t form = UINT64_C(0x3165746f4e797247);
	uint64_t mark = mark_add(
	    mark_add_number(MARK_NONE, (int64_t)note.len), note);
	char *notes = (char *)page.bytes + STORE_NOTES_AT;
	char *at = notes + 8 + 192 * 8;

	memcpy(notes, &form, 8);
	memcpy(at, &mark, 8);
	memcpy(at + 8, &note.len, 8);
	memcpy(at + 16, note.data, note.len);
}

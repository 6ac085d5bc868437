/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "list_made.h"

void
collect_complaint(void *argument, enum list_finding finding, const char *file,
    unsigned line, const char *problem)
{
	struct complaints *complaints = argument;
	bool ignored = finding == LIST_IGNORED;
	char *text = ignored ? complaints->ignored : complaints->doubtful;
	size_t size = ignored ? sizeof(complaints->ignored) :
				sizeof(complaints->doubtful);
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%u: %s\n", line, problem);
	CHECK_TEXT(file, complaints->file);
}

struct list *
list_of(enum list_kind kind, struct bytes text, struct complaints *complaints)
{
	struct list *list;
	int fd;

	complaints->ignored[0] = '\0';
	complaints->doubtful[0] = '\0';
	strcpy(complaints->file, "/tmp/grey-unit-XXXXXX");
	fd = mkstemp(complaints->file);
	if (!CHECK(fd != -1))
		abort();
	CHECK_NUMBER(write(fd, text.data, text.len), text.len);
	close(fd);
	if (!CHECK_NUMBER(list_read(kind, complaints->file, collect_complaint,
			      complaints, &list),
		0))
		abort();
	unlink(complaints->file);
	return list;
}

/* A subject whose other parts are on no list here. */
static struct list_subject
subject_of(const char *name, const char *address)
{
	struct list_subject subject = {
		.client_name = bytes_of(name),
		.sender = bytes_of("not@looked.for"),
		.recipient = bytes_of("not@looked.for"),
	};

	CHECK(address_parse(bytes_of(address), &subject.client));
	return subject;
}

static struct list_match
found(const struct list *list, const struct list_subject *subject)
{
	struct list_match match = { .delay = LIST_PASSES };

	if (!list_find(list, subject, &match)) {
		CHECK_NUMBER(match.line, 0);
		return match;
	}
	CHECK(match.file != NULL);
	CHECK(match.line > 0);
	return match;
}

struct list_match
found_client(const struct list *list, const char *name, const char *address)
{
	struct list_subject subject = subject_of(name, address);

	return found(list, &subject);
}

struct list_match
found_recipient(const struct list *list, const char *recipient)
{
	struct list_subject subject = subject_of("not.looked.for", OTHER);

	subject.recipient = bytes_of(recipient);
	return found(list, &subject);
}

struct list_match
found_sender(const struct list *list, const char *sender,
    const char *client_name, const char *client_address)
{
	struct list_subject subject = subject_of(client_name, client_address);

	subject.sender = bytes_of(sender);
	return found(list, &subject);
}

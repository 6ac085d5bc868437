/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "page_made.h"
#include "store/shared/store_uses.h"
#include "unit.h"

/* Epoch seconds: when all of it begins. */
#define NOW INT64_C(1800000000)

enum { LAYOUT = 1 };

static struct store_use uses[STORE_USES_MAX];

static char *
file(void)
{
	return page.bytes;
}

static size_t
count(void)
{
	return store_uses_read(file(), STORE_PAGE_SIZE, uses);
}

static void
check_use(size_t i, const char *text, int64_t served)
{
	CHECK_BYTES(
	    ((struct bytes){ uses[i].text, uses[i].len }), bytes_of(text));
	CHECK_NUMBER(uses[i].served, served);
}

/* A process: it begins when it serves for the first time. */
static struct store_own_use
process(const char *text)
{
	struct store_own_use use;

	store_uses_begin(&use, LAYOUT, bytes_of(text));
	return use;
}

static enum store_use_news
serve(struct store_own_use *use, int64_t now)
{
	enum store_use_news news;

	store_uses_serve(store_page_uses(&page), use, now);
	news = use->news;
	use->news = STORE_USE_AS_BEFORE;
	return news;
}

static enum store_use_news
serve_once(const char *text, int64_t now)
{
	struct store_own_use use = process(text);

	return serve(&use, now);
}

static void
one(void)
{
	struct store_own_use a = process("a"), none = process("");

	page_make();
	CHECK_NUMBER(count(), 0);
	CHECK_NUMBER(serve(&none, NOW), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(count(), 0);
	CHECK_NUMBER(serve(&a, NOW), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(serve(&a, NOW + 7), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(serve_once("a", NOW + 8), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(serve(&a, NOW + 100000), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(count(), 1);
	check_use(0, "a", NOW + 100000);
	page_unmake();
}

static void
changed(void)
{
	struct store_own_use a = process("a"), b = process("b");

	page_make();
	serve(&a, NOW);
	CHECK_NUMBER(serve(&b, NOW), STORE_USE_NEW);
	CHECK_NUMBER(count(), 2);
	check_use(0, "b", NOW);
	check_use(1, "a", NOW);
	/* Some of the old ones live on, and new ones of the new come. */
	for (int i = 1; i < 500; i += 10) {
		CHECK_NUMBER(serve(&a, NOW + i), STORE_USE_AS_BEFORE);
		CHECK_NUMBER(serve(&b, NOW + i), STORE_USE_AS_BEFORE);
		CHECK_NUMBER(serve_once("b", NOW + i + 1), STORE_USE_AS_BEFORE);
	}
	/* A day later it is changed back. */
	serve(&b, NOW + 80000);
	CHECK_NUMBER(serve_once("a", NOW + 90000), STORE_USE_NEW);
	CHECK_NUMBER(serve_once("a", NOW + 90000), STORE_USE_AS_BEFORE);
	page_unmake();
}

static void
in_turn(void)
{
	struct store_own_use a = process("a"), b = process("b");

	page_make();
	serve_once("a", NOW);
	CHECK_NUMBER(serve_once("b", NOW), STORE_USE_NEW);
	CHECK_NUMBER(serve_once("a", NOW), STORE_USE_IN_TURN);
	CHECK_NUMBER(serve_once("b", NOW + 3599), STORE_USE_IN_TURN);
	CHECK_NUMBER(serve_once("b", NOW + 3600), STORE_USE_AS_BEFORE);
	page_unmake();
	/* Two that live on: after ten minutes, and once a minute at most. */
	page_make();
	serve(&a, NOW);
	serve(&b, NOW);
	for (int i = 0; i < 600; i += 10) {
		CHECK_NUMBER(serve(&a, NOW + i), STORE_USE_AS_BEFORE);
		CHECK_NUMBER(serve(&b, NOW + i), STORE_USE_AS_BEFORE);
	}
	CHECK_NUMBER(serve(&a, NOW + 600), STORE_USE_IN_TURN);
	CHECK_NUMBER(serve(&b, NOW + 601), STORE_USE_IN_TURN);
	CHECK_NUMBER(serve(&a, NOW + 659), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(serve(&b, NOW + 660), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(serve(&a, NOW + 660), STORE_USE_IN_TURN);
	page_unmake();
}

static void
many(void)
{
	char text[] = "0";

	page_make();
	for (int i = 0; i < 12; i++) {
		text[0] = (char)('a' + i);
		serve_once(text, NOW + i);
	}
	serve_once("f", NOW + 12);
	CHECK_NUMBER(count(), STORE_USES_MAX);
	check_use(0, "f", NOW + 12);
	check_use(1, "l", NOW + 11);
	check_use(7, "e", NOW + 4);
	serve_once("m", NOW + 13);
	CHECK_NUMBER(count(), STORE_USES_MAX);
	check_use(0, "m", NOW + 13);
	check_use(7, "g", NOW + 6);
	page_unmake();
}

static void
longest(void)
{
	static char text[STORE_USE_MAX + 2];

	page_make();
	memset(text, 'x', sizeof(text) - 1);
	CHECK_NUMBER(serve_once(text, NOW), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(serve_once(text, NOW), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(count(), 1);
	CHECK_NUMBER(uses[0].len, STORE_USE_MAX);
	page_unmake();
}

/* Each byte in turn: it is lost, or not, and can be written anew. */
static void
damaged(void)
{
	static char saved[STORE_PAGE_SIZE];
	struct store_own_use b = process("b");
	size_t found;

	page_make();
	serve_once("a", NOW);
	serve(&b, NOW);
	memcpy(saved, file(), sizeof(saved));
	for (size_t at = STORE_USES_AT; at < STORE_PAGE_SIZE; at++) {
		memcpy(file(), saved, sizeof(saved));
		file()[at] = (char)~file()[at];
		CHECK(store_uses_layout(store_page_uses(&page)) <= LAYOUT);
		found = count();
		CHECK(found <= 2);
		for (size_t i = 0; i < found; i++)
			CHECK(uses[i].len == 1 &&
			    (uses[i].text[0] == 'a' || uses[i].text[0] == 'b'));
		serve(&b, NOW);
		serve_once("c", NOW);
		serve(&b, NOW);
		CHECK(count() >= 2);
		check_use(0, "b", NOW);
		check_use(1, "c", NOW);
	}
	memset(file() + STORE_USES_AT, 0xa5, STORE_PAGE_SIZE - STORE_USES_AT);
	CHECK_NUMBER(count(), 0);
	serve(&b, NOW);
	CHECK_NUMBER(count(), 1);
	page_unmake();
}

static void
older(void)
{
	page_make();
	page_put_note(LITERAL("--lookup-by-host --privacy"));
	CHECK_NUMBER(store_uses_read(file(), STORE_PAGE_HALF, uses), 1);
	check_use(0, "lookup-by-host=yes privacy=yes", 0);
	page_put_note(LITERAL("--ipv4cidr=24 --ipv6cidr=64"));
	CHECK_NUMBER(count(), 1);
	check_use(0, "ipv4cidr=24 ipv6cidr=64", 0);
	CHECK_NUMBER(serve_once("a", NOW), STORE_USE_NEW);
	CHECK_NUMBER(count(), 2);
	check_use(0, "a", NOW);
	check_use(1, "ipv4cidr=24 ipv6cidr=64", 0);
	/* It was left by who came before, and by nobody after that. */
	page_put_note(LITERAL("--privacy"));
	CHECK_NUMBER(serve_once("a", NOW), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(count(), 2);
	CHECK_NUMBER(store_uses_read(file(), 100, uses), 0);
	page_unmake();
}

/* Without room for the second half. */
static void
cut(void)
{
	struct store_own_use a = process("a");

	page_make();
	page.is_long = false;
	CHECK_NUMBER(serve(&a, NOW), STORE_USE_AS_BEFORE);
	CHECK_NUMBER(store_uses_layout(store_page_uses(&page)), 0);
	page.is_long = true;
	CHECK_NUMBER(count(), 0);
	page_unmake();
}

static void
layout(void)
{
	const uint32_t two[] = { 2, ~UINT32_C(2) };

	page_make();
	CHECK_NUMBER(store_uses_layout(store_page_uses(&page)), 0);
	serve_once("a", NOW);
	CHECK_NUMBER(store_uses_layout(store_page_uses(&page)), LAYOUT);
	memcpy(file() + STORE_USES_AT + 8, two, sizeof(two));
	CHECK_NUMBER(store_uses_layout(store_page_uses(&page)), 2);
	file()[STORE_USES_AT + 12] = 0;
	CHECK_NUMBER(store_uses_layout(store_page_uses(&page)), 0);
	page_unmake();
}

/* As a store does that is not open: nothing is made. */
static void
looked_at(void)
{
	page_directory_make();
	CHECK_NUMBER(
	    store_uses_look(page_directory, PAGE_NAME, -1, true, uses), 0);
	CHECK(rmdir(page_directory) == 0);
	CHECK_NUMBER(
	    store_uses_look(page_directory, PAGE_NAME, -1, true, uses), 0);

	page_make();
	serve_once("a", NOW);
	serve_once("b", NOW);
	CHECK_NUMBER(
	    store_uses_look(page_directory, PAGE_NAME, -1, true, uses), 2);
	check_use(0, "b", NOW);
	check_use(1, "a", NOW);
	CHECK_NUMBER(store_uses_look("/", "none", page.fd, false, uses), 2);
	page_unmake();
}

const struct unit_test unit_store_uses[] = {
	{ "store: one use is kept with the time when it served last", one },
	{ "store: another use than the last is news, old processes are not",
	    changed },
	{ "store: two uses side by side are told from a change", in_turn },
	{ "store: of more uses than there is room for the last are kept",
	    many },
	{ "store: a use that is too long is cut", longest },
	{ "store: uses with any byte changed are lost or right, and written "
	  "anew",
	    damaged },
	{ "store: what the first version noted is the use before the first",
	    older },
	{ "store: a page without room for uses has none", cut },
	{ "store: the layout is known while its check value is right", layout },
	{ "store: uses are looked at in a store that is not open, and nothing "
	  "is made",
	    looked_at },
	{ NULL, NULL }
};

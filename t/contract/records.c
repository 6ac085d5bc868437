/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "contract.h"

/* What is decided for keys[i]: its letter; and "i=value;" of what was shown. */
struct decided {
	const char *actions; /* p: put, d: delete, l: leave */
	char shown[200];
};

static enum store_action
decide(void *argument, size_t index, const struct bytes *value,
    struct store_value *next)
{
	struct decided *decided = argument;
	char text[40];

	snprintf(text, sizeof(text), "%zu=%.*s;", index,
	    value == NULL ? 1 : (int)value->len,
	    value == NULL ? "-" : value->data);
	strcat(decided->shown, text);
	next->len = 2;
	next->lives = 3600;
	memcpy(next->data, (char[]){ 'v', (char)('0' + index) }, 2);
	return decided->actions[index] == 'p' ? STORE_PUT :
	    decided->actions[index] == 'd'    ? STORE_DELETE :
						STORE_LEAVE;
}

/* Of the keys a, b, c...: so is decided, and this is shown. */
static void
change(struct store *store, enum store_table table, const char *actions,
    const char *shown)
{
	static const struct bytes keys[] = { LITERAL("a"), LITERAL("b"),
		LITERAL("c"), LITERAL("d") };
	struct decided decided = { .actions = actions };

	CHECK_DONE(store,
	    store_update(
		store, table, keys, strlen(actions), decide, &decided));
	CHECK_TEXT(decided.shown, shown);
}

struct walked {
	size_t enough; /* stops after so many */
	size_t count;
	char text[200];
};

static bool
visit(void *argument, struct bytes key, struct bytes value)
{
	struct walked *walked = argument;
	char text[40];

	snprintf(text, sizeof(text), "%.*s=%.*s;", (int)key.len, key.data,
	    (int)value.len, value.data);
	if (strlen(walked->text) + strlen(text) < sizeof(walked->text))
		strcat(walked->text, text);
	return ++walked->count < walked->enough;
}

static void
walk(struct store *store, enum store_table table, const char *from,
    size_t enough, const char *want)
{
	struct walked walked = { .enough = enough };

	CHECK_DONE(
	    store, store_walk(store, table, bytes_of(from), visit, &walked));
	CHECK_TEXT(walked.text, want);
}

static void
show(void *argument, size_t index, const struct bytes *value)
{
	struct store_value ignored;

	(void)decide(argument, index, value, &ignored);
}

static void
gets(void)
{
	static const struct bytes keys[] = { LITERAL("c"), LITERAL("a"),
		LITERAL("b"), LITERAL("a") };
	struct decided shown = { .actions = "llll" };
	struct store *store = contract_empty();

	change(store, STORE_TRIPLETS, "plp", "0=-;1=-;2=-;");
	CHECK_DONE(
	    store, store_get(store, STORE_TRIPLETS, keys, 4, show, &shown));
	CHECK_DONE(
	    store, store_get(store, STORE_CLIENTS, keys, 1, show, &shown));
	CHECK_DONE(
	    store, store_get(store, STORE_CLIENTS, keys, 0, show, &shown));
	CHECK_TEXT(shown.shown, "0=v2;1=v0;2=-;3=v0;0=-;");
	store_close(store);
}

static void
changes(void)
{
	struct store *store = contract_empty();

	change(store, STORE_TRIPLETS, "plp", "0=-;1=-;2=-;");
	change(store, STORE_TRIPLETS, "lll", "0=v0;1=-;2=v2;");
	change(store, STORE_TRIPLETS, "ddlp", "0=v0;1=-;2=v2;3=-;");
	walk(store, STORE_TRIPLETS, "", 9, "c=v2;d=v3;");
	change(store, STORE_TRIPLETS, "pddp", "0=-;1=-;2=v2;3=v3;");
	walk(store, STORE_TRIPLETS, "", 9, "a=v0;d=v3;");
	store_close(store);
}

static void
tables(void)
{
	struct store *store = contract_empty();

	change(store, STORE_TRIPLETS, "pl", "0=-;1=-;");
	change(store, STORE_CLIENTS, "lp", "0=-;1=-;");
	walk(store, STORE_TRIPLETS, "", 9, "a=v0;");
	walk(store, STORE_CLIENTS, "", 9, "b=v1;");
	store_close(store);
}

static void
walks(void)
{
	struct store *store = contract_empty();

	walk(store, STORE_TRIPLETS, "", 9, "");
	change(store, STORE_TRIPLETS, "llpl", "0=-;1=-;2=-;3=-;");
	change(store, STORE_TRIPLETS, "pp", "0=-;1=-;");
	walk(store, STORE_TRIPLETS, "", 9, "a=v0;b=v1;c=v2;");
	walk(store, STORE_TRIPLETS, "b", 9, "b=v1;c=v2;");
	walk(store, STORE_TRIPLETS, "bb", 9, "c=v2;");
	walk(store, STORE_TRIPLETS, "d", 9, "");
	walk(store, STORE_TRIPLETS, "", 2, "a=v0;b=v1;");
	walk(store, STORE_TRIPLETS, "b", 1, "b=v1;");
	store_close(store);
}

static void
only_read(void)
{
	struct store *store = contract_empty();

	change(store, STORE_TRIPLETS, "p", "0=-;");
	store_close(store);
	store = contract_open_read_only();
	if (contract_is_kept()) {
		change(store, STORE_TRIPLETS, "dp", "0=v0;1=-;");
		walk(store, STORE_TRIPLETS, "", 9, "a=v0;");
	} else {
		change(store, STORE_TRIPLETS, "pp", "0=-;1=-;");
		walk(store, STORE_TRIPLETS, "", 9, "");
	}
	store_close(store);
}

static void
headers(void)
{
	struct store *store = contract_empty();
	char header[STORE_HEADER_MAX];

	CHECK_DONE(store, store_header(store, STORE_TRIPLETS, true, header));
	CHECK(bytes_begin_with(bytes_of(header),
	    LITERAL("VERSION=3\nformat=print\ntype=btree\n")));
	CHECK(strstr(header, "\nHEADER=END\n") != NULL);
	CHECK_DONE(store, store_header(store, STORE_CLIENTS, false, header));
	CHECK(bytes_begin_with(bytes_of(header),
	    LITERAL("VERSION=3\nformat=bytevalue\ntype=btree\n")));
	store_close(store);
}

/* Keys that are hard to keep: long ones that differ at their end only, and
 * bytes that mean something elsewhere. */
enum { LONGEST = 8200 };

static const struct {
	size_t len;
	char fill;
	char last;
} lengths[] = { { 1, 'x', 'x' }, { 128, 'x', 'a' }, { 128, 'x', 'b' },
	{ 400, 'x', 'a' }, { 511, 'x', 'a' }, { 511, 'x', 'b' },
	{ 512, 'x', 'a' }, { 512, 'x', 'b' }, { 600, 'x', 'a' },
	{ 600, 'x', 'b' }, { 2000, 'x', 'a' }, { 2000, 'x', 'b' },
	{ LONGEST, 'x', 'a' }, { LONGEST, 'x', 'b' }, { 300, '\0', '\0' },
	{ 700, '\0', '\1' }, { 300, '\xff', '\xff' }, { 900, '}', '{' },
	{ 20, '\n', '\r' }, { 20, '%', 's' }, { 20, '/', '/' },
	{ 20, '}', '}' }, { 20, '{', '}' }, { 20, ' ', '\\' } };

enum { LENGTHS = sizeof(lengths) / sizeof(lengths[0]) };

static struct bytes
made_key(size_t row)
{
	static char room[LENGTHS][LONGEST];

	memset(room[row], lengths[row].fill, lengths[row].len);
	room[row][lengths[row].len - 1] = lengths[row].last;
	return (struct bytes){ room[row], lengths[row].len };
}

struct order {
	size_t count;
	size_t len;
	char last[LONGEST];
	bool holds;
};

static bool
in_order(void *argument, struct bytes key, struct bytes value)
{
	struct order *order = argument;
	struct bytes before = { order->last, order->len };

	(void)value;
	if (order->count > 0 && bytes_compare(before, key) >= 0)
		order->holds = false;
	memcpy(order->last, key.data, key.len);
	order->len = key.len;
	order->count++;
	return true;
}

static void
hard_keys(void)
{
	static struct order order = { .holds = true };
	struct store *store = contract_empty();
	struct bytes value;
	char text[40];

	for (size_t i = 0; i < LENGTHS; i++) {
		snprintf(text, sizeof(text), "%zu,7", i);
		contract_put(
		    store, STORE_TRIPLETS, made_key(i), bytes_of(text));
	}
	for (size_t i = 0; i < LENGTHS; i++) {
		snprintf(text, sizeof(text), "%zu,7", i);
		unit_about(text);
		value = contract_value(store, STORE_TRIPLETS, made_key(i));
		CHECK(value.data != NULL);
		CHECK_BYTES(value, bytes_of(text));
	}
	unit_about(NULL);
	CHECK_DONE(store,
	    store_walk(store, STORE_TRIPLETS, (struct bytes){ "", 0 }, in_order,
		&order));
	CHECK_NUMBER(order.count, LENGTHS);
	CHECK(order.holds);
	order.count = 0;
	CHECK_DONE(store,
	    store_walk(store, STORE_TRIPLETS, made_key(10), in_order, &order));
	CHECK_BYTES(((struct bytes){ order.last, order.len }), made_key(16));
	store_close(contract_empty());
	store_close(store);
}

/* So many that a walk takes many units of work, and more than one page. */
enum { MANY = 5000, AT_ONCE = 50 };

static enum store_action
put_number(void *argument, size_t index, const struct bytes *value,
    struct store_value *next)
{
	int first = *(int *)argument;

	CHECK(value == NULL);
	next->lives = 3600;
	next->len = (size_t)snprintf(
	    next->data, sizeof(next->data), "%d,1", first + (int)index);
	return STORE_PUT;
}

struct numbers {
	int next;
	int step;
	bool hold;
};

static bool
is_next(void *argument, struct bytes key, struct bytes value)
{
	struct numbers *numbers = argument;
	char text[40], number[40];

	snprintf(text, sizeof(text), "k%06d", numbers->next);
	snprintf(number, sizeof(number), "%d,1", numbers->next);
	if (!bytes_equal(key, bytes_of(text)) ||
	    !bytes_equal(value, bytes_of(number)))
		numbers->hold = false;
	numbers->next += numbers->step;
	return true;
}

static enum store_action
delete_it(void *argument, size_t index, const struct bytes *value,
    struct store_value *next)
{
	(void)argument;
	(void)index;
	(void)next;
	return value == NULL ? STORE_LEAVE : STORE_DELETE;
}

static void
many_records(void)
{
	static char text[AT_ONCE][16];
	struct store *store = contract_empty();
	struct numbers all = { 0, 1, true }, odd = { 1, 2, true };
	struct bytes keys[AT_ONCE];
	bool failed = false;

	for (int first = MANY - AT_ONCE; first >= 0 && !failed;
	     first -= AT_ONCE) {
		for (int i = 0; i < AT_ONCE; i++) {
			snprintf(text[i], sizeof(text[i]), "k%06d", first + i);
			keys[i] = bytes_of(text[i]);
		}
		failed = store_update(store, STORE_CLIENTS, keys, AT_ONCE,
			     put_number, &first) != STORE_OK;
	}
	CHECK(!failed);
	CHECK_DONE(store,
	    store_walk(
		store, STORE_CLIENTS, (struct bytes){ "", 0 }, is_next, &all));
	CHECK_NUMBER(all.next, MANY);
	CHECK(all.hold);
	for (int first = 0; first < MANY && !failed; first += 2 * AT_ONCE) {
		for (int i = 0; i < AT_ONCE; i++) {
			snprintf(
			    text[i], sizeof(text[i]), "k%06d", first + 2 * i);
			keys[i] = bytes_of(text[i]);
		}
		failed = store_update(store, STORE_CLIENTS, keys, AT_ONCE,
			     delete_it, NULL) != STORE_OK;
	}
	CHECK(!failed);
	CHECK_DONE(store,
	    store_walk(
		store, STORE_CLIENTS, (struct bytes){ "", 0 }, is_next, &odd));
	CHECK_NUMBER(odd.next, MANY + 1);
	CHECK(odd.hold);
	store_close(store);
}

static void
kept(void)
{
	struct store *store = contract_empty();
	struct bytes value;

	change(store, STORE_TRIPLETS, "p", "0=-;");
	store_close(store);
	store = contract_open();
	value = contract_value(store, STORE_TRIPLETS, bytes_of("a"));
	if (contract_is_kept())
		CHECK_BYTES(value, bytes_of("v0"));
	else
		CHECK(value.data == NULL);
	store_close(store);
}

/* A maximum, and with it all that may stand in a value. */
static void
values(void)
{
	struct store *store = contract_empty();
	char longest[STORE_VALUE_MAX];

	memset(longest, 0xa5, sizeof(longest));
	longest[7] = '\0';
	contract_put(store, STORE_TRIPLETS, bytes_of("a"),
	    (struct bytes){ longest, sizeof(longest) });
	CHECK_BYTES(contract_value(store, STORE_TRIPLETS, bytes_of("a")),
	    ((struct bytes){ longest, sizeof(longest) }));
	store_close(store);
}

const struct unit_test contract_records[] = {
	{ "what is decided for each key is done, and seen by the next",
	    changes },
	{ "the tables have nothing in common", tables },
	{ "a walk shows the records in order, from a key on, until it is "
	  "enough",
	    walks },
	{ "what is only read stays as it is", only_read },
	{ "the header is db_dump's", headers },
	{ "each key that is asked for is shown with its value, or none", gets },
	{ "keys of all lengths and bytes are kept, each for itself, in order",
	    hard_keys },
	{ "a walk shows each of many records once, and a deletion spares the "
	  "others",
	    many_records },
	{ "a value may have any bytes, up to its maximum", values },
	{ "what was stored is there when the store is opened again", kept },
	{ NULL, NULL }
};

/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of stores in Redis, and of its servers. */
#include "store/redis/redis_error.h"
#include "store/redis/redis_url.h"
#include "unit.h"

static void
names(void)
{
	static const struct {
		const char *scheme, *place;
		enum redis_kind kind;
		bool tls;
		size_t count;
		const char *first; /* host as text */
		int db;
		const char *user, *master, *passfile, *cafile;
	} rows[] = {
		{ "redis", "//mx.example.com", REDIS_SINGLE, false, 1,
		    "mx.example.com:6379", 0, "", "", "", "" },
		{ "redis", "//192.0.2.1:7000/3", REDIS_SINGLE, false, 1,
		    "192.0.2.1:7000", 3, "", "", "", "" },
		{ "redis", "//[2001:db8::1]", REDIS_SINGLE, false, 1,
		    "[2001:db8::1]:6379", 0, "", "", "", "" },
		{ "redis", "//[2001:db8::1]:7000/", REDIS_SINGLE, false, 1,
		    "[2001:db8::1]:7000", 0, "", "", "", "" },
		{ "rediss", "//a%40b@mx.example.com?passfile=/a%20b&cafile=/c",
		    REDIS_SINGLE, true, 1, "mx.example.com:6379", 0, "a@b", "",
		    "/a b", "/c" },
		{ "redis+unix", "///run/redis/s?db=2", REDIS_SINGLE, false, 1,
		    "/run/redis/s", 2, "", "", "", "" },
		{ "redis+unix", "//grey@/run/r%25s", REDIS_SINGLE, false, 1,
		    "/run/r%s", 0, "grey", "", "", "" },
		{ "redis+cluster", "//a:1,b:2,[2001:db8::1]:3", REDIS_CLUSTER,
		    false, 3, "a:1", 0, "", "", "", "" },
		{ "rediss+cluster", "//a", REDIS_CLUSTER, true, 1, "a:6379", 0,
		    "", "", "", "" },
		{ "redis+sentinel", "//u@a,b:7/grey%2Fx?db=1", REDIS_SENTINEL,
		    false, 2, "a:26379", 1, "u", "grey/x", "", "" },
		{ "rediss+sentinel", "//a/g", REDIS_SENTINEL, true, 1,
		    "a:26379", 0, "", "g", "", "" },
	};
	char text[REDIS_HOST_TEXT_MAX];
	struct redis_url url;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].place);
		if (!CHECK(redis_url_parse(
			       rows[i].scheme, rows[i].place, &url) == NULL))
			continue;
		CHECK_NUMBER(url.kind, rows[i].kind);
		CHECK_NUMBER(url.tls, rows[i].tls);
		CHECK_NUMBER(url.count, rows[i].count);
		CHECK_TEXT(redis_host_text(&url.hosts[0], text), rows[i].first);
		CHECK_NUMBER(url.db, rows[i].db);
		CHECK_TEXT(url.user, rows[i].user);
		CHECK_TEXT(url.master, rows[i].master);
		CHECK_TEXT(url.passfile, rows[i].passfile);
		CHECK_TEXT(url.cafile, rows[i].cafile);
	}
}

static void
others(void)
{
	static const struct {
		const char *scheme, *place;
		const char *word; /* of what is said */
	} rows[] = {
		{ "redis", "", "//" },
		{ "redis", "mx.example.com", "//" },
		{ "redis", "//", "no host" },
		{ "redis", "//:6379", "no host" },
		{ "redis", "//a:0", "port" },
		{ "redis", "//a:65536", "port" },
		{ "redis", "//a:", "port" },
		{ "redis", "//a:6379x", "port" },
		{ "redis", "//2001:db8::1", "[ ]" },
		{ "redis", "//[2001:db8::1", "]" },
		{ "redis", "//[2001:db8::1]x", "]" },
		{ "redis", "//a b", "neither" },
		{ "redis", "//a/x", "number" },
		{ "redis", "//a/-1", "number" },
		{ "redis", "//a,b", "redis+cluster" },
		{ "redis", "//u:p@a", "passfile" },
		{ "redis", "//%zz@a", "%HH" },
		{ "redis", "//%00@a", "%HH" },
		{ "redis", "//a?timeout=1", "nothing else" },
		{ "redis", "//a?passfile", "passfile=" },
		{ "redis", "//a?passfile=", "passfile=" },
		{ "redis", "//a?cafile=/x", "rediss:" },
		{ "redis", "//a?db=x", "db=" },
		{ "redis", "//a/1?db=2", "a database twice" },
		{ "redis", "//a/2?db=0", "a database twice" },
		{ "redis", "//a?db=1&db=2", "one db=" },
		{ "redis", "//a?db=0&db=0", "one db=" },
		{ "redis", "//a?passfile=/x&passfile=/y", "one passfile=" },
		{ "rediss", "//a?cafile=/x&cafile=/x", "one cafile=" },
		{ "redis+cluster", "//a/1", "no databases" },
		{ "redis+cluster", "//a?db=1", "no databases" },
		{ "redis+cluster", "//a,", "no host" },
		{ "redis+cluster", "//a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a",
		    "too many" },
		{ "redis+sentinel", "//a", "name" },
		{ "redis+sentinel", "//a/", "name" },
		{ "redis+unix", "//run", "path" },
		{ "redis+unix", "//", "path" },
		{ "redis+unix",
		    "///aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "a",
		    "too long" },
	};
	struct redis_url url;

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *problem = redis_url_parse(
		    rows[i].scheme, rows[i].place, &url);

		unit_about(rows[i].place);
		CHECK(problem != NULL && strstr(problem, rows[i].word) != NULL);
	}
}

static void
redirects(void)
{
	static const struct {
		const char *text;
		unsigned slot;
		const char *host; /* as text; NULL: it can't be read */
	} rows[] = {
		{ "MOVED 3999 192.0.2.5:6381", 3999, "192.0.2.5:6381" },
		{ "ASK 0 mx.example.com:1", 0, "mx.example.com:1" },
		{ "MOVED 16383 2001:db8::5:6381", 16383, "[2001:db8::5]:6381" },
		{ "MOVED 1 :6381", 1, ":6381" },
		{ "MOVED 16384 192.0.2.5:6381", 0, NULL },
		{ "MOVED x 192.0.2.5:6381", 0, NULL },
		{ "MOVED 1 192.0.2.5", 0, NULL },
		{ "MOVED 1 192.0.2.5:0", 0, NULL },
		{ "MOVED 1 192.0.2.5:65536", 0, NULL },
		{ "MOVED 1 a/b:1", 0, NULL },
		{ "MOVED 1", 0, NULL },
		{ "MOVED", 0, NULL },
		{ "", 0, NULL },
	};
	char text[REDIS_HOST_TEXT_MAX];
	struct redis_redirect redirect;

	for (size_t i = 0; i < ROWS(rows); i++) {
		bool read = redis_redirect_parse(
		    bytes_of(rows[i].text), &redirect);

		unit_about(rows[i].text);
		if (!CHECK(read == (rows[i].host != NULL)) || !read)
			continue;
		CHECK_NUMBER(redirect.slot, rows[i].slot);
		CHECK_TEXT(redis_host_text(&redirect.host, text), rows[i].host);
	}
}

static void
errors(void)
{
	static const struct {
		const char *text;
		enum redis_error kind;
	} rows[] = {
		{ "MOVED 1 192.0.2.5:1", REDIS_ERROR_MOVED },
		{ "ASK 1 192.0.2.5:1", REDIS_ERROR_ASK },
		{ "CLUSTERDOWN Hash slot not served", REDIS_ERROR_PASSING },
		{ "LOADING Redis is loading", REDIS_ERROR_PASSING },
		{ "READONLY You can't", REDIS_ERROR_PASSING },
		{ "MASTERDOWN Link with MASTER", REDIS_ERROR_PASSING },
		{ "TRYAGAIN Multiple keys", REDIS_ERROR_PASSING },
		{ "OOM command not allowed", REDIS_ERROR_LASTING },
		{ "WRONGPASS invalid", REDIS_ERROR_LASTING },
		{ "ERR syntax error", REDIS_ERROR_LASTING },
		{ "", REDIS_ERROR_LASTING },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		CHECK_NUMBER(
		    redis_error_kind(bytes_of(rows[i].text)), rows[i].kind);
	}
}

const struct unit_test unit_redis_url[] = {
	{ "a store's name is taken apart", names },
	{ "what names no store says what is wrong with it", others },
	{ "where a server sends us is read", redirects },
	{ "a server's errors are told apart", errors },
	{ NULL, NULL },
};

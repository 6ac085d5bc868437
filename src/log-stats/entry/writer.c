/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "log-stats/tables/memory.h"
#include "writer.h"

enum { CACHE = 4096, PROBES = 8, TEXT_MAX = 200 };

static const struct known {
	const char *program;
	enum daemon daemon;
} known_daemons[] = {
	{ "postscreen", DAEMON_POSTSCREEN },
	{ "dnsblog", DAEMON_DNSBLOG },
	{ "tlsproxy", DAEMON_TLSPROXY },
	{ "smtpd", DAEMON_SMTPD },
	{ "qmqpd", DAEMON_SMTPD },
	{ "pickup", DAEMON_PICKUP },
	{ "cleanup", DAEMON_CLEANUP },
	{ "qmgr", DAEMON_QMGR },
	{ "nqmgr", DAEMON_QMGR },
	{ "oqmgr", DAEMON_QMGR },
	{ "local", DAEMON_DELIVERY },
	{ "virtual", DAEMON_DELIVERY },
	{ "pipe", DAEMON_DELIVERY },
	{ "error", DAEMON_DELIVERY },
	{ "retry", DAEMON_DELIVERY },
	{ "smtp", DAEMON_SMTP },
	{ "lmtp", DAEMON_SMTP },
	{ "discard", DAEMON_DISCARD },
	{ "bounce", DAEMON_BOUNCE },
	{ "defer", DAEMON_BOUNCE },
	{ "trace", DAEMON_BOUNCE },
	{ "anvil", DAEMON_ANVIL },
	{ "scache", DAEMON_SCACHE },
	{ "verify", DAEMON_VERIFY },
	{ "master", DAEMON_MASTER },
	{ "postfix-script", DAEMON_MASTER },
	{ "post-install", DAEMON_MASTER },
	{ "postfix-tls-script", DAEMON_MASTER },
	{ "postmulti-script", DAEMON_MASTER },
	{ "postfix-wrapper", DAEMON_MASTER },
	{ "postmulti", DAEMON_MASTER },
	{ "postfix", DAEMON_MASTER },
	{ "postsuper", DAEMON_POSTSUPER },
	{ "cidrmatch", DAEMON_OTHER },
	{ "flush", DAEMON_OTHER },
	{ "postalias", DAEMON_OTHER },
	{ "postcat", DAEMON_OTHER },
	{ "postconf", DAEMON_OTHER },
	{ "postdrop", DAEMON_OTHER },
	{ "postfix-collate", DAEMON_OTHER },
	{ "postkick", DAEMON_OTHER },
	{ "postlock", DAEMON_OTHER },
	{ "postlog", DAEMON_OTHER },
	{ "postlogd", DAEMON_OTHER },
	{ "postmap", DAEMON_OTHER },
	{ "postqueue", DAEMON_OTHER },
	{ "posttls-finger", DAEMON_OTHER },
	{ "proxymap", DAEMON_OTHER },
	{ "proxywrite", DAEMON_OTHER },
	{ "rewrite", DAEMON_OTHER },
	{ "sendmail", DAEMON_OTHER },
	{ "showq", DAEMON_OTHER },
	{ "spawn", DAEMON_OTHER },
	{ "tlsmgr", DAEMON_OTHER },
	{ "trivial-rewrite", DAEMON_OTHER },
	{ "grey-check", DAEMON_GREY },
	{ "grey-expire", DAEMON_GREY },
	{ "postgrey", DAEMON_GREY },
	{ "sqlgrey", DAEMON_GREY },
	{ "policyd-spf", DAEMON_SPF },
	{ "policy-spf", DAEMON_SPF },
	{ "pypolicyd-spf", DAEMON_SPF },
	{ "postfix-policyd-spf-perl", DAEMON_SPF },
};

struct cached {
	struct writer writer;
	size_t host_len;
	size_t program_len;
	char text[TEXT_MAX]; /* host, then program */
};

/* What is in it stays as it is. */
static struct cached *cache[CACHE];
static struct writer not_kept;

static bool
is(struct bytes text, const char *word)
{
	return bytes_equal(text, bytes_of(word));
}

static enum daemon
find_daemon(struct bytes program)
{
	for (size_t i = 0; i < sizeof(known_daemons) / sizeof(*known_daemons);
	     i++)
		if (is(program, known_daemons[i].program))
			return known_daemons[i].daemon;
	return DAEMON_UNKNOWN;
}

/* "postfix", "postfix-in", "postfix.mx2", "postfix@mx2" */
static bool
is_log_name_of_postfix(struct bytes instance)
{
	const struct bytes postfix = { "postfix", 7 };

	return bytes_begin_with(instance, postfix) &&
	    (instance.len == postfix.len ||
		strchr("-_.@", instance.data[postfix.len]) != NULL);
}

/* Of programs without a slash only a few are ours: sendmail is another's. */
static enum daemon
judge_alone(struct bytes program)
{
	enum daemon daemon = find_daemon(program);

	if (daemon == DAEMON_GREY || daemon == DAEMON_SPF)
		return daemon;
	if (is(program, "postfix"))
		return DAEMON_MASTER;
	return is_log_name_of_postfix(program) ? DAEMON_UNKNOWN :
						 DAEMON_FOREIGN;
}

static void
read_program(struct writer *writer, struct bytes program)
{
	const char *first = memchr(program.data, '/', program.len);
	const char *last;

	if (first == NULL) {
		writer->instance = writer->program = program;
		writer->daemon = judge_alone(program);
		return;
	}
	writer->program = bytes_after_last(program, '/');
	last = writer->program.data - 1;
	writer->instance = (struct bytes){ program.data,
		(size_t)(first - program.data) };
	if (last > first)
		writer->service = (struct bytes){ first + 1,
			(size_t)(last - first - 1) };
	writer->daemon = find_daemon(writer->program);
	if (writer->daemon == DAEMON_UNKNOWN &&
	    !is_log_name_of_postfix(writer->instance))
		writer->daemon = DAEMON_FOREIGN;
}

/* postfix/submissions-proxyprotocol/smtpd is one, too. */
static bool
is_submission(struct bytes service)
{
	const struct bytes submission = { "submission", 10 };
	const struct bytes smtps = { "smtps", 5 };

	return bytes_begin_with(service, submission) ||
	    bytes_begin_with(service, smtps);
}

static void
read_writer(struct writer *writer, struct bytes host, struct bytes program)
{
	*writer = (struct writer){ .daemon = DAEMON_FOREIGN,
		.host = host,
		.program_len = program.len };
	if (program.len > 0)
		read_program(writer, program);
	writer->is_submission = is_submission(writer->service);
	writer->host_hash = hash_bytes(host, 1);
	writer->instance_hash = hash_bytes(writer->instance, writer->host_hash);
}

static bool
holds(const struct cached *cached, struct bytes host, struct bytes program)
{
	return cached->host_len == host.len &&
	    cached->program_len == program.len &&
	    memcmp(cached->text, host.data, host.len) == 0 &&
	    (program.len == 0 ||
		memcmp(cached->text + host.len, program.data, program.len) ==
		    0);
}

/* The place of what is there, or of what may be put there; NULL: all full. */
static struct cached **
find_place(struct bytes host, struct bytes program)
{
	size_t slot = hash_bytes(program, hash_bytes(host, 0)) % CACHE;

	for (size_t i = 0; i < PROBES; i++) {
		struct cached **place = &cache[(slot + i) % CACHE];

		if (*place == NULL || holds(*place, host, program))
			return place;
	}
	return NULL;
}

static struct cached *
keep(struct bytes host, struct bytes program)
{
	struct cached *cached = memory_new(1, sizeof(*cached));

	memcpy(cached->text, host.data, host.len);
	if (program.len > 0)
		memcpy(cached->text + host.len, program.data, program.len);
	cached->host_len = host.len;
	cached->program_len = program.len;
	read_writer(&cached->writer, (struct bytes){ cached->text, host.len },
	    (struct bytes){ cached->text + host.len, program.len });
	cached->writer.is_kept = true;
	return cached;
}

const struct writer *
writer_of(struct bytes host, struct bytes program)
{
	struct cached **place = find_place(host, program);

	if (place != NULL && *place != NULL)
		return &(*place)->writer;
	if (place == NULL || host.len + program.len > TEXT_MAX) {
		read_writer(&not_kept, host, program);
		return &not_kept;
	}
	*place = keep(host, program);
	return &(*place)->writer;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/hash.h"
#include "log-stats/tables/memory.h"
#include "log-stats/tables/table.h"
#include "writer.h"

enum { WRITERS = 4096, TEXT_MAX = 200 };

/* Their programs, each between blanks. */
static const char *const programs[DAEMON_COUNT] = {
	[DAEMON_POSTSCREEN] = " postscreen ",
	[DAEMON_DNSBLOG] = " dnsblog ",
	[DAEMON_TLSPROXY] = " tlsproxy ",
	[DAEMON_SMTPD] = " smtpd qmqpd ",
	[DAEMON_PICKUP] = " pickup ",
	[DAEMON_CLEANUP] = " cleanup ",
	[DAEMON_QMGR] = " qmgr nqmgr oqmgr ",
	[DAEMON_DELIVERY] = " local virtual pipe error retry ",
	[DAEMON_SMTP] = " smtp lmtp ",
	[DAEMON_DISCARD] = " discard ",
	[DAEMON_BOUNCE] = " bounce defer trace ",
	[DAEMON_ANVIL] = " anvil ",
	[DAEMON_SCACHE] = " scache ",
	[DAEMON_VERIFY] = " verify ",
	[DAEMON_MASTER] = " master ",
	[DAEMON_SCRIPT] = " postfix-script post-install "
			  "postfix-tls-script postmulti-script postfix-wrapper "
			  "postmulti postfix ",
	[DAEMON_POSTSUPER] = " postsuper ",
	[DAEMON_OTHER] = " cidrmatch flush postalias postcat postconf postdrop "
			 "postfix-collate postkick postlock postlog postlogd "
			 "postmap postqueue posttls-finger proxymap proxywrite "
			 "rewrite sendmail showq spawn tlsmgr trivial-rewrite ",
	[DAEMON_GREY] = " grey-check grey-expire postgrey sqlgrey ",
	[DAEMON_SPF] = " policyd-spf policy-spf pypolicyd-spf "
		       "postfix-policyd-spf-perl ",
	[DAEMON_FILTER] = " amavis amavisd amavisd-new opendkim opendmarc "
			  "rspamd spamd clamav-milter "
			  "pmg-smtp-filter MailScanner ",
};

struct kept {
	struct writer writer;
	size_t host_len;
	size_t program_len;
	char text[TEXT_MAX]; /* host, then program */
};

/* What is kept stays where it is: entries of a table move. */
struct place {
	uint64_t hash;
	struct kept *kept;
};

static struct table places;
static struct writer not_kept;

static enum daemon
find_daemon(struct bytes program)
{
	char name[TEXT_MAX + 2] = " ";

	if (program.len == 0 || program.len > TEXT_MAX ||
	    memchr(program.data, ' ', program.len) != NULL)
		return DAEMON_UNKNOWN;
	memcpy(name + 1, program.data, program.len);
	name[1 + program.len] = ' ';
	for (int daemon = 0; daemon < DAEMON_COUNT; daemon++)
		if (programs[daemon] != NULL &&
		    memmem(programs[daemon], strlen(programs[daemon]), name,
			program.len + 2) != NULL)
			return (enum daemon)daemon;
	return DAEMON_UNKNOWN;
}

/* "postfix", "postfix-in", "postfix.mx2", "postfix@mx2", "postfix:25" */
static bool
is_log_name_of_postfix(struct bytes instance)
{
	const struct bytes postfix = { "postfix", 7 };

	return bytes_begin_with(instance, postfix) &&
	    (instance.len == postfix.len ||
		strchr("-_.@:", instance.data[postfix.len]) != NULL);
}

/* Without a slash, "sendmail" is not of Postfix; few such programs are known.
 */
static enum daemon
judge_alone(struct bytes program)
{
	enum daemon daemon = find_daemon(program);

	if (daemon == DAEMON_GREY || daemon == DAEMON_SPF ||
	    daemon == DAEMON_FILTER)
		return daemon;
	return is_log_name_of_postfix(program) ? DAEMON_UNKNOWN :
						 DAEMON_FOREIGN;
}

/* Their "lmtp" and "master" are not Postfix'. */
static bool
is_other_mail_server(struct bytes instance)
{
	static const char *const others[] = { "dovecot", "cyrus", "courier",
		"exim", "exim4", "sendmail", "amavis", "opensmtpd", "smtpd" };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (bytes_equal(instance, bytes_of(others[i])))
			return true;
	return false;
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
	if (is_other_mail_server(writer->instance) ||
	    (writer->daemon == DAEMON_UNKNOWN &&
		!is_log_name_of_postfix(writer->instance)))
		writer->daemon = DAEMON_FOREIGN;
}

static bool
begins_word(struct bytes name, const char *at)
{
	const char before = at == name.data ? '-' : bytes_lower(at[-1]);

	return before < 'a' || before > 'z';
}

/* "submission", "submissions" and "smtps", also in "postfix-submission" and
 * "submissions-proxyprotocol". */
static bool
is_submission(struct bytes name)
{
	static const char *const words[] = { "submission", "smtps" };

	for (size_t i = 0; i < 2; i++) {
		const size_t len = strlen(words[i]);
		const char *at = name.len == 0 ?
		    NULL :
		    memmem(name.data, name.len, words[i], len);

		if (at != NULL && begins_word(name, at))
			return true;
	}
	return false;
}

static void
read_writer(struct writer *writer, struct bytes host, struct bytes program)
{
	*writer = (struct writer){ .daemon = DAEMON_FOREIGN,
		.host = host,
		.program_len = program.len };
	if (program.len > 0)
		read_program(writer, program);
	writer->is_submission = is_submission(writer->instance) ||
	    is_submission(writer->service);
	writer->host_hash = hash_text(host, 1);
	writer->instance_hash = hash_text(writer->instance, writer->host_hash);
}

static bool
holds(const struct kept *kept, struct bytes host, struct bytes program)
{
	return kept->host_len == host.len && kept->program_len == program.len &&
	    memcmp(kept->text, host.data, host.len) == 0 &&
	    (program.len == 0 ||
		memcmp(kept->text + host.len, program.data, program.len) == 0);
}

static struct kept *
keep(struct bytes host, struct bytes program)
{
	struct kept *kept = memory_new(1, sizeof(*kept));

	memcpy(kept->text, host.data, host.len);
	if (program.len > 0)
		memcpy(kept->text + host.len, program.data, program.len);
	kept->host_len = host.len;
	kept->program_len = program.len;
	read_writer(&kept->writer, (struct bytes){ kept->text, host.len },
	    (struct bytes){ kept->text + host.len, program.len });
	kept->writer.is_kept = true;
	return kept;
}

const struct writer *
writer_of(struct bytes host, struct bytes program)
{
	uint64_t hash = hash_text(program, hash_text(host, 0));
	struct place *place = table_find(&places, hash);
	bool is_new;

	if (place == NULL && places.count < WRITERS &&
	    host.len + program.len <= TEXT_MAX) {
		place = table_add(&places, sizeof(*place), hash, &is_new);
		place->kept = keep(host, program);
	} else if (place == NULL || !holds(place->kept, host, program)) {
		read_writer(&not_kept, host, program);
		return &not_kept;
	}
	return &place->kept->writer;
}

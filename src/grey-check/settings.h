/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grey-check's options: one table holds names, defaults, units, bounds and
 * help. Names and meanings are postgrey's where postgrey has the option.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "common/msg.h"
#include "greylist/options.h"

enum clock_source { CLOCK_OF_SYSTEM, CLOCK_OF_REQUEST };
enum explain_format { EXPLAIN_TEXT, EXPLAIN_JSON };
enum on_error { ON_ERROR_DUNNO, ON_ERROR_DEFER, ON_ERROR_DISCONNECT };

struct settings {
	const struct conf *conf; /* where they come from */
	const char *store;
	const char *next_store; /* of who starts now; NULL: the same */
	int64_t cache;
	struct policy policy;
	struct key_options key;
	struct opt_texts client_lists;
	struct opt_texts recipient_lists;
	struct opt_texts sender_lists;
	struct opt_texts greylisted_lists;
	const char *action;
	const char *text;
	const char *header;
	const char *hostname;
	struct opt_texts serve_at; /* see server/listen_address.h */
	const char *socketmode;
	int64_t listen_queue;
	int64_t max_connections;
	bool exim;
	bool sasl_pass_off;
	bool sync;
	int64_t store_timeout; /* milliseconds */
	const char *state_dir; /* NULL: the default one, if there is */
	bool learn;
	bool check_config;
	bool check_postfix;
	const char *config_directory; /* of Postfix; NULL: its own */
	bool explain;
	/* What --explain is about; NULL: not given. */
	const char *client_address;
	const char *client_name;
	const char *sender;
	const char *recipient;
	const char *time;
	int format; /* enum explain_format */
	struct opt_of_all all;
	int clock;	       /* enum clock_source */
	int on_error;	       /* enum on_error */
	struct msg_target log; /* if it is wrong: syslog */
	bool log_privacy;      /* sums in the place of values */
	int facility_index;
	const char *syslog_name;
	int verbose;
	int quiet;
};

/* The longest text in the settings that becomes part of an answer. */
#define SETTINGS_TEXT_MAX 1000

extern const struct opt settings_table[];

/*
 * Reads argv and the files of the configuration into *settings, and fills in
 * what depends on the machine. False: *problem of argv says what is wrong, and
 * no more is filled in than the log needs. What is wrong in a file stays in
 * *conf, which must live as long as the settings.
 */
bool settings_read(struct settings *, struct conf *, int argc, char **argv,
    opt_obsolete *obsolete, struct opt_problem *problem);

/*
 * The same from the files as they are now, see conf_read_again(); but what is
 * about the store or the log is as in `first`, for as long as the process
 * lives.
 */
void settings_read_again(struct settings *, struct conf *,
    const struct conf *last, const struct settings *first);

/* A person asks, at a terminal: nothing is served. */
bool settings_is_asked(const struct settings *);

/* The log has no values of requests, nor entries of lists, in clear. */
bool settings_hides(const struct settings *);

/* What a person asks for is answered at the terminal, not in a log. */
void settings_open_log(const struct settings *);

#endif

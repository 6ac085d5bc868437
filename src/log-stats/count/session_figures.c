/* SPDX-License-Identifier: BSD-2-Clause */
#include "log-stats/tables/memory.h"
#include "session_figures.h"

enum session_set
session_set_of(unsigned flags)
{
	if (flags & SESSION_LOOPBACK)
		return SET_NEITHER;
	return flags & SESSION_SUBMISSION ? SET_SUBMISSION : SET_MX;
}

bool
session_set_in_service(const struct ledger *ledger, enum session_set set)
{
	return ledger_in_service(ledger, set == SET_MX, set == SET_SUBMISSION);
}

enum session_set
session_set_shown(const struct ledger *ledger)
{
	return ledger_in_service(ledger, true, false) ? SET_MX : SET_SUBMISSION;
}

enum ranking
session_ranking(enum session_set set, enum ranking ranking)
{
	return set == SET_MX ? ranking :
			       (enum ranking)(RANKINGS_OF_SESSIONS + ranking);
}

static uint64_t *
figure_of(struct session_figures *figures, enum session_line line)
{
	switch (line) {
	case LINE_REJECT:
		return &figures->rejects;
	case LINE_MILTER_REJECT:
		return &figures->milter_rejects;
	case LINE_PROXY_REJECT:
		return &figures->proxy_rejects;
	case LINE_CONTENT_REJECT:
		return &figures->content_rejects;
	case LINE_REJECT_WARNING:
		return &figures->reject_warnings;
	case LINE_LIMIT:
		return &figures->limits;
	case LINE_SASL_FAILURE:
		return &figures->sasl_failures;
	case LINE_NON_SMTP:
		return &figures->non_smtp;
	case LINE_BAD_SYNTAX:
		return &figures->bad_syntax;
	case LINE_HANGUP:
	case LINE_END:
	case LINE_LOST:
		break;
	}
	return NULL;
}

static bool
has_reply(enum session_line line)
{
	return line == LINE_REJECT || line == LINE_MILTER_REJECT ||
	    line == LINE_PROXY_REJECT || line == LINE_CONTENT_REJECT;
}

/* It has a part in the smtpd row of the table. */
static bool
refuses(enum session_line line)
{
	return has_reply(line) || line == LINE_LIMIT || line == LINE_NON_SMTP ||
	    line == LINE_BAD_SYNTAX || line == LINE_HANGUP || line == LINE_END;
}

static uint64_t
rank_reason(
    struct ledger *ledger, enum ranking ranking, const struct event *event)
{
	return event->rbl.len > 0 ?
	    ledger_rank(ledger, ranking, event->rbl) :
	    ledger_rank_reason(ledger, ranking, event->text);
}

static void
rank_reply(struct ledger *ledger, enum session_set set,
    const struct event *event, struct session_note *note)
{
	note->stage = ledger_rank(ledger,
	    session_ranking(set, RANKING_REJECTS_BY_STAGE), event->stage);
	/* cleanup(8) logs no code of SMTP. */
	note->code = ledger_rank(ledger,
	    session_ranking(set, RANKING_REJECTS_BY_CODE),
	    event->reply.len > 0 ? event->reply : event->enhanced);
	note->reason = rank_reason(
	    ledger, session_ranking(set, RANKING_REJECTS_BY_REASON), event);
}

static void
rank_lost(struct ledger *ledger, enum session_set set,
    const struct event *event, struct session_note *note)
{
	note->lost = ledger_rank_named(ledger,
	    session_ranking(set, RANKING_LOST),
	    event->class == EVENT_SMTPD_LOST	    ? "lost connection after " :
		event->class == EVENT_SMTPD_TIMEOUT ? "timeout after " :
						      "too many errors after ",
	    event->stage);
}

static void
turn_away(struct sessions *all, enum session_set set, const struct event *event,
    struct session_note *note)
{
	struct ledger *ledger = all->ledger;

	if (event->client_address.len == 0)
		return;
	note->client = ledger->client;
	if (set == SET_SUBMISSION)
		ledger_rank(
		    ledger, RANKING_SUBMISSION_CLIENTS, event->client_address);
	/* One that greylists turns away for now: see greylist_reject(). */
	if (!event->greylists && session_set_in_service(ledger, set))
		ledger_turn_away(ledger, event);
}

/* What only one of the sets has, by --service. */
static void
count_in_service(struct sessions *all, const struct event *event,
    enum session_line line, struct session_note *note)
{
	struct ledger *ledger = all->ledger;

	if (refuses(line))
		ledger_row(ledger, ROW_SMTPD, UNIT_RECIPIENT);
	if (!has_reply(line))
		return;
	if (event->rbl.len > 0)
		note->rbl = ledger_rank_lower(
		    ledger, RANKING_RBL_REJECTS, event->rbl);
	if (event->greylists)
		note->triplet = greylist_reject(all->greylist, event);
}

static void
keep_note(
    struct sessions *all, struct session *session, struct session_note *note)
{
	struct session_notes *notes = &all->notes;

	if (notes->ring == NULL)
		notes->ring = memory_new(SESSION_NOTES, sizeof(*note));
	note->serial = session->serial;
	note->before = session->note;
	session->note = ++notes->last;
	notes->ring[notes->last % SESSION_NOTES] = *note;
}

static void
count(struct sessions *all, enum session_set set, const struct event *event,
    struct session_note *note)
{
	struct ledger *ledger = all->ledger;
	const enum session_line line = note->line;
	uint64_t *figure = figure_of(&all->sets[set], line);

	if (figure != NULL)
		++*figure;
	if (set == SET_NEITHER)
		return;
	if (has_reply(line))
		rank_reply(ledger, set, event, note);
	else if (line == LINE_REJECT_WARNING)
		note->warned = rank_reason(
		    ledger, session_ranking(set, RANKING_WARNED), event);
	else if (line == LINE_LOST)
		rank_lost(ledger, set, event, note);
	if (refuses(line) && line != LINE_END)
		turn_away(all, set, event, note);
	if (session_set_in_service(ledger, set))
		count_in_service(all, event, line, note);
}

void
session_count(struct sessions *all, struct session *session,
    const struct event *event, enum session_line line)
{
	const enum session_set set = session_set_of(session->flags);
	struct session_note note = { .line = line,
		.seconds = all->ledger->now };

	count(all, set, event, &note);
	if (set == SET_MX)
		keep_note(all, session, &note);
}

void
session_count_unknown(struct sessions *all, enum session_set set,
    const struct event *event, enum session_line line)
{
	struct session_note note = { .line = line };

	count(all, set, event, &note);
}

/* What a note says moves to another set. */
struct move {
	struct sessions *all;
	enum session_set to;
	const struct event *event;
};

static void
move_ranking(const struct move *move, enum ranking ranking, uint64_t hash)
{
	struct counts *rankings = move->all->ledger->rankings;

	if (hash == 0)
		return;
	if (move->to == SET_NEITHER)
		counts_take_back(&rankings[ranking], hash);
	else
		counts_move(&rankings[ranking],
		    &rankings[session_ranking(move->to, ranking)], hash);
}

/* It leaves what one of the sets has, by --service, or comes to it. */
static void
move_in_service(const struct move *move, const struct session_note *note)
{
	struct ledger *ledger = move->all->ledger;
	const bool leaves = session_set_in_service(ledger, SET_MX);

	if (!leaves && !session_set_in_service(ledger, move->to))
		return;
	if (refuses(note->line))
		ledger_row_at(ledger, note->seconds, ROW_SMTPD, UNIT_RECIPIENT,
		    leaves ? -1 : 1);
	if (leaves && note->client != 0)
		clients_take_back(&ledger->clients, note->client);
	else if (note->client != 0)
		ledger_turn_away(ledger, move->event);
	if (leaves && note->rbl != 0)
		counts_take_back(
		    &ledger->rankings[RANKING_RBL_REJECTS], note->rbl);
	if (leaves && note->triplet != 0)
		greylist_take_back(
		    move->all->greylist, note->seconds, note->triplet);
}

static void
move_note(const struct move *move, const struct session_note *note)
{
	struct session_figures *sets = move->all->sets;
	uint64_t *from = figure_of(&sets[SET_MX], note->line);
	uint64_t *to = figure_of(&sets[move->to], note->line);

	if (from != NULL && to != NULL) {
		--*from;
		++*to;
	}
	move_ranking(move, RANKING_REJECTS_BY_STAGE, note->stage);
	move_ranking(move, RANKING_REJECTS_BY_CODE, note->code);
	move_ranking(move, RANKING_REJECTS_BY_REASON, note->reason);
	move_ranking(move, RANKING_WARNED, note->warned);
	move_ranking(move, RANKING_LOST, note->lost);
	if (note->client != 0 && move->to == SET_SUBMISSION)
		ledger_rank(move->all->ledger, RANKING_SUBMISSION_CLIENTS,
		    move->event->client_address);
	move_in_service(move, note);
}

/* Those that the ring has lost stay where they were counted. */
void
session_move(struct sessions *all, const struct session *session,
    const struct event *event)
{
	const struct move move = { all, session_set_of(session->flags), event };
	const struct session_notes *notes = &all->notes;
	uint32_t number = session->note;

	while (number != 0 && notes->last - number < SESSION_NOTES) {
		const struct session_note
		    *note = &notes->ring[number % SESSION_NOTES];

		if (note->serial != session->serial)
			return;
		move_note(&move, note);
		number = note->before;
	}
}

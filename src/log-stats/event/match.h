/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The patterns of wording.c: literal text, and
 *   %c  a client: name[address], or name[address]:port
 *   %a  a client's address, a word
 *   %e  postscreen's client: [address]:port
 *   %q  a queue id, of another message than the line's own
 *   %s  the stage of an SMTP session: RCPT, END-OF-MESSAGE
 *   %l  a name of a list (RBL)
 *   %n  a number, which is skipped
 *   %w  a word, which is skipped up to a blank
 *   %*  anything, up to the literal after it
 *   %$  the end
 */
#ifndef MATCH_H
#define MATCH_H

#include "event.h"

enum match_result {
	MATCH,
	MATCH_NOT,
	MATCH_CUT /* the text ends within the pattern, after its first literal
		   */
};

/*
 * A directive, and the literal after it; either may be missing. The first eight
 * bytes of the literal are also there as a word.
 */
struct match_part {
	char directive; /* '\0': none */
	unsigned char len;
	const char *literal;
	uint64_t front, front_mask;
};

enum { MATCH_PARTS = 8 };

struct match_program {
	uint64_t front,
	    front_mask; /* of a literal that the pattern begins with */
	unsigned count;
	struct match_part parts[MATCH_PARTS];
};

/* The pattern must live as long. */
void match_compile(struct match_program *, const char *pattern);

/* False: match() would say MATCH_NOT for a text with this front, scan_front().
 */
static inline bool
match_may_begin(const struct match_program *program, uint64_t front)
{
	return (front & program->front_mask) == program->front;
}

/* What was found goes into the event, and *text becomes what follows. */
enum match_result match(
    const struct match_program *, struct bytes *text, struct event *);

/* The length of a queue id, short or long, at the front; 0: there is none. */
size_t match_queue_id(struct bytes text);

/* The length of a list's name: it ends with a blank, or with punctuation. */
size_t match_list(struct bytes text);

/* Takes name[address], and :port if it is there, off the front. False: there is
 * no client. */
bool match_client(struct bytes *text, struct event *);

#endif

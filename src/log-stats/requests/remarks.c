/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "common/msg.h"
#include "remarks.h"

static void
say_written(const struct requests *all)
{
	const uint64_t *written = all->written;

	msg(MSG_WARN,
	    "requests: %" PRIu64 ", from a policy server's lines %" PRIu64
	    ", of greylisted recipients %" PRIu64 ", of accepted ones %" PRIu64
	    "; helo_name is known for %" PRIu64,
	    written[PROOF_DECISION] + written[PROOF_REFUSAL] +
		written[PROOF_ACCEPTANCE],
	    written[PROOF_DECISION], written[PROOF_REFUSAL],
	    written[PROOF_ACCEPTANCE], all->with_helo);
	if (all->late > 0)
		msg(MSG_WARN,
		    "out of order: %" PRIu64
		    ", each after one of a later time; "
		    "if that is of the same triplet, grey-check takes the "
		    "earlier time for its first; logs of several hosts should "
		    "be merged by time before",
		    all->late);
}

void
remarks_say(const struct requests *all)
{
	const struct proved *proved = &all->proved;
	const struct mails *mails = &proved->mails;
	const struct {
		uint64_t count;
		const char *what;
	} missing[] = {
		{ proved->other_refusals,
		    "recipients that were refused for other reasons than "
		    "greylisting" },
		{ proved->began_before,
		    "messages of which the log does not say how they came in" },
		{ mails->never_queued,
		    "messages that never came into the queue, whose recipients "
		    "the log does not name" },
		{ mails->unfinished,
		    "messages of which the log does not name all recipients" },
		{ proved->cut,
		    "recipients in lines that are cut, or without a client's "
		    "address" },
		{ proved->hidden,
		    "decisions whose addresses are hidden by grey-check "
		    "--log-privacy" },
		{ proved->no_time, "recipients in lines without a time" },
		{ mails->dropped,
		    "messages that were forgotten, at the limit of memory, "
		    "before all their recipients were known" },
	};

	say_written(all);
	for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++)
		if (missing[i].count > 0)
			msg(MSG_WARN, "left out: %s: %" PRIu64, missing[i].what,
			    missing[i].count);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "log-stats/tables/memory.h"
#include "pattern.h"

/* The most work for one text, since an expression may be a bad one. */
enum { MATCH_LIMIT = 100000 };

struct pattern {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *context;
};

struct pattern *
pattern_new(const char *expression, char *reason, size_t reason_size)
{
	int error;
	PCRE2_SIZE offset;
	struct pattern *pattern;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression,
	    PCRE2_ZERO_TERMINATED, PCRE2_CASELESS, &error, &offset, NULL);

	if (code == NULL) {
		char text[128];

		pcre2_get_error_message(
		    error, (PCRE2_UCHAR *)text, sizeof(text));
		snprintf(reason, reason_size, "%s at character %zu", text,
		    (size_t)offset + 1);
		return NULL;
	}
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	pattern = memory_new(1, sizeof(*pattern));
	pattern->code = code;
	pattern->match = memory_need(
	    pcre2_match_data_create_from_pattern(code, NULL));
	pattern->context = memory_need(pcre2_match_context_create(NULL));
	pcre2_set_match_limit(pattern->context, MATCH_LIMIT);
	return pattern;
}

void
pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_match_context_free(pattern->context);
	pcre2_match_data_free(pattern->match);
	pcre2_code_free(pattern->code);
	free(pattern);
}

bool
pattern_matches(const struct pattern *pattern, struct bytes text)
{
	return pcre2_match(pattern->code, (PCRE2_SPTR)text.data, text.len, 0, 0,
		   pattern->match, pattern->context) >= 0;
}

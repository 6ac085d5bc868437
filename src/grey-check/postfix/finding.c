/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>

#include "finding.h"

static const char *const words[] = { "ok", "remark", "FAULT", "" };

void
finding(struct findings *findings, enum finding kind, const char *format, ...)
{
	va_list arguments;

	findings->count[kind]++;
	fprintf(findings->out, "%-8s", words[kind]);
	va_start(arguments, format);
	vfprintf(findings->out, format, arguments);
	va_end(arguments);
	fputc('\n', findings->out);
}

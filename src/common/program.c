/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "defaults.h"
#include "msg.h"
#include "program.h"

int
program_end_output(void)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return 0;
	msg(MSG_ERROR, "standard output: %s", strerror(errno));
	return PROGRAM_FAILED;
}

int
program_help(const char *usage, const char *purpose, const struct opt *options)
{
	puts(usage);
	puts(purpose);
	opt_help(options, stdout);
	return program_end_output();
}

int
program_version(const char *name)
{
	printf("%s " GREY_VERSION "\n", name);
	return program_end_output();
}

int
program_refuse(const char *usage, const struct opt_problem *problem)
{
	msg(MSG_ERROR, "%s", problem->text);
	msg_aside(usage);
	return PROGRAM_USAGE;
}

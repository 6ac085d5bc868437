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

int
program_refuse_files(const struct conf *conf)
{
	for (unsigned i = 0; i < conf->problem_count && i < CONF_PROBLEMS_MAX;
	     i++)
		msg(MSG_ERROR, "%s", conf->problems[i].problem.text);
	if (conf->problem_count > CONF_PROBLEMS_MAX)
		msg(MSG_ERROR, "... and %u more problems",
		    conf->problem_count - CONF_PROBLEMS_MAX);
	return conf->problem_count == 0 ? 0 : PROGRAM_USAGE;
}

int
program_show_config(const struct conf *conf)
{
	conf_show(conf, stdout);
	return program_end_output();
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "command.h"

static void
append(char *out, size_t size, const char *before, const char *word)
{
	bool blanks = *word == '\0' ||
	    word[strcspn(word, WORDS_BLANKS)] != '\0';
	size_t used = strlen(out);

	snprintf(out + used, size - used, blanks ? "%s{ %s }" : "%s%s", before,
	    word);
}

/*
 * Between the shell's single quotes, with this user and, for the arguments from
 * `first` to before `end`, this one option.
 */
static void
write_command(const struct master_service *service, const char *user, int first,
    int end, const char *option, char *out, size_t size)
{
	char text[8192] = "spawn";
	char *const *word = service->words.word + SERVICE_COMMAND + 1;

	for (; word < service->argv; word++) {
		if (strncasecmp(*word, "user=", 5) != 0)
			append(text, sizeof(text), " ", *word);
	}
	append(text, sizeof(text), " user=", user);
	for (int i = 0; i < service->argc; i++) {
		if (i == first)
			append(text, sizeof(text), " ", option);
		if (i < first || i >= end)
			append(text, sizeof(text), i == 0 ? " argv=" : " ",
			    service->argv[i]);
	}
	words_quote(text, out, size);
}

void
command_paste(struct findings *findings, const struct master *master,
    const struct master_service *service, const char *user, int first, int end,
    const char *option)
{
	char command[8192];

	write_command(
	    service, user, first, end, option, command, sizeof(command));
	finding(findings, FINDING_PASTE, "%s -F '%s/command = %s'",
	    master->postconf.command, service->path, command);
}

void
command_paste_user(struct findings *findings, const struct master *master,
    const struct master_service *service, const char *user)
{
	char text[256];

	snprintf(text, sizeof(text), "%s:%s", user,
	    postconf_value(&master->postconf.expanded, "setgid_group"));
	command_paste(findings, master, service, text, service->argc, 0, "");
}

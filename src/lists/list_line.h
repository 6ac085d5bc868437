/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of a list's file while it is read: fields with blanks between them.
 * list_read.c finds the text of the entry, list_fields.c what follows it.
 */
#ifndef LIST_LINE_H
#define LIST_LINE_H

#include "list_character.h"
#include "list_table.h"

struct list_line {
	struct list *list;
	unsigned number;
	struct bytes whole; /* without the comment, and the blanks around */
	struct bytes rest;  /* of that, what was not looked at yet */
	struct bytes about; /* what is wrong, if something is */
	struct bytes glued; /* the word that a '#' cuts; empty: there is none */
	list_complaint *complain;
	void *argument;
	bool carriage_return; /* was complained of */
	bool no_memory;
	char reason[LIST_PROBLEM_MAX];
	char problem[LIST_SHOWN_MAX + LIST_PROBLEM_MAX];
};

/* How many bytes there are before the next blank. */
size_t list_line_word(struct bytes text);

/* The next field; empty: no more are left. */
struct bytes list_line_field(struct list_line *);

/* Complains of the line: "about": why. Without `about`, only why. */
void list_line_complain(
    struct list_line *, enum list_finding, struct bytes about, const char *why);

#endif

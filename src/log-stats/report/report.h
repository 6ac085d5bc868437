/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report, whatever it will look like: sections in order, each with figures
 * (a name and a value) and tables (rows of cells under named columns). The
 * renderers know how it looks and nothing of mail.
 *
 * The way of the figures through this folder:
 *   figures        the sections that are wanted, in their order
 *   section_*      one file a section or two: from what count/ holds to
 *                  figures, tables and notes, in the words of people
 *   sections       what sections share: lists of the most frequent
 *   report         sections, figures, tables and notes, for any renderer
 *   readable       a value as people read it: "37 min 34 s", cut to a width
 *   render_text, render_tsv (and csv), render_json   one for each format
 *
 * Names are for programs: lower case, "_" between words, stable. Titles and
 * labels are for people. All texts are copied; the report owns its memory.
 * Running out of memory ends the program with a message.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum cell_kind {
	CELL_NOTHING, /* not known, or without a meaning: "-", empty, null */
	CELL_COUNT,
	CELL_SHARE,   /* 0.5536: "55.4 %", 0.5536 */
	CELL_SECONDS, /* 2254.0: "37 min 34 s", 2254; decimals below 100 s */
	CELL_TEXT     /* may hold any bytes: shown printable, never cut in
			 tsv, csv and json */
};

struct cell {
	enum cell_kind kind;
	uint64_t count;
	double number;
	char *text;
};

struct column {
	const char *name;
	const char *title;
};

struct report_figure {
	char *name;
	char *label; /* "": not shown to people */
	struct cell value;
	struct cell share; /* of a whole: after the value, for people only */
};

struct report_table {
	char *name;
	char *title;
	const struct column *columns;
	size_t column_count;
	struct cell *cells; /* row after row */
	size_t row_count;
};

/* In the order in which they were added. */
struct report_item {
	enum { ITEM_FIGURE, ITEM_TABLE, ITEM_NOTE } kind;
	struct report_figure figure;
	struct report_table table;
	char *note; /* a sentence for people; not in tsv, csv, json */
};

struct report_section {
	char *name;  /* "": its figures stand at the top of the JSON */
	char *title; /* "": no heading */
	struct report_item *items;
	size_t item_count;
};

struct report {
	struct report_section *sections;
	size_t section_count;
};

struct cell cell_nothing(void);
struct cell cell_count(uint64_t);
/* Nothing if the whole is 0. */
struct cell cell_share(uint64_t part, uint64_t whole);
/* Nothing if it is not a finite number. */
struct cell cell_seconds(double);
/* Not copied until it is added; nothing if NULL. */
struct cell cell_text(const char *);

/* What follows is added to the last section, rows to the last table. */
void report_section(struct report *, const char *name, const char *title);
void report_figure(
    struct report *, const char *name, const char *label, struct cell value);
void report_count(
    struct report *, const char *name, const char *label, uint64_t count);
/* The same, with its share of a whole, for people. */
void report_part(struct report *, const char *name, const char *label,
    uint64_t part, uint64_t whole);
void report_note(struct report *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* columns end with one without a name; they are kept by reference (static). */
void report_table(struct report *, const char *name, const char *title,
    const struct column *columns);
/* As many cells as the table has columns. */
void report_row(struct report *, const struct cell *cells);

void report_free(struct report *);

/* One function for each format. The caller checks the stream for errors. */
void render_text(const struct report *, FILE *); /* aligned; bold headings if
						    the stream is a terminal */
void render_tsv(const struct report *, FILE *);
void render_csv(const struct report *, FILE *);
void render_json(const struct report *, FILE *);

#endif

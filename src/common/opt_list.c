/* SPDX-License-Identifier: BSD-2-Clause */
#include "opt_list.h"
#include "opt_value.h"

static bool
is_gathered(const struct opt *row)
{
	return row->kind == OPT_TEXTS || row->kind == OPT_COUNT;
}

/* In the same place, by whatever name. */
static bool
is_of(const struct opt_entry *entry, const struct opt *row)
{
	return entry->row->offset == row->offset &&
	    entry->row->kind != OPT_OBSOLETE;
}

static bool
refuse(const struct opt_entry *entry, const char *reason,
    struct opt_problem *problem)
{
	if (entry->layer == OPT_FROM_COMMAND)
		return opt_refuse(problem, "--%s=%s: %s", entry->row->name,
		    entry->text, reason);
	return opt_refuse(problem, "%s:%u: %s = %s: %s", entry->where,
	    entry->line, entry->row->name, entry->text, reason);
}

bool
opt_list_add(
    struct opt_list *list, struct opt_entry entry, struct opt_problem *problem)
{
	char reason[OPT_REASON_MAX];
	size_t same = 0;

	for (size_t i = 0; i < list->count; i++)
		same += list->entries[i].row == entry.row &&
		    list->entries[i].layer == entry.layer;
	if (list->count == OPT_ENTRIES_MAX ||
	    (entry.row->kind == OPT_TEXTS && same == OPT_TEXTS_MAX))
		return refuse(&entry, "was given too often", problem);
	if (!opt_value_check(entry.row, entry.text, reason))
		return refuse(&entry, reason, problem);
	list->entries[list->count++] = entry;
	return true;
}

/* Of two entries of one place. A flag counts more than its contrary. */
static bool
counts_more(const struct opt_entry *one, const struct opt_entry *other)
{
	if (one->layer != other->layer)
		return one->layer > other->layer;
	if (one->row->kind != other->row->kind)
		return other->row->kind == OPT_UNFLAG;
	return !is_gathered(one->row) && one > other;
}

bool
opt_list_counts(const struct opt_list *list, const struct opt_entry *entry)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct opt_entry *other = &list->entries[i];

		if (is_of(other, entry->row) && counts_more(other, entry))
			return false;
	}
	return true;
}

/* Another option of the same place has had it set: "home", after "store". */
static bool
is_reset(const struct opt *table, const struct opt *row)
{
	for (const struct opt *other = table; other < row; other++)
		if (other->offset == row->offset &&
		    other->kind != OPT_OBSOLETE && other->kind != OPT_UNFLAG)
			return true;
	return false;
}

void
opt_list_apply(
    const struct opt_list *list, const struct opt *table, void *settings)
{
	char reason[OPT_REASON_MAX];

	for (const struct opt *row = table; row->name != NULL; row++) {
		if (row->kind != OPT_OBSOLETE && !is_reset(table, row))
			opt_value_reset(row, (char *)settings + row->offset);
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct opt_entry *entry = &list->entries[i];

		if (opt_list_counts(list, entry))
			(void)opt_value_set(entry->row,
			    (char *)settings + entry->row->offset, entry->text,
			    reason);
	}
}

const struct opt_entry *
opt_list_find(const struct opt_list *list, const struct opt *row)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct opt_entry *entry = &list->entries[i];

		if (is_of(entry, row) && opt_list_counts(list, entry))
			return entry;
	}
	return NULL;
}

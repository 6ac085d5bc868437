/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf.h"
#include "opt_value.h"

/* --config, or the default file. "none": nothing that stands before it. */
static bool
name_files(struct conf *conf, struct opt_problem *problem)
{
	const struct opt *row = conf_row(conf->program, "config");
	bool given = false;

	for (size_t i = 0; i < conf->list.count; i++) {
		const struct opt_entry *entry = &conf->list.entries[i];

		if (entry->row != row)
			continue;
		given = true;
		if (strcmp(entry->text, "none") == 0)
			conf->file_count = 0;
		else if (conf->file_count < CONF_FILES_MAX)
			conf->files[conf->file_count++].path = entry->text;
		else
			return opt_refuse(problem,
			    "--config=%s: was given too often; %d files are "
			    "read",
			    entry->text, CONF_FILES_MAX);
	}
	if (!given)
		conf->files[conf->file_count++] = (struct conf_file){
			.path = GREY_CONF, .optional = true
		};
	return true;
}

static void
read_files(struct conf *conf, const struct conf *last)
{
	for (size_t i = 0; i < conf->file_count; i++)
		conf_file_read(conf, &conf->files[i], last);
}

int
conf_read(struct conf *conf, const struct conf_program *program, void *settings,
    int argc, char **argv, opt_obsolete *obsolete, struct opt_problem *problem)
{
	struct opt_problem found;
	int operand;

	conf->program = program;
	operand = opt_parse(
	    program->table, &conf->list, argc, argv, obsolete, problem);
	if (!name_files(conf, operand == -1 ? &found : problem))
		operand = -1;
	read_files(conf, NULL);
	opt_list_apply(&conf->list, conf->program->table, settings);
	return operand;
}

void
conf_add_store(struct conf *conf, void *settings, const char *name,
    struct bytes text, const char *where)
{
	struct opt_problem dropped;
	char reason[OPT_REASON_MAX];
	struct opt_entry entry = { conf_row(conf->program, name), NULL,
		OPT_FROM_STORE, where, 0 };

	if (entry.row != NULL)
		entry.text = conf_copy(conf, text);
	if (entry.text != NULL && opt_list_add(&conf->list, entry, &dropped) &&
	    opt_list_counts(
		&conf->list, &conf->list.entries[conf->list.count - 1]))
		(void)opt_value_set(entry.row,
		    (char *)settings + entry.row->offset, entry.text, reason);
}

const struct opt_entry *
conf_given(const struct conf *conf, const char *name)
{
	return opt_list_find(&conf->list, conf_row(conf->program, name));
}

const struct opt_entry *
conf_given_by(const struct conf *conf, const char *name, enum opt_layer layer)
{
	const struct opt *row = conf_row(conf->program, name);
	const struct opt_entry *last = NULL;

	for (size_t i = 0; i < conf->list.count; i++) {
		const struct opt_entry *entry = &conf->list.entries[i];

		if (row != NULL && entry->row->offset == row->offset &&
		    entry->layer == layer)
			last = entry;
	}
	return last;
}

bool
conf_has_changed(struct conf *conf)
{
	bool changed = false;

	for (size_t i = 0; i < conf->file_count; i++) {
		struct conf_file *file = &conf->files[i];
		struct file_version now = file_version(file->path);
		bool settled = file_version_settled(&now, file->seen_error);

		file->seen_error = now.error;
		if (!settled)
			return false;
		changed |= !file_version_same(&now, &file->version);
	}
	return changed;
}

void
conf_read_again(struct conf *conf, const struct conf *last, void *settings)
{
	conf->program = last->program;
	conf->list.count = conf->used = conf->problem_count = 0;
	conf->file_count = last->file_count;
	for (size_t i = 0; i < last->file_count; i++)
		conf->files[i] = last->files[i];
	for (size_t i = 0; i < last->list.count; i++)
		if (last->list.entries[i].layer == OPT_FROM_COMMAND)
			conf->list
			    .entries[conf->list.count++] = last->list
							       .entries[i];
	read_files(conf, last);
	opt_list_apply(&conf->list, conf->program->table, settings);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs all tables of unit.h and prints TAP. Exit: 0 all held, 1 not so. */
#include "unit.h"

static const struct unit_test *const tables[] = { unit_address,
	unit_store_file_system, unit_store_guard, unit_store_notes,
	unit_store_uses, unit_bytes_order, unit_conf_line, unit_copied,
	unit_decide, unit_dump_text, unit_instances, unit_key, unit_key_split,
	unit_line, unit_list, unit_list_doubt, unit_list_fields, unit_list_file,
	unit_list_mailbox, unit_list_networks, unit_list_sender, unit_msg,
	unit_msg_line, unit_network, unit_num, unit_opt, unit_policy,
	unit_progress, unit_reason, unit_record, unit_redis_key, unit_redis_url,
	unit_reply, unit_report, unit_request, unit_scan, unit_scan_words,
	unit_source, unit_source_archive, unit_source_pipe, unit_stamp,
	unit_store_mem, unit_text, unit_use_text, unit_when, unit_wording };

int
main(void)
{
	return unit_run(tables, ROWS(tables));
}

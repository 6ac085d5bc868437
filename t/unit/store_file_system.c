/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/shared/store_file_system.h"
#include "unit.h"

/* The types are those that `stat -f` prints. */
static void
refused(void)
{
	static const struct {
		uint32_t type;
		const char *name;
	} rows[] = {
		{ 0x6969, "NFS" },
		{ 0x65735546, "FUSE (as sshfs and virtiofs are)" },
		{ 0xff534d42, "CIFS" },
		{ 0xfe534d42, "SMB" },
		{ 0x517b, "SMB" },
		{ 0x1021997, "9p" },
		{ 0xc36400, "Ceph" },
		{ 0xbd00bd0, "Lustre" },
		{ 0x5346414f, "AFS" },
		{ 0x6b414653, "AFS" },
		{ 0x7461636f, "OCFS2" },
		{ 0x1161970, "GFS2" },
		{ 0x47504653, "GPFS" },
		{ 0x19830326, "BeeGFS" },
		{ 0x73757245, "Coda" },
		{ 0x786f4256, "a shared folder of VirtualBox" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = store_file_system_refused(rows[i].type);

		unit_about(rows[i].name);
		if (CHECK(name != NULL))
			CHECK_TEXT(name, rows[i].name);
	}
	unit_about(NULL);
}

static void
allowed(void)
{
	static const struct {
		uint32_t type;
		const char *name;
	} rows[] = {
		{ 0xef53, "ext4" },
		{ 0x58465342, "xfs" },
		{ 0x9123683e, "btrfs" },
		{ 0x2fc12fc1, "zfs" },
		{ 0xf2f52010, "f2fs" },
		{ 0xca451a4e, "bcachefs" },
		{ 0x1021994, "tmpfs" },
		{ 0x794c7630, "overlayfs" },
		{ 0x3153464a, "jfs" },
		{ 0x52654973, "reiserfs" },
		{ 0, "none" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].name);
		CHECK(store_file_system_refused(rows[i].type) == NULL);
	}
	unit_about(NULL);
}

const struct unit_test unit_store_file_system[] = {
	{ "store: a file system of the network, or of FUSE, is refused by name",
	    refused },
	{ "store: a file system of this machine is not refused", allowed },
	{ NULL, NULL }
};

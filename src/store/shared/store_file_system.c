/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "store_file_system.h"

/* From statfs(2), <linux/magic.h> and the sources of those that are not there.
 */
static const struct {
	uint32_t type;
	const char *name;
} refused[] = {
	{ 0x6969, "NFS" },
	{ 0x65735546, "FUSE (as sshfs and virtiofs are)" },
	{ 0x517b, "SMB" },
	{ 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB" },
	{ 0x01021997, "9p" },
	{ 0x00c36400, "Ceph" },
	{ 0x0bd00bd0, "Lustre" },
	{ 0x5346414f, "AFS" },
	{ 0x6b414653, "AFS" },
	{ 0x73757245, "Coda" },
	{ 0x564c, "NCP" },
	{ 0x7461636f, "OCFS2" },
	{ 0x01161970, "GFS2" },
	{ 0x47504653, "GPFS" },
	{ 0x19830326, "BeeGFS" },
	{ 0x20030528, "OrangeFS" },
	{ 0xaad7aaea, "PanFS" },
	{ 0x61636673, "ACFS" },
	{ 0x786f4256, "a shared folder of VirtualBox" },
	{ 0xbacbacbc, "a shared folder of VMware" },
	{ 0x7c7c6673, "a shared folder of Parallels" },
};

const char *
store_file_system_refused(uint32_t type)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (refused[i].type == type)
			return refused[i].name;
	}
	return NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_FILE_SYSTEM_H
#define STORE_FILE_SYSTEM_H

#include <stdint.h>

/*
 * What a store may not be on, by the type of statfs(2): a file system whose
 * locks and memory-mapped files other machines may share, or a program serves
 * that may not know of them. NULL: it may; or the name of the file system.
 */
const char *store_file_system_refused(uint32_t type);

#endif

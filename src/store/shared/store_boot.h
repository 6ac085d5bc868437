/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_BOOT_H
#define STORE_BOOT_H

#define STORE_BOOT_ID 40

/*
 * Which boot of the machine this is, as a text in bytes of which the rest is
 * NUL; empty where the system does not say.
 */
void store_boot_id(char id[static STORE_BOOT_ID]);

#endif

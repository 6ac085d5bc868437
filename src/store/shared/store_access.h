/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeps us out of a directory, and the command that mends it.
 */
#ifndef STORE_ACCESS_H
#define STORE_ACCESS_H

#define STORE_ACCESS_MAX 512

/*
 * After a system call failed with this error on the directory or a file in it:
 * what follows the error's text in a message, such as "; it belongs to root,
 * ... do: chown grey: /var/lib/grey"; empty where there is nothing to say. The
 * text is valid until the next call.
 */
const char *store_access_cure(const char *directory, int error);

#endif

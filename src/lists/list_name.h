/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The name of a list's file, which all who name it share: it lives for as long
 * as one of them does, a match maybe longer than its list, or than the settings
 * that it came from. For one thread.
 */
#ifndef LIST_NAME_H
#define LIST_NAME_H

/* A copy, held once. NULL: out of memory. */
const char *list_name_new(const char *text);

/* One more; it returns the same. NULL is left alone by both. */
const char *list_name_hold(const char *name);
void list_name_drop(const char *name);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef READ_AGAIN_H
#define READ_AGAIN_H

#include <stdbool.h>

/*
 * After a read(2) that has failed, see errno: true, it is to be called again.
 * It was interrupted; or the descriptor does not block, and was waited for.
 */
bool read_again(int fd);

#endif

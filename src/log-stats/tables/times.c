/* SPDX-License-Identifier: BSD-2-Clause */
#include "times.h"

uint32_t times = 1;

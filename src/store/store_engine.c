/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>

#include "store_engine.h"

enum store_result
store_failed(struct store *store, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(store->reason, sizeof(store->reason), format, arguments);
	va_end(arguments);
	return STORE_ERROR;
}

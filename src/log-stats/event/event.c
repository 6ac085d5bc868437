/* SPDX-License-Identifier: BSD-2-Clause */
#include "event.h"

#define EVENT_NAME(name, text, part) text,
const char *const event_class_names[EVENT_CLASS_COUNT] = { EVENT_CLASSES(
    EVENT_NAME) };
#undef EVENT_NAME
#define EVENT_PART(name, text, part) EVENT_OF_##part,
const enum event_part event_parts[EVENT_CLASS_COUNT] = { EVENT_CLASSES(
    EVENT_PART) };
#undef EVENT_PART

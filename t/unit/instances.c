/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "grey-check/instances.h"
#include "unit.h"

static bool
is_new(struct instances *instances, const char *instance)
{
	unit_about(instance);
	return instances_is_new(instances, bytes_of(instance));
}

static void
remembers(void)
{
	struct instances instances;

	instances_init(&instances);
	CHECK(is_new(&instances, "1.2.3"));
	CHECK(!is_new(&instances, "1.2.3"));
	CHECK(is_new(&instances, "1.2.3.0"));
	CHECK(is_new(&instances, "1.2"));
	CHECK(is_new(&instances, ""));
	CHECK(!is_new(&instances, ""));
	CHECK(!is_new(&instances, "1.2.3"));
}

static void
forgets(void)
{
	struct instances instances;
	char text[20];

	instances_init(&instances);
	for (int i = 1; i <= INSTANCES; i++) {
		snprintf(text, sizeof(text), "a%d", i);
		CHECK(is_new(&instances, text));
	}
	CHECK(!is_new(&instances, "a1"));
	CHECK(!is_new(&instances, "a10"));
	CHECK(is_new(&instances, "a11"));
	CHECK(!is_new(&instances, "a2"));
	CHECK(!is_new(&instances, "a10"));
	CHECK(is_new(&instances, "a1"));
	CHECK(is_new(&instances, "a2"));
	CHECK(!is_new(&instances, "a4"));
}

static void
zero(void)
{
	struct instances instances;
	char text[20];

	instances_init(&instances);
	CHECK(!is_new(&instances, "0"));
	CHECK(is_new(&instances, "00"));
	for (int i = 2; i < INSTANCES; i++) {
		snprintf(text, sizeof(text), "a%d", i);
		CHECK(is_new(&instances, text));
	}
	CHECK(!is_new(&instances, "0"));
	CHECK(is_new(&instances, "a10"));
	CHECK(is_new(&instances, "0"));
}

static void
long_values(void)
{
	static char text[INSTANCE_MAX + 2];
	struct instances instances;

	instances_init(&instances);
	memset(text, 'x', INSTANCE_MAX + 1);
	CHECK(is_new(&instances, text));
	text[INSTANCE_MAX] = 'y';
	CHECK(!is_new(&instances, text));
	text[INSTANCE_MAX - 1] = 'y';
	CHECK(is_new(&instances, text));
	text[INSTANCE_MAX - 1] = '\0';
	CHECK(is_new(&instances, text));
}

const struct unit_test unit_instances[] = {
	{ "instances: one is new once, and no prefix of another", remembers },
	{ "instances: the last ten are remembered, the oldest goes", forgets },
	{ "instances: 0 is as one seen, until ten others came", zero },
	{ "instances: 512 bytes count", long_values }, { NULL, NULL }
};

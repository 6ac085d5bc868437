/* SPDX-License-Identifier: BSD-2-Clause */
#include "instances.h"

void
instances_init(struct instances *instances)
{
	instances->next = 0;
	for (size_t i = 0; i < INSTANCES; i++) {
		instances->seen[i].len = 1;
		instances->seen[i].data[0] = '0';
	}
}

bool
instances_is_new(struct instances *instances, struct bytes instance)
{
	if (instance.len > INSTANCE_MAX)
		instance.len = INSTANCE_MAX;
	for (size_t i = 0; i < INSTANCES; i++) {
		if (bytes_equal(instance,
			(struct bytes){
			    instances->seen[i].data, instances->seen[i].len }))
			return false;
	}
	instances->seen[instances->next].len = instance.len;
	memcpy(
	    instances->seen[instances->next].data, instance.data, instance.len);
	instances->next = (instances->next + 1) % INSTANCES;
	return true;
}

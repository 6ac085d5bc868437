/* SPDX-License-Identifier: BSD-2-Clause */
#include "instances.h"

void
instances_init(struct instances *instances)
{
	instances->next = 0;
	instances->count = 0;
}

bool
instances_is_new(struct instances *instances, struct bytes instance)
{
	if (instance.len > INSTANCE_MAX)
		instance.len = INSTANCE_MAX;
	if (instances->count < INSTANCES &&
	    bytes_equal(instance, bytes_of("0")))
		return false;
	for (size_t i = 0; i < instances->count; i++) {
		if (bytes_equal(instance,
			(struct bytes){
			    instances->seen[i].data, instances->seen[i].len }))
			return false;
	}
	instances->seen[instances->next].len = instance.len;
	memcpy(
	    instances->seen[instances->next].data, instance.data, instance.len);
	instances->next = (instances->next + 1) % INSTANCES;
	if (instances->count < INSTANCES)
		instances->count++;
	return true;
}

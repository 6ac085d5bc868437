/* SPDX-License-Identifier: BSD-2-Clause */
#include "redis_protocol.h"

/* The type by which the library counts elements. */
#if HIREDIS_MAJOR >= 1
typedef size_t count_type;
#else
typedef int count_type;
#endif

/* The library's own, but for arrays, which it allocates before they came. */
static redisReplyObjectFunctions functions;
static void *(*create_any_array)(const redisReadTask *, count_type);

static void *
create_array(const redisReadTask *task, count_type count)
{
	return count > REDIS_ELEMENTS_MAX ? NULL :
					    create_any_array(task, count);
}

redisReader *
redis_reader_new(void)
{
	redisReader *reader = redisReaderCreate();

	if (reader == NULL)
		return NULL;
	functions = *reader->fn;
	if (functions.createArray != create_array)
		create_any_array = functions.createArray;
	functions.createArray = create_array;
	reader->fn = &functions;
	return reader;
}

struct bytes
redis_reply_bytes(const redisReply *reply)
{
	if (reply == NULL || reply->type != REDIS_REPLY_STRING)
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ reply->str, reply->len };
}

const redisReply *
redis_reply_element(const redisReply *reply, size_t index)
{
	return reply != NULL && reply->type == REDIS_REPLY_ARRAY &&
		index < reply->elements ?
	    reply->element[index] :
	    NULL;
}

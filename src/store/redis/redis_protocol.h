/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is used of hiredis, 0.14 and later, or libvalkey: its parser, which is
 * bounded here. Commands and connections are our own.
 */
#ifndef REDIS_PROTOCOL_H
#define REDIS_PROTOCOL_H

#if __has_include(<hiredis/hiredis.h>)
#include <hiredis/hiredis.h>
#else
#include <valkey/valkey.h>
#define redisReply valkeyReply
#define redisReader valkeyReader
#define redisReadTask valkeyReadTask
#define redisReplyObjectFunctions valkeyReplyObjectFunctions
#define redisReaderCreate valkeyReaderCreate
#define redisReaderFree valkeyReaderFree
#define redisReaderFeed valkeyReaderFeed
#define redisReaderGetReply valkeyReaderGetReply
#define REDIS_OK VALKEY_OK
#define REDIS_REPLY_STRING VALKEY_REPLY_STRING
#define REDIS_REPLY_ARRAY VALKEY_REPLY_ARRAY
#define REDIS_REPLY_INTEGER VALKEY_REPLY_INTEGER
#define REDIS_REPLY_NIL VALKEY_REPLY_NIL
#define REDIS_REPLY_STATUS VALKEY_REPLY_STATUS
#define REDIS_REPLY_ERROR VALKEY_REPLY_ERROR
#define HIREDIS_MAJOR 1
#endif

#include "common/bytes.h"

/* A reply of more bytes, or an array of more elements, is none of a server's:
   the longest are a walk's keys. */
enum { REDIS_REPLY_MAX = 16 * 1024 * 1024, REDIS_ELEMENTS_MAX = 128 * 1024 };

/* NULL: out of memory. Refuses arrays with too many elements. */
redisReader *redis_reader_new(void);

/* A string's bytes; of any other reply, data NULL. */
struct bytes redis_reply_bytes(const redisReply *);

/* The array's element if it has one there, or NULL. */
const redisReply *redis_reply_element(const redisReply *, size_t index);

#endif

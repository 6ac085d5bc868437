/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "source_gzip.h"

enum { WINDOW_BITS = 15, GZIP_ONLY = 16 };

struct source_gzip {
	z_stream stream;
	bool whole;
};

struct source_gzip *
source_gzip_new(void)
{
	struct source_gzip *gzip = calloc(1, sizeof(*gzip));

	if (gzip != NULL &&
	    inflateInit2(&gzip->stream, WINDOW_BITS + GZIP_ONLY) != Z_OK) {
		free(gzip);
		return NULL;
	}
	return gzip;
}

const char *
source_gzip_inflate(struct source_gzip *gzip, struct bytes *in, char *out,
    size_t room, size_t *count)
{
	z_stream *stream = &gzip->stream;
	int result;

	stream->next_in = (const Bytef *)in->data;
	stream->avail_in = (uInt)in->len;
	stream->next_out = (Bytef *)out;
	stream->avail_out = (uInt)room;
	result = inflate(stream, Z_NO_FLUSH);
	*in = bytes_from(*in, in->len - stream->avail_in);
	*count = room - stream->avail_out;
	gzip->whole = result == Z_STREAM_END;
	if (gzip->whole)
		result = inflateReset(stream);
	if (result == Z_OK || result == Z_BUF_ERROR)
		return NULL;
	return stream->msg != NULL ? stream->msg : zError(result);
}

bool
source_gzip_is_whole(const struct source_gzip *gzip)
{
	return gzip->whole;
}

void
source_gzip_free(struct source_gzip *gzip)
{
	if (gzip == NULL)
		return;
	inflateEnd(&gzip->stream);
	free(gzip);
}

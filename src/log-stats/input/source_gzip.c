/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "source_decoder.h"

enum { WINDOW_BITS = 15, GZIP_ONLY = 16 };

struct gzip {
	struct source_decoder decoder; /* the first member */
	z_stream stream;
};

static const char *
decode(struct source_decoder *decoder, struct bytes *in, char *out, size_t room,
    size_t *count)
{
	z_stream *stream = &((struct gzip *)decoder)->stream;
	int result;

	stream->next_in = (const Bytef *)in->data;
	stream->avail_in = (uInt)in->len;
	stream->next_out = (Bytef *)out;
	stream->avail_out = (uInt)room;
	result = inflate(stream, Z_NO_FLUSH);
	*in = bytes_from(*in, in->len - stream->avail_in);
	*count = room - stream->avail_out;
	decoder->whole = result == Z_STREAM_END;
	if (decoder->whole)
		result = inflateReset(stream);
	if (result == Z_OK || result == Z_BUF_ERROR)
		return NULL;
	return stream->msg != NULL ? stream->msg : zError(result);
}

static void
end(struct source_decoder *decoder)
{
	inflateEnd(&((struct gzip *)decoder)->stream);
	free(decoder);
}

struct source_decoder *
source_gzip_new(void)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (gzip == NULL)
		return NULL;
	gzip->decoder.decode = decode;
	gzip->decoder.free = end;
	if (inflateInit2(&gzip->stream, WINDOW_BITS + GZIP_ONLY) == Z_OK)
		return &gzip->decoder;
	free(gzip);
	return NULL;
}

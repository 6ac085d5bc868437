/* SPDX-License-Identifier: BSD-2-Clause */
#include <lzma.h>
#include <stdlib.h>

#include "source_decoder.h"

const char source_too_large[] = "takes more than 128 MiB of memory to unpack: "
				"unpack it yourself, and let "
				"the text be read";

struct xz {
	struct source_decoder decoder; /* the first member */
	lzma_stream stream;
};

/* Of a stream that can't be read on. */
static const char *
reason_of(lzma_ret result)
{
	switch (result) {
	case LZMA_MEMLIMIT_ERROR:
		return source_too_large;
	case LZMA_MEM_ERROR:
		return "out of memory";
	case LZMA_FORMAT_ERROR:
		return "not xz data";
	case LZMA_OPTIONS_ERROR:
		return "xz options that are not known here";
	default:
		return "damaged xz data";
	}
}

static lzma_ret
begin(struct xz *xz)
{
	xz->decoder.whole = false;
	return lzma_stream_decoder(&xz->stream, SOURCE_XZ_MEMORY, 0);
}

/* Between streams there may be zeros, to fill up. */
static const char *
decode(struct source_decoder *decoder, struct bytes *in, char *out, size_t room,
    size_t *count)
{
	struct xz *xz = (struct xz *)decoder;
	lzma_stream *stream = &xz->stream;
	lzma_ret result = LZMA_OK;

	*count = 0;
	while (decoder->whole && in->len > 0 && *in->data == '\0')
		*in = bytes_from(*in, 1);
	if (in->len == 0)
		return NULL;
	if (decoder->whole)
		result = begin(xz);
	if (result != LZMA_OK)
		return reason_of(result);
	stream->next_in = (const uint8_t *)in->data;
	stream->avail_in = in->len;
	stream->next_out = (uint8_t *)out;
	stream->avail_out = room;
	result = lzma_code(stream, LZMA_RUN);
	*in = bytes_from(*in, in->len - stream->avail_in);
	*count = room - stream->avail_out;
	decoder->whole = result == LZMA_STREAM_END;
	return result == LZMA_OK || result == LZMA_BUF_ERROR || decoder->whole ?
	    NULL :
	    reason_of(result);
}

static void
end(struct source_decoder *decoder)
{
	lzma_end(&((struct xz *)decoder)->stream);
	free(decoder);
}

struct source_decoder *
source_xz_new(void)
{
	struct xz *xz = calloc(1, sizeof(*xz));

	if (xz == NULL)
		return NULL;
	xz->stream = (lzma_stream)LZMA_STREAM_INIT;
	xz->decoder.decode = decode;
	xz->decoder.free = end;
	if (begin(xz) == LZMA_OK)
		return &xz->decoder;
	free(xz);
	return NULL;
}

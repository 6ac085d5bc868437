/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/mark.h"
#include "sightings.h"

enum {
	SLOTS = 1 << 27,   /* of two bits each */
	KEPT_MAX = 500000, /* rows, of some 80 bytes */
	IPV4_CLOSE = ADDRESS_IPV4_PREFIX + 16,
	IPV6_CLOSE = 32
};

bool
sightings_init(struct sightings *sightings)
{
	*sightings = (struct sightings){ .seen = calloc(SLOTS / 4, 1) };
	return sightings->seen != NULL;
}

void
sightings_free(struct sightings *sightings)
{
	free(sightings->seen);
	free(sightings->kept);
}

static uint64_t
mail_of(const struct row *row)
{
	const char *end = row->key.data + row->key.len;
	const char *sender = row->parts.sender.data;

	return mark_add(
	    MARK_NONE, (struct bytes){ sender, (size_t)(end - sender) });
}

static unsigned
slot_shift(uint64_t mail)
{
	return (unsigned)(mail % 4) * 2;
}

/* Bounces of several servers are not the same mail. */
static bool
is_bounce(const struct row *row)
{
	return row->parts.sender.len == 0;
}

void
sightings_count(struct sightings *sightings, const struct row *row)
{
	uint64_t mail = mail_of(row);
	uint8_t *four = &sightings->seen[mail / 4 % (SLOTS / 4)];
	unsigned shift = slot_shift(mail), times = *four >> shift & 3;

	if (times < 2 && !is_bounce(row))
		*four = (uint8_t)((*four & ~(3u << shift)) |
		    (times + 1) << shift);
}

static unsigned
close_prefix(const struct address *address)
{
	return address_is_ipv4(address) ? IPV4_CLOSE : IPV6_CLOSE;
}

static bool
make_room(struct sightings *sightings)
{
	size_t room = sightings->room == 0 ? 1024 : sightings->room * 2;
	struct sighting *more;

	if (sightings->count < sightings->room)
		return true;
	more = reallocarray(sightings->kept, room, sizeof(*more));
	if (more == NULL)
		return false;
	sightings->kept = more;
	sightings->room = room;
	return true;
}

static void
copy_domain(struct bytes sender, char out[static SIGHTINGS_DOMAIN_MAX])
{
	struct bytes domain = bytes_after_last(sender, '@');
	const size_t most = SIGHTINGS_DOMAIN_MAX - 1;
	size_t len = domain.len < most ? domain.len : most;
	bool is_cut = len < domain.len;

	domain = bytes_from(domain, domain.len - len);
	for (size_t i = 0; i < len; i++) {
		char c = is_cut && i < 3 ? '.' : domain.data[i];

		/* It is pasted into a file, and stands in JSON. */
		out[i] = c > ' ' && c < 0x7f && strchr("\"\\#", c) == NULL ?
		    c :
		    '?';
	}
	out[len] = '\0';
}

bool
sightings_keep(struct sightings *sightings, const struct row *row)
{
	uint64_t mail = mail_of(row);
	struct sighting *sighting;

	if (is_bounce(row) ||
	    (sightings->seen[mail / 4 % (SLOTS / 4)] >> slot_shift(mail) & 3) <
		2)
		return true;
	if (sightings->count == KEPT_MAX) {
		sightings->dropped++;
		return true;
	}
	if (!make_room(sightings))
		return false;
	sighting = &sightings->kept[sightings->count++];
	*sighting = (struct sighting){ .mail = mail,
		.network = row->parts.address,
		.prefix = (unsigned char)row->parts.prefix,
		.first = row->triplet.first,
		.passed = row->state == ROW_PASSED };
	sighting->close = sighting->network;
	address_cut(&sighting->close, close_prefix(&sighting->network));
	copy_domain(row->parts.sender, sighting->domain);
	return true;
}

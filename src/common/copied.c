/* SPDX-License-Identifier: BSD-2-Clause */
#include <strings.h>

#include "copied.h"

static bool
ends_with(struct bytes text, char c)
{
	return text.len > 0 && text.data[text.len - 1] == c;
}

/* True: it was at the front, in any case, and is cut off. */
static bool
cut_front(struct bytes *text, const char *front)
{
	size_t len = strlen(front);

	if (text->len < len || strncasecmp(text->data, front, len) != 0)
		return false;
	*text = bytes_from(*text, len);
	return true;
}

/* Cuts off what a log has after it: ":25". */
static void
cut_port(struct bytes *text)
{
	size_t len = text->len;

	while (len > 0 && bytes_is_digit(text->data[len - 1]))
		len--;
	if (len > 1 && len < text->len && text->data[len - 1] == ':' &&
	    text->data[len - 2] == ']')
		text->len = len - 1;
}

bool
copied_client(struct bytes text, struct bytes *name, struct address *address)
{
	const char *open;
	struct bytes inner;

	text = bytes_trim(text);
	if (ends_with(text, ','))
		text.len--;
	if (!cut_front(&text, "client="))
		(void)cut_front(&text, "client_address=");
	*name = (struct bytes){ text.data, 0 };
	if (address_parse(text, address))
		return true;
	cut_port(&text);
	open = text.len == 0 ? NULL : memrchr(text.data, '[', text.len);
	if (open == NULL || !ends_with(text, ']'))
		return false;
	name->len = (size_t)(open - text.data);
	inner = bytes_from(text, name->len + 1);
	inner.len--;
	(void)cut_front(&inner, "IPv6:");
	return address_parse(inner, address);
}

/* from=<a@b>, orig_to=<a@b>: cuts off the name before the bracket. */
static void
cut_name(struct bytes *text)
{
	size_t len = 0;

	while (len < text->len &&
	    ((text->data[len] >= 'a' && text->data[len] <= 'z') ||
		text->data[len] == '_'))
		len++;
	if (len > 0 && len + 1 < text->len && text->data[len] == '=' &&
	    text->data[len + 1] == '<' && ends_with(*text, '>'))
		*text = bytes_from(*text, len + 1);
}

static bool
has(struct bytes text, const char *part)
{
	return memmem(text.data, text.len, part, strlen(part)) != NULL;
}

static const char *
check(struct bytes mailbox)
{
	const char *at = memchr(mailbox.data, '@', mailbox.len);
	bool opened = mailbox.len > 0 && mailbox.data[0] == '<';

	if (ends_with(mailbox, '>') ||
	    (opened && memchr(mailbox.data, '>', mailbox.len) == NULL))
		return "is not one address: write what stands between < and >";
	if (memchr(mailbox.data, '\0', mailbox.len) != NULL ||
	    memchr(mailbox.data, '\n', mailbox.len) != NULL)
		return "has a NUL or LF, which no address has";
	if (has(mailbox, "\xc2\xa0") || has(mailbox, "\xe2\x80\x8b") ||
	    has(mailbox, "\xef\xbb\xbf"))
		return "has a no-break or zero-width space, which nobody sees";
	for (; at != NULL && at < mailbox.data + mailbox.len; at++) {
		if (bytes_is_blank(*at) || *at == ',' || *at == ';')
			return "is not one address";
	}
	return NULL;
}

const char *
copied_mailbox(struct bytes text, struct bytes *mailbox)
{
	struct bytes whole;

	text = bytes_trim(text);
	whole = text;
	if (ends_with(text, ','))
		text.len--;
	cut_name(&text);
	if (!cut_front(&text, "sender=") && !cut_front(&text, "recipient=") &&
	    !ends_with(text, '>'))
		text = whole;
	(void)cut_front(&text, "mailto:");
	if (text.len >= 2 && text.data[0] == '<' && ends_with(text, '>'))
		text = (struct bytes){ text.data + 1, text.len - 2 };
	*mailbox = text;
	return text.len == 0 ? NULL : check(text);
}

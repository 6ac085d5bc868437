/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/copied.h"
#include "unit.h"

static void
clients(void)
{
	static const struct {
		const char *text;
		const char *name;
		const char *address;
	} rows[] = {
		{ "192.0.2.5", "", "192.0.2.5" },
		{ " 192.0.2.5\t", "", "192.0.2.5" },
		{ "2001:db8::5", "", "2001:DB8:0:0:0:0:0:5" },
		{ "mail.example.com[192.0.2.5]", "mail.example.com",
		    "192.0.2.5" },
		{ "unknown[192.0.2.5]", "unknown", "192.0.2.5" },
		{ "mail.example.com[2001:db8::5]", "mail.example.com",
		    "2001:DB8:0:0:0:0:0:5" },
		{ "[192.0.2.5]", "", "192.0.2.5" },
		{ "[IPv6:2001:db8::5]", "", "2001:DB8:0:0:0:0:0:5" },
		{ "mail.example.com[192.0.2.5]:25", "mail.example.com",
		    "192.0.2.5" },
		{ "mail.example.com[192.0.2.5],", "mail.example.com",
		    "192.0.2.5" },
		{ "client=mail.example.com[192.0.2.5]", "mail.example.com",
		    "192.0.2.5" },
		{ "client_address=192.0.2.5,", "", "192.0.2.5" },
	};
	static const char *const none[] = { "", "mail.example.com", "192.0.2",
		"192.0.2.0/24", "mail.example.com[192.0.2]", "[192.0.2.5",
		"192.0.2.5]", "[]", "[192.0.2.5]x", "192.0.2.5:25", ":25",
		"client=", "client_name=mail.example.com", "[192.0.2.5]:" };
	struct address address;
	char text[ADDRESS_TEXT_MAX];
	struct bytes name;
	size_t len;

	for (size_t i = 0; i < ROWS(rows); i++) {
		unit_about(rows[i].text);
		if (!CHECK(
			copied_client(bytes_of(rows[i].text), &name, &address)))
			continue;
		CHECK_BYTES(name, bytes_of(rows[i].name));
		len = address_text(&address, text);
		CHECK_BYTES(
		    ((struct bytes){ text, len }), bytes_of(rows[i].address));
	}
	for (size_t i = 0; i < ROWS(none); i++) {
		unit_about(none[i]);
		CHECK(!copied_client(bytes_of(none[i]), &name, &address));
	}
	unit_about(NULL);
}

static void
mailboxes(void)
{
	static const struct {
		const char *text;
		const char *mailbox;
	} rows[] = {
		{ "a@b", "a@b" },
		{ "", "" },
		{ "<>", "" },
		{ "<a@b>", "a@b" },
		{ " <a@b> ", "a@b" },
		{ "<a@b>,", "a@b" },
		{ "from=<a@b>", "a@b" },
		{ "from=<>", "" },
		{ "to=<a@b>,", "a@b" },
		{ "orig_to=<a@b>,", "a@b" },
		{ "sender=a@b", "a@b" },
		{ "recipient=a@b,", "a@b" },
		{ "sender=", "" },
		{ "mailto:a@b", "a@b" },
		{ "postmaster", "postmaster" },
		{ "from=a@b", "from=a@b" },
		{ "a@b,", NULL },
		{ "<a>@b", "<a>@b" },
		{ "x<y>z@b", "x<y>z@b" },
		{ "\"a b\"@c", "\"a b\"@c" },
		{ "a b@c", "a b@c" },
		{ "a,b@c", "a,b@c" },
		{ "a@b,c@d", NULL },
		{ "prvs=x=a@b", "prvs=x=a@b" },
		{ "a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]" },
		{ "Bob <a@b>", NULL },
		{ "<a@b", NULL },
		{ "a@b>", NULL },
		{ "a@b c@d e", NULL },
		{ "a@b,c@d;e", NULL },
		{ "a\n@b", NULL },
		{ "a@b\xc2\xa0", NULL },
		{ "\xef\xbb\xbf"
		  "a@b",
		    NULL },
	};
	struct bytes mailbox;

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *problem;

		unit_about(rows[i].text);
		problem = copied_mailbox(bytes_of(rows[i].text), &mailbox);
		if (CHECK((problem == NULL) == (rows[i].mailbox != NULL)) &&
		    problem == NULL)
			CHECK_BYTES(mailbox, bytes_of(rows[i].mailbox));
	}
	unit_about(NULL);
}

const struct unit_test unit_copied[] = {
	{ "copied: a client's address and name, as a log has them", clients },
	{ "copied: a sender or a recipient, as a log has them", mailboxes },
	{ NULL, NULL }
};

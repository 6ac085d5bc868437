# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# counts.bash: for tests of log-stats' figures, of small logs whose truth anybody can count: the words of these logs.
# (Every run is also checked for its sums, see count_file.)

# shellcheck disable=SC2034
load lib/log

A='mail.example.net[203.0.113.8]'
FROM_TO='from=<a@example.net> to=<b@example.org> proto=ESMTP helo=<mail.example.net>'
UNKNOWN_USER='550 5.1.1 <x@example.org>: Recipient address rejected: User unknown in virtual mailbox table'
PSC_FROM_TO='from=<a@example.net>, to=<b@example.org>, proto=ESMTP, helo=<x>'
SENT='delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent'
BOUNCED='delay=0.1, delays=0.1/0/0/0, dsn=5.1.1, status=bounced'

# message QID [RECIPIENT]: lines in short: a message of the MX service, received and delivered.
message()
{
	the_message 7 "$1" "$A" a@example.net "${2-b@example.org}"
}

ONE_MESSAGE='messages.received=1 messages.submitted=0 messages.local=0 messages.delivered=1 recipients.delivered=1
	smtpd.connects=1 smtpd.accepted_sessions=1 smtpd.rejected_sessions=0 table.delivered=1'

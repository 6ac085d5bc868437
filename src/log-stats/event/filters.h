/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What content filters and milters that are not of Postfix say of a message, in
 * the wordings of amavis, opendkim, opendmarc, rspamd, SpamAssassin's spamd,
 * clamav-milter, Proxmox' pmg-smtp-filter and MailScanner.
 */
#ifndef FILTERS_H
#define FILTERS_H

#include "common/bytes.h"

/*
 * The outcome for a message that a line of the program tells: "Passed CLEAN",
 * "dmarc fail". It is a part of the line, or lives on. Empty: the line tells
 * none.
 */
struct bytes filters_outcome(struct bytes program, struct bytes text);

#endif

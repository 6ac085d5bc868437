/* SPDX-License-Identifier: BSD-2-Clause */
#include "hidden.h"

void
hidden_sum(struct bytes value, char out[static KEY_SUM_LENGTH])
{
	char lower[LINE_MAX_LENGTH];

	for (size_t i = 0; i < value.len; i++)
		lower[i] = bytes_lower(value.data[i]);
	key_sum((struct bytes){ lower, value.len }, out);
}

void
hidden_client(struct bytes text, char out[static KEY_SUM_LENGTH])
{
	char form[ADDRESS_TEXT_MAX];
	struct address address;

	if (!address_parse(text, &address))
		hidden_sum(text, out);
	else
		key_sum(
		    (struct bytes){ form, address_text(&address, form) }, out);
}

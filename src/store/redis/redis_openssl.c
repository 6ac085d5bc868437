/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "redis_openssl.h"

#define NAME(name) #name,

struct redis_openssl redis_openssl;

static const char *const names[] = { REDIS_OPENSSL_CALLS(NAME) };

enum { NAMES = sizeof(names) / sizeof(names[0]) };

#define TEXT_OF(number) #number
#define LIBRARY_OF(version) "libssl.so." TEXT_OF(version)
#define LIBRARY LIBRARY_OF(OPENSSL_SHLIB_VERSION)

bool
redis_openssl_load(char trouble[static REDIS_TLS_TROUBLE_MAX])
{
	void *pointers[NAMES];
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	_Static_assert(
	    sizeof(pointers) == sizeof(redis_openssl), "a pointer each");
	if (redis_openssl.SSL_new != NULL)
		return true;
	for (size_t i = 0; i < NAMES && library != NULL; i++) {
		pointers[i] = dlsym(library, names[i]);
		if (pointers[i] == NULL)
			library = NULL;
	}
	if (library == NULL) {
		snprintf(trouble, REDIS_TLS_TROUBLE_MAX,
		    "there is no TLS without OpenSSL's library: %s", dlerror());
		return false;
	}
	memcpy(&redis_openssl, pointers, sizeof(redis_openssl));
	return true;
}

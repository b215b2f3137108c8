/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as people write them: host:port, [2001:db8::1]:port, port. */
#ifndef LK_TOOLS_ADDRESS_H
#define LK_TOOLS_ADDRESS_H

#include <stdbool.h>

enum { LK_HOST_MAX = 256, LK_PORT_MAX = 32 };

typedef struct lk_address {
    char host[LK_HOST_MAX]; /* "" when none was given */
    char port[LK_PORT_MAX]; /* a number or a service's name */
} lk_address;

/**
 * Takes an address apart. An IPv6 address stands in brackets where a port follows.
 * @return false when there is no port, or a part is too long.
 */
bool lk_address_parse(const char *text, lk_address *address);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/address.h"

#include <stddef.h>
#include <string.h>

static bool copy(char *to, size_t capacity, const char *from, size_t length)
{
    if (length >= capacity)
        return false;
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

bool lk_address_parse(const char *text, lk_address *address)
{
    const char *host = text, *host_end, *port;
    if (text[0] == '[') {
        host = text + 1;
        host_end = strchr(host, ']');
        if (!host_end || host_end[1] != ':')
            return false;
        port = host_end + 2;
    } else {
        const char *colon = strchr(text, ':');
        host_end = colon ? colon : text;
        port = colon ? colon + 1 : text;
    }
    /* a second colon outside brackets: an IPv6 address whose port cannot be told from its last group */
    if (port[0] == '\0' || strchr(port, ':'))
        return false;
    return copy(address->host, sizeof address->host, host, (size_t)(host_end - host)) &&
           copy(address->port, sizeof address->port, port, strlen(port));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "transport/registry.h"

#include <stddef.h>
#include <string.h>

enum { SCHEMES_MAX = 8 };

static const lk_transport_scheme *schemes[SCHEMES_MAX] = {&lk_transport_usb, &lk_transport_usbip, &lk_transport_ft601};

lk_error lk_transport_register(const lk_transport_scheme *scheme)
{
    const lk_transport_scheme *known = lk_transport_find(scheme->scheme);
    if (known)
        return known == scheme ? LK_OK : LK_ERROR_INVALID_ARGUMENT;
    for (size_t i = 0; i < SCHEMES_MAX; i++) {
        if (!schemes[i]) {
            schemes[i] = scheme;
            return LK_OK;
        }
    }
    return LK_ERROR_NO_MEMORY;
}

const lk_transport_scheme *lk_transport_find(const char *scheme)
{
    for (size_t i = 0; i < SCHEMES_MAX && schemes[i]; i++)
        if (strcmp(schemes[i]->scheme, scheme) == 0)
            return schemes[i];
    return NULL;
}

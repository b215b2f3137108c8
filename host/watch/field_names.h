/* SPDX-License-Identifier: Apache-2.0 */
/* Names for the numbers of IANA's registries of TLS, of what this library does not do as well. */
#ifndef LK_WATCH_FIELD_NAMES_H
#define LK_WATCH_FIELD_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum lk_registry {
    LK_REGISTRY_SUITE,
    LK_REGISTRY_GROUP,
    LK_REGISTRY_SIGNATURE,
    LK_REGISTRY_EXTENSION,
    LK_REGISTRY_VERSION,
    LK_REGISTRY_CERTIFICATE_TYPE /* ClientCertificateType, RFC 5246 section 7.4.4 */
} lk_registry;

/** The longest name, or number in its place, with the zero behind it. */
enum { LK_NUMBER_NAME_MAX = 64 };

/** Writes a name; a number without one as "0x1234", one of RFC 8701 as "GREASE 0x1a1a". Returns text. */
const char *lk_number_name(lk_registry registry, uint16_t number, char text[LK_NUMBER_NAME_MAX]);

/** True for the numbers that RFC 8701 keeps free for nothing. */
bool lk_number_is_grease(uint16_t number);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Record engines, as an application sees them: something to hand to a configuration. */
#ifndef LATCHKEY_ENGINE_H
#define LATCHKEY_ENGINE_H

#ifdef __cplusplus
extern "C" {
#endif

/** Something that seals and opens records: software, or a device (latchkey/device.h). Opaque. */
typedef struct lk_engine lk_engine;

/** Which engine makes the records of a connection. */
typedef enum lk_engine_policy {
    LK_ENGINE_AUTO,           /* the device where it can, software where it cannot, with the reason reported */
    LK_ENGINE_REQUIRE_DEVICE, /* the device or an error: only suites it has are offered, nothing falls back */
    LK_ENGINE_SOFTWARE        /* libcrypto alone */
} lk_engine_policy;

#ifdef __cplusplus
}
#endif

#endif

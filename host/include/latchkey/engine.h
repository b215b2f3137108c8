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
    LK_ENGINE_AUTO,           /* each record where it costs less, as measured (latchkey/placement.h); software where the
                                 device cannot, with the reason reported */
    LK_ENGINE_REQUIRE_DEVICE, /* the device or an error: only suites it has are offered, nothing falls back */
    LK_ENGINE_SOFTWARE,       /* libcrypto alone */
    LK_ENGINE_KEYS_ON_DEVICE, /* as REQUIRE_DEVICE, in TLS 1.3 alone, and the host keeps nothing that the keys in use
                                 follow from: what remains in its memory, and why, is in docs/security.md */
    LK_ENGINE_PREFER_DEVICE   /* the device where it can, whatever that costs; software where it cannot, with the reason
                                 reported */
} lk_engine_policy;

/** One row a reason why a direction is in software although a device was wished for: X(name, sentence). */
#define LK_FALLBACK_TABLE(X)                                                                                           \
    X(NONE, "nothing fell back")                                                                                       \
    X(NO_DEVICE, "there is no device")                                                                                 \
    X(UNSUPPORTED, "the device does not have this suite in this version")                                              \
    X(FULL, "all session slots of the device are taken")                                                               \
    X(UNPLUGGED, "the device has gone: unplugged, or its server ended")                                                \
    X(HUNG, "the device owed an answer and gave none in time")                                                         \
    X(STALLED, "the device refused a transfer")                                                                        \
    X(PROTOCOL, "the device answered with something its protocol does not allow")                                      \
    X(FORGOTTEN, "the device has forgotten its keys: it was reset")                                                    \
    X(INHERITED, "the device belongs to the parent process")                                                           \
    X(DISAGREED, "the device refused a record that software finds good")                                               \
    X(RESOURCES, "the system refused a transfer to the device, or memory for it")                                      \
    X(OTHER, "the device failed in a way that has no name here")

typedef enum lk_fallback {
#define LK_FALLBACK_ENUM(name, sentence) LK_FALLBACK_##name,
    LK_FALLBACK_TABLE(LK_FALLBACK_ENUM)
#undef LK_FALLBACK_ENUM
        LK_FALLBACK_COUNT
} lk_fallback;

/** The reason's name without its prefix, in lower case, such as "unplugged". Never NULL. */
const char *lk_fallback_name(lk_fallback fallback);

/** One sentence for a person. Never NULL. */
const char *lk_fallback_sentence(lk_fallback fallback);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS stack as the benchmark sees it: connections whose bytes of the wire go through memory. */
#ifndef LK_BENCH_STACK_H
#define LK_BENCH_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum lk_stack_role { LK_STACK_CLIENT, LK_STACK_SERVER } lk_stack_role;

/** What both sides are set up with: TLS 1.3, X25519, that suite; the client verifies the server's name and certificate,
 * which is its own root. */
typedef struct lk_stack_form {
    const char *suite;       /* the one in TLS 1.3, as both stacks call it */
    const char *certificate; /* files, PEM */
    const char *key;
    bool resumed; /* clients go on with the session that the first one got */
} lk_stack_form;

/** One side of a connection. */
typedef struct lk_stack_side lk_stack_side;

typedef struct lk_stack {
    const char *name;
    bool (*set_up)(const lk_stack_form *form);
    void (*tear_down)(void);
    lk_stack_side *(*begin)(lk_stack_role role);
    void (*end)(lk_stack_side *side);
    /** As far as it goes. @return false when it failed; *done: it is complete. */
    bool (*handshake)(lk_stack_side *side, bool *done);
    /** Takes what there is for the wire, or drops it where to is NULL. @return how much. */
    size_t (*output)(lk_stack_side *side, uint8_t *to);
    /** Gives it bytes of the wire, which are borrowed until the next call. */
    void (*input)(lk_stack_side *side, const uint8_t *bytes, size_t length);
    /** Nothing is expected for a while: it gives back what it can. */
    void (*rest)(lk_stack_side *side);
    /** A record with application data. */
    bool (*write)(lk_stack_side *side, const uint8_t *data, size_t length);
    /** Reads application data out of the input until there is none. @return how much, a session besides. */
    size_t (*read)(lk_stack_side *side, uint8_t *data, size_t capacity);
} lk_stack;

extern const lk_stack lk_stack_ours, lk_stack_libssl;

#endif

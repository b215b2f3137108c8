/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A short life of an engine for tests that disturb it: directions are loaded, records sealed and opened, among them
 * forged ones. A scene knows what is secret in it, and finds it in what an engine says.
 */
#ifndef LK_TESTS_SCENE_H
#define LK_TESTS_SCENE_H

#include "rtl/record/session.h"

typedef enum scene_secret {
    SCENE_KEY,    /* of a direction, MAC keys included */
    SCENE_FORGED, /* plaintext of a record whose tag is wrong */
    SCENE_SEALED, /* plaintext of a record that is sealed */
    SCENE_NOTHING
} scene_secret;

/* Four bytes in a row of a secret. */
typedef struct scene_window {
    uint32_t bytes;
    scene_secret secret;
} scene_window;

enum { SCENE_BYTES = 16384, SCENE_WINDOWS = 8192 };

typedef struct scene {
    uint8_t commands[SCENE_BYTES];
    size_t command_length;
    uint8_t completions[SCENE_BYTES]; /* what an engine answers that nobody disturbs */
    size_t completion_length;
    size_t count;
    scene_window windows[SCENE_WINDOWS]; /* in ascending order */
    size_t window_count;
} scene;

/**
 * Makes a scene. The structure decides about protections, commands and lengths, the content about keys and data: two
 * scenes of one structure take the same cycles. The session lends its reference, whose slots are empty afterwards.
 */
void scene_make(scene *made, test_session *session, uint64_t structure, uint64_t content);

/** The first secret of which four bytes in a row are there; SCENE_NOTHING when there are none. */
scene_secret scene_find_secret(const scene *of, const uint8_t *bytes, size_t length);

#endif

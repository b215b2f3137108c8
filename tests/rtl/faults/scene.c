/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/faults/scene.h"

#include "record/record.h"
#include "rtl/record/random_source.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 4, DIRECTIONS = 3, COMMANDS = 10, GENERATION = 7, LENGTH_MAX = 160 };

/* What is made while a scene is. */
typedef struct scene_making {
    scene *scene;
    test_session *session;
    random_source structure, content;
    lk_direction_parameters parameters[DIRECTIONS];
    lk_direction *peers[DIRECTIONS]; /* seal what the slot opens */
    uint64_t sequences[DIRECTIONS];
} scene_making;

static uint32_t window_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void keep_secret(scene *of, scene_secret secret, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i + WINDOW <= length; i++) {
        cr_assert_lt(of->window_count, SCENE_WINDOWS);
        of->windows[of->window_count++] = (scene_window){window_at(bytes + i), secret};
    }
}

static int compare(const void *left, const void *right)
{
    uint32_t a = ((const scene_window *)left)->bytes, b = ((const scene_window *)right)->bytes;
    return a < b ? -1 : a > b;
}

scene_secret scene_find_secret(const scene *of, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i + WINDOW <= length; i++) {
        scene_window wanted = {.bytes = window_at(bytes + i)};
        const scene_window *found = bsearch(&wanted, of->windows, of->window_count, sizeof of->windows[0], compare);
        if (found) {
            return found->secret;
        }
    }
    return SCENE_NOTHING;
}

static void load(scene_making *making, uint16_t slot)
{
    lk_direction_parameters *parameters = &making->parameters[slot];
    test_session *session = making->session;
    size_t protection = random_below(&making->structure, (uint32_t)session->protection_count);
    *parameters = session_protected(slot == 0 ? LK_SEAL : LK_OPEN, session->protections[protection], 0);
    random_fill(&making->content, parameters->key, parameters->cipher->key_length);
    random_fill(&making->content, parameters->mac_key, parameters->cipher->mac_key_length);
    random_fill(&making->content, parameters->iv, lk_record_iv_length(parameters->version, parameters->cipher));
    keep_secret(making->scene, SCENE_KEY, parameters->key, parameters->cipher->key_length);
    keep_secret(making->scene, SCENE_KEY, parameters->mac_key, parameters->cipher->mac_key_length);
    cr_assert_eq(session_add_load(session, slot, GENERATION, parameters), LK_STATUS_OK);
    lk_direction_parameters peer = *parameters;
    peer.kind = LK_SEAL;
    lk_direction_close(making->peers[slot]);
    cr_assert_eq(lk_engine_open(session->reference.engine, &peer, &making->peers[slot]), LK_OK);
    making->sequences[slot] = 0;
}

static void reload(scene_making *making, uint16_t slot)
{
    test_command delete = {.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = slot, .generation = GENERATION}};
    cr_assert_eq(session_add(making->session, delete), LK_STATUS_OK);
    load(making, slot);
}

static void seal(scene_making *making)
{
    uint8_t payload[LK_IV_MAX + LENGTH_MAX];
    const lk_direction_parameters *parameters = &making->parameters[0];
    size_t iv = session_payload_iv(parameters);
    size_t length = random_below(&making->structure, LENGTH_MAX);
    random_fill(&making->content, payload, sizeof payload);
    if (parameters->cipher->kind != LK_KIND_NULL_MAC) {
        keep_secret(making->scene, SCENE_SEALED, payload + iv, length);
    }
    test_command command = session_seal(0, making->sequences[0]++, payload, iv + length);
    command.header.generation = GENERATION;
    cr_assert_eq(session_add(making->session, command), LK_STATUS_OK);
}

/* A record of the peer's. Forged: with noise for a tag. */
static void unseal(scene_making *making, uint16_t slot, bool forged)
{
    uint8_t plaintext[LENGTH_MAX], record[LK_RECORD_HEADER_LENGTH + LENGTH_MAX + 512];
    lk_operation operation = {.input = plaintext,
                              .input_length = 1 + random_below(&making->structure, LENGTH_MAX - 1),
                              .output = record,
                              .output_capacity = sizeof record,
                              .sequence = making->sequences[slot]++,
                              .content_type = LK_CONTENT_APPLICATION_DATA};
    lk_operation *operations[] = {&operation};
    size_t accepted = 0;
    random_fill(&making->content, plaintext, sizeof plaintext);
    random_fill(&making->content, operation.iv, sizeof operation.iv);
    cr_assert(lk_direction_submit(making->peers[slot], operations, 1, &accepted) == LK_OK && operation.status == LK_OK);
    if (forged) {
        size_t tag = making->parameters[slot].cipher->tag_length;
        random_fill(&making->content, record + operation.output_length - tag, tag);
        keep_secret(making->scene, SCENE_FORGED, plaintext, operation.input_length);
    }
    test_command command = session_unseal(slot, operation.sequence, record, operation.output_length);
    command.header.generation = GENERATION;
    cr_assert_eq(session_add(making->session, command), forged ? LK_STATUS_BAD_RECORD_MAC : LK_STATUS_OK);
    if (forged && session_is_chained(&making->parameters[slot])) {
        reload(making, slot); /* what comes behind a lost record cannot be read there */
    }
}

static void add_command(scene_making *making)
{
    uint16_t slot = (uint16_t)(1 + random_below(&making->structure, DIRECTIONS - 1));
    switch (random_below(&making->structure, 8)) {
    case 0:
    case 1:
        seal(making);
        break;
    case 2:
    case 3:
        unseal(making, slot, false);
        break;
    case 4:
        reload(making, (uint16_t)random_below(&making->structure, DIRECTIONS));
        break;
    default:
        unseal(making, slot, true);
        break;
    }
}

static void take(const lk_writer *writer, uint8_t *bytes, size_t *length)
{
    cr_assert_leq(writer->length, SCENE_BYTES);
    memcpy(bytes, writer->start, writer->length);
    *length = writer->length;
}

void scene_make(scene *made, test_session *session, uint64_t structure, uint64_t content)
{
    scene_making making = {
        .scene = made, .session = session, .structure = random_from(structure), .content = random_from(~content)};
    made->window_count = 0;
    for (uint16_t slot = 0; slot < DIRECTIONS; slot++) {
        load(&making, slot);
    }
    for (int i = 0; i < COMMANDS; i++) {
        add_command(&making);
    }
    for (uint16_t slot = 0; slot < DIRECTIONS; slot++) {
        lk_direction_close(making.peers[slot]);
    }
    take(&session->commands, made->commands, &made->command_length);
    take(&session->completions, made->completions, &made->completion_length);
    made->count = session->count;
    session->commands.length = session->completions.length = session->count = 0;
    reference_reset(&session->reference);
    qsort(made->windows, made->window_count, sizeof made->windows[0], compare);
}

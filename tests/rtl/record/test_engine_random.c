/* SPDX-License-Identifier: Apache-2.0 */
/* 12,000 records of random kinds and lengths, among commands that fail, under random back pressure. */
#include "record/record.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { RECORDS = 12000, DIRECTIONS = 2 * SESSION_PROTECTIONS, BATCH = 24, STALL_PATTERNS = 6 };

/* One direction in a slot; when it opens, a peer in software makes its records. */
typedef struct random_direction {
    uint16_t slot, generation;
    lk_direction_parameters parameters;
    lk_direction *peer;
    uint64_t sequence;
} random_direction;

static test_session engine;
static random_direction directions[DIRECTIONS];
static uint64_t state = 0x243f6a8885a308d3u;
static uint8_t plaintext[LK_RECORD_PLAINTEXT_MAX];
static uint8_t record[LK_RECORD_MAX];

/* xorshift64*: the same commands in every run. */
static uint32_t random_below(uint32_t limit)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1du) >> 32) % limit;
}

static void random_bytes(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)random_below(256);
    }
}

/* Edges and short records above all, some full ones. */
static size_t random_length(void)
{
    static const uint16_t edges[] = {0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33, 47, 48, 49, 255, 256, 257};
    switch (random_below(64)) {
    case 0:
        return LK_RECORD_PLAINTEXT_MAX - random_below(20);
    case 1:
    case 2:
        return random_below(4096);
    default:
        return random_below(2) ? edges[random_below(sizeof edges / sizeof edges[0])] : random_below(300);
    }
}

static uint64_t random_sequence(void)
{
    return (uint64_t)random_below(UINT32_MAX) << random_below(28);
}

/* A new direction in a slot of its own: slots of different directions differ in the lowest bits. */
static void load(unsigned index)
{
    random_direction *direction = &directions[index];
    lk_direction_close(direction->peer);
    direction->slot = (uint16_t)(index + DIRECTIONS * random_below(REFERENCE_SLOTS / DIRECTIONS));
    direction->generation = (uint16_t)random_below(UINT16_MAX);
    direction->sequence = random_sequence();
    direction->parameters =
        session_protected(index % 2 ? LK_OPEN : LK_SEAL, session_protections[index / 2 % SESSION_PROTECTIONS],
                          (uint8_t)random_below(256));
    direction->parameters.first_sequence = direction->sequence;
    cr_assert_eq(session_add_load(&engine, direction->slot, direction->generation, &direction->parameters),
                 LK_STATUS_OK);
    lk_direction_parameters peer = direction->parameters;
    peer.kind = LK_SEAL;
    cr_assert_eq(lk_engine_open(engine.reference.engine, &peer, &direction->peer), LK_OK);
}

static void reload(unsigned index)
{
    cr_assert_eq(session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE,
                                                                .slot = directions[index].slot,
                                                                .generation = directions[index].generation}}),
                 LK_STATUS_OK);
    load(index);
}

static uint16_t random_padding(const random_direction *direction, size_t length)
{
    if (direction->parameters.version != LK_TLS1_3 || random_below(3)) {
        return 0;
    }
    uint32_t room = (uint32_t)(LK_RECORD_PLAINTEXT_MAX - length + 1);
    return (uint16_t)random_below(room < 70 ? room : 70);
}

/* SEAL with a fresh sequence number, or now and then one that was used. */
static void seal(random_direction *direction)
{
    bool again = random_below(16) == 0 && direction->sequence > direction->parameters.first_sequence;
    size_t length = random_length();
    if (!again && random_below(8) == 0) {
        direction->sequence += random_below(1000);
    }
    test_command command =
        session_seal(direction->slot, direction->sequence - again, plaintext + random_below(16), length);
    command.payload = length > sizeof plaintext - 16 ? plaintext : command.payload;
    command.header.generation = direction->generation;
    command.header.content_type = (uint8_t)(1 + random_below(255));
    command.header.padding = random_padding(direction, length);
    cr_assert_eq(session_add(&engine, command), again ? LK_STATUS_SEQUENCE_REUSED : LK_STATUS_OK);
    direction->sequence += again ? 0 : 1;
}

/* OPEN of a record that the peer made, or of one with a bit turned over. */
static void unseal(random_direction *direction)
{
    size_t length = random_length();
    lk_operation operation = {.input = plaintext,
                              .input_length = length,
                              .output = record,
                              .output_capacity = sizeof record,
                              .sequence = direction->sequence++,
                              .content_type = (uint8_t)(1 + random_below(255)),
                              .padding = random_padding(direction, length)};
    lk_operation *operations[] = {&operation};
    size_t accepted = 0;
    cr_assert(lk_direction_submit(direction->peer, operations, 1, &accepted) == LK_OK && operation.status == LK_OK);
    bool damaged = random_below(8) == 0;
    if (damaged) {
        /* The length field is left alone: changing it is another fault. */
        size_t at = LK_RECORD_HEADER_LENGTH + random_below((uint32_t)operation.output_length - LK_RECORD_HEADER_LENGTH);
        record[at] ^= (uint8_t)(1u << random_below(8));
    }
    test_command command = session_unseal(direction->slot, operation.sequence, record, operation.output_length);
    command.header.generation = direction->generation;
    cr_assert_eq(session_add(&engine, command), damaged ? LK_STATUS_BAD_RECORD_MAC : LK_STATUS_OK);
}

/* A command with something wrong in its header; the reference says what. */
static void disturb(random_direction *direction)
{
    test_command command = session_seal(direction->slot, direction->sequence, plaintext, random_below(100));
    command.header.generation = direction->generation;
    switch (random_below(8)) {
    case 0:
        command.flags = (uint8_t)(1 + random_below(255));
        break;
    case 1:
        command.header.generation ^= (uint16_t)(1 + random_below(UINT16_MAX - 1));
        break;
    case 2:
        command.header.slot = (uint16_t)(REFERENCE_SLOTS + random_below(UINT16_MAX - REFERENCE_SLOTS));
        break;
    case 3:
        command.header.opcode = (uint8_t)random_below(256);
        break;
    case 4:
        command.header.content_type = 0;
        break;
    case 5:
        command.header.padding = (uint16_t)(LK_RECORD_PLAINTEXT_MAX + 1 + random_below(1000));
        break;
    case 6:
        command.header.sequence = UINT64_MAX;
        break;
    default:
        command.header.slot ^= (uint16_t)(1 + random_below(REFERENCE_SLOTS - 1));
        break;
    }
    /* The directions of this test stay as it knows them. */
    if (command.header.opcode == LK_OPCODE_SLOT_DELETE || command.header.opcode == LK_OPCODE_SLOT_DELETE_ALL) {
        command.header.opcode = 0xff;
    }
    /* A random opcode may be SEAL after all. */
    direction->sequence += session_add(&engine, command) == LK_STATUS_OK;
}

static unsigned add_random(void)
{
    unsigned index = random_below(DIRECTIONS);
    uint32_t what = random_below(64);
    if (what == 0) {
        reload(index);
    } else if (what < 5) {
        disturb(&directions[index]);
    } else if (directions[index].parameters.kind == LK_SEAL) {
        seal(&directions[index]);
        return 1;
    } else {
        unseal(&directions[index]);
        return 1;
    }
    return 0;
}

Test(engine_random, records_equal_the_software_engines)
{
    static const unsigned stalls[STALL_PATTERNS][2] = {{0, 0}, {0, 0}, {128, 0}, {0, 128}, {170, 170}, {0, 230}};
    unsigned records = 0;
    session_open(&engine);
    random_bytes(plaintext, sizeof plaintext);
    for (unsigned i = 0; i < DIRECTIONS; i++) {
        load(i);
    }
    session_run(&engine);
    while (records < RECORDS) {
        const unsigned *pattern = stalls[random_below(STALL_PATTERNS)];
        engine.port.command_stalls = pattern[0];
        engine.port.completion_stalls = pattern[1];
        for (unsigned i = 0; i < BATCH; i++) {
            records += add_random();
        }
        session_run(&engine);
    }
    for (unsigned i = 0; i < DIRECTIONS; i++) {
        lk_direction_close(directions[i].peer);
    }
    session_close(&engine);
}

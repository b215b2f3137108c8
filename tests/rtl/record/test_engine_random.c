/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random records of every protection that the engine has, in many slots, among commands that fail, under random back
 * pressure on both ports: every byte of every completion is what the software engine makes of it.
 *
 * LATCHKEY_RECORDS and LATCHKEY_SEED make another run of it, LATCHKEY_REPORT names a file for what it met: that is what
 * tests/rtl/record/nightly does.
 */
#include "record/record.h"
#include "rtl/record/damage.h"
#include "rtl/record/peer.h"
#include "rtl/record/random_source.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORDS = 6000,
    SEED = 3,
    DIRECTIONS = 96,
    BATCH = 24,
    STALL_PATTERNS = 8,
    STATUSES = 32,
    LIMITED_BELOW = 1 << 30
};
/* Plaintext begins at one of so many places, and an IV may stand in front of it. */
enum { OFFSETS = 16, PLAINTEXT = LK_IV_MAX + LK_RECORD_PLAINTEXT_MAX + 2 * OFFSETS };

/* One direction in a slot; when it opens, a peer in software makes its records. */
typedef struct random_direction {
    uint16_t slot, generation;
    size_t protection; /* which of the session's */
    lk_direction_parameters parameters;
    lk_direction *peer;
    uint64_t sequence;
} random_direction;

static test_session engine;
static random_direction directions[DIRECTIONS];
static bool taken[REFERENCE_SLOTS];
static random_source source;
static uint8_t plaintext[PLAINTEXT];
static uint8_t record[DAMAGE_ROOM];
/* What was met: records by protection, kind and status, other commands by status; and what the counters must say. */
static unsigned records_met[SESSION_PROTECTIONS_MAX][2][STATUSES];
static unsigned others_met[STATUSES];
static uint64_t commands, replaced, near_limit, rejected, forged, sealed, sealed_bytes, opened, opened_bytes;

static lk_status add(test_command command)
{
    lk_status status = session_add(&engine, command);
    commands++;
    rejected += status != LK_STATUS_OK;
    forged += status == LK_STATUS_BAD_RECORD_MAC;
    return status;
}

static lk_status add_other(test_command command)
{
    lk_status status = add(command);
    others_met[status]++;
    return status;
}

static test_command addressed(test_command command, const random_direction *direction)
{
    command.header.slot = direction->slot;
    command.header.generation = direction->generation;
    return command;
}

static lk_status add_record(random_direction *direction, test_command command)
{
    lk_status status = add(addressed(command, direction));
    bool opens = direction->parameters.kind == LK_OPEN;
    records_met[direction->protection][opens][status]++;
    if (status == LK_STATUS_OK && opens) {
        opened++;
        opened_bytes += engine.expected.header.length;
    } else if (status == LK_STATUS_OK) {
        sealed++;
        sealed_bytes += command.header.length;
    }
    return status;
}

/* Another key, and a peer that has it, too. */
static void draw_key(random_direction *direction, lk_direction_kind kind, size_t protection)
{
    bool limited = kind == LK_SEAL && random_once_in(&source, 3);
    direction->sequence = limited ? random_below(&source, LIMITED_BELOW) : random_sequence(&source);
    direction->protection = protection;
    direction->parameters = session_protected(kind, engine.protections[protection], 0);
    random_fill(&source, direction->parameters.key, direction->parameters.cipher->key_length);
    random_fill(&source, direction->parameters.mac_key, direction->parameters.cipher->mac_key_length);
    direction->parameters.first_sequence = direction->sequence;
    if (limited) { /* within the next few records */
        direction->parameters.limited = true;
        direction->parameters.soft_limit = (uint32_t)direction->sequence + random_below(&source, 20);
        direction->parameters.hard_limit = direction->parameters.soft_limit + random_below(&source, 20);
    }
    lk_direction_parameters peer = direction->parameters;
    peer.kind = LK_SEAL;
    lk_direction_close(direction->peer);
    cr_assert_eq(lk_engine_open(engine.reference.engine, &peer, &direction->peer), LK_OK);
}

/* A new direction in a slot that no other has. */
static void load(random_direction *direction, size_t index)
{
    do {
        direction->slot = (uint16_t)random_below(&source, REFERENCE_SLOTS);
    } while (taken[direction->slot]);
    taken[direction->slot] = true;
    direction->generation = (uint16_t)random_below(&source, UINT16_MAX);
    draw_key(direction, index % 2 ? LK_OPEN : LK_SEAL, index / 2 % engine.protection_count);
    cr_assert_eq(session_add_load(&engine, direction->slot, direction->generation, &direction->parameters),
                 LK_STATUS_OK);
    commands++;
}

/* Another key for the slot. */
static void replace(random_direction *direction, size_t protection)
{
    draw_key(direction, direction->parameters.kind, protection);
    cr_assert_eq(session_add_replace(&engine, direction->slot, direction->generation, &direction->parameters),
                 LK_STATUS_OK);
    commands++;
    replaced++;
}

/* Two directions of a kind exchange their protections, so that each stays as frequent as it was. */
static void exchange(random_direction *direction)
{
    size_t index = (size_t)(direction - directions), step = 2 * random_below(&source, DIRECTIONS / 2);
    random_direction *other = &directions[(index + step) % DIRECTIONS];
    size_t protection = direction->protection;
    replace(direction, other->protection);
    replace(other, protection);
}

static void reload(random_direction *direction)
{
    test_command delete = {.header = {.opcode = LK_OPCODE_SLOT_DELETE}};
    cr_assert_eq(add_other(addressed(delete, direction)), LK_STATUS_OK);
    taken[direction->slot] = false;
    load(direction, (size_t)(direction - directions));
}

static void load_all(void)
{
    memset(taken, 0, sizeof taken);
    for (size_t i = 0; i < DIRECTIONS; i++) {
        load(&directions[i], i);
    }
}

static uint16_t random_padding(const random_direction *direction, size_t length)
{
    if (direction->parameters.version != LK_TLS1_3 || !random_once_in(&source, 3)) {
        return 0;
    }
    uint32_t room = (uint32_t)(LK_RECORD_PLAINTEXT_MAX - length + 1);
    return (uint16_t)random_below(&source, random_once_in(&source, 50) || room < 70 ? room : 70);
}

/* SEAL with a fresh sequence number, or now and then one that was used, or that is never used. */
static void seal(random_direction *direction)
{
    size_t length = random_length(&source) + session_payload_iv(&direction->parameters);
    if (random_once_in(&source, 8)) {
        direction->sequence += random_below(&source, 1000);
    }
    test_command command =
        session_seal(direction->slot, direction->sequence, plaintext + random_below(&source, OFFSETS), length);
    if (random_once_in(&source, 16)) {
        command.header.sequence -= 1 + random_below(&source, 5); /* below the first: wraps, and is refused, too */
    } else if (random_once_in(&source, 64)) {
        command.header.sequence = UINT64_MAX;
    }
    command.header.content_type = (uint8_t)(1 + random_below(&source, 255));
    command.header.padding = random_padding(direction, length);
    uint64_t next = command.header.sequence + 1;
    lk_status status = add_record(direction, command);
    near_limit += engine.expected.header.content_type == LK_SEAL_NEAR_LIMIT;
    if (status == LK_STATUS_OK) {
        direction->sequence = next;
    }
    if (direction->sequence > UINT64_MAX - 2000 || (status == LK_STATUS_RECORD_LIMIT && random_once_in(&source, 2))) {
        reload(direction);
    } else if (status == LK_STATUS_RECORD_LIMIT) {
        replace(direction, direction->protection);
    }
}

/* Zeros alone in TLS 1.3, which no engine of ours would seal. */
static size_t make_typeless(const random_direction *direction)
{
    static const uint8_t zeros[300];
    size_t length = 1 + random_below(&source, sizeof zeros), fragment = length + PEER_TAG;
    const uint8_t header[LK_RECORD_HEADER_LENGTH] = {LK_CONTENT_APPLICATION_DATA, 3, 3, (uint8_t)(fragment >> 8),
                                                     (uint8_t)fragment};
    uint8_t nonce[PEER_NONCE];
    memcpy(nonce, direction->parameters.iv, sizeof nonce);
    for (size_t i = 0; i < sizeof direction->sequence; i++) {
        nonce[PEER_NONCE - 1 - i] ^= (uint8_t)(direction->sequence >> 8 * i);
    }
    memcpy(record, header, sizeof header);
    peer_encrypt(direction->parameters.cipher->id, direction->parameters.key, nonce, header, sizeof header, zeros,
                 length, record + sizeof header);
    return sizeof header + fragment;
}

static size_t make_record(random_direction *direction)
{
    lk_operation operation = {.input = plaintext + random_below(&source, OFFSETS),
                              .input_length = random_length(&source),
                              .output = record,
                              .output_capacity = sizeof record,
                              .sequence = direction->sequence,
                              .content_type = (uint8_t)(1 + random_below(&source, 255))};
    operation.padding = random_padding(direction, operation.input_length);
    random_fill(&source, operation.iv, sizeof operation.iv);
    lk_operation *operations[] = {&operation};
    size_t accepted = 0;
    cr_assert(lk_direction_submit(direction->peer, operations, 1, &accepted) == LK_OK && operation.status == LK_OK);
    return operation.output_length;
}

/* OPEN of a record that the peer made, or of what became of it on the way. */
static void unseal(random_direction *direction)
{
    bool typeless = direction->parameters.version == LK_TLS1_3 && random_once_in(&source, 32);
    damaged_record made = {.bytes = record,
                           .length = typeless ? make_typeless(direction) : make_record(direction),
                           .sequence = direction->sequence++,
                           .tag_length = direction->parameters.cipher->tag_length};
    bool damaged = random_once_in(&source, 4);
    if (damaged) {
        damage_record((damage)random_below(&source, DAMAGES), &made, &source);
    }
    lk_status status = add_record(direction, session_unseal(direction->slot, made.sequence, record, made.length));
    if (!damaged) {
        cr_assert_eq(status, typeless ? LK_STATUS_NO_CONTENT_TYPE : LK_STATUS_OK);
    }
    /* Where the IV is chained, a lost record takes those behind it along. */
    if (direction->sequence > UINT64_MAX - 2000 || (damaged && session_is_chained(&direction->parameters))) {
        reload(direction);
    }
}

/* SLOT_LOAD or SLOT_REPLACE with something wrong in its payload. */
static lk_status add_disturbed(const random_direction *direction, lk_command header)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){0}, &direction->parameters);
    uint8_t *payload = bytes + LK_COMMAND_HEADER_BYTES;
    payload[random_below(&source, random_once_in(&source, 2) ? 4 : LK_LOAD_PAYLOAD_BYTES)] =
        (uint8_t)random_below(&source, random_once_in(&source, 2) ? 8 : 256);
    header.length = (uint16_t)(LK_LOAD_PAYLOAD_BYTES - (random_once_in(&source, 8) ? random_below(&source, 9) : 0));
    return add_other((test_command){.header = header, .payload = payload});
}

/* When nothing is wrong, after all, the slot is deleted again. */
static void disturb_load(const random_direction *direction)
{
    lk_command header = {
        .opcode = LK_OPCODE_SLOT_LOAD, .slot = (uint16_t)random_below(&source, REFERENCE_SLOTS), .generation = 1};
    if (add_disturbed(direction, header) == LK_STATUS_OK) {
        header.opcode = LK_OPCODE_SLOT_DELETE;
        cr_assert_eq(add_other((test_command){.header = header}), LK_STATUS_OK);
    }
}

/* The slot has the old key (the length was wrong), none (something else was), or one of which nobody knows much. */
static void disturb_replace(random_direction *direction)
{
    test_command command = addressed((test_command){.header = {.opcode = LK_OPCODE_SLOT_REPLACE}}, direction);
    (void)add_disturbed(direction, command.header);
    if (engine.reference.slots[direction->slot].direction) {
        reload(direction);
    } else {
        taken[direction->slot] = false;
        load(direction, (size_t)(direction - directions));
    }
}

/* A command with something wrong in its header; the reference says what. */
static void disturb(random_direction *direction)
{
    test_command command = session_seal(direction->slot, direction->sequence, plaintext, random_below(&source, 100));
    command = addressed(command, direction);
    switch (random_below(&source, 9)) {
    case 0:
        command.flags = (uint8_t)(1 + random_below(&source, 255));
        break;
    case 1:
        command.header.generation ^= (uint16_t)(1 + random_below(&source, UINT16_MAX - 1));
        break;
    case 2:
        command.header.slot = (uint16_t)(REFERENCE_SLOTS + random_below(&source, UINT16_MAX - REFERENCE_SLOTS));
        break;
    case 3:
        command.header.opcode = (uint8_t)random_below(&source, 256);
        break;
    case 4:
        command.header.content_type = 0;
        break;
    case 5:
        command.header.padding = (uint16_t)(LK_RECORD_PLAINTEXT_MAX + 1 + random_below(&source, 1000));
        break;
    case 6:
        command.header.length = (uint16_t)(sizeof plaintext - random_below(&source, OFFSETS));
        break;
    case 7:
        command.header = (lk_command){.opcode = LK_OPCODE_NOP, .slot = (uint16_t)random_below(&source, UINT16_MAX)};
        break;
    default:
        command.header.slot ^= (uint16_t)(1 + random_below(&source, REFERENCE_SLOTS - 1));
        break;
    }
    /* The directions of this test stay as it knows them. */
    if (command.header.opcode == LK_OPCODE_SLOT_DELETE || command.header.opcode == LK_OPCODE_SLOT_DELETE_ALL ||
        command.header.opcode == LK_OPCODE_SLOT_REPLACE) {
        command.header.opcode = 0xff;
    }
    lk_status status = add_other(command);
    if (status == LK_STATUS_OK && command.header.opcode != LK_OPCODE_NOP) {
        /* It was a good record after all, perhaps of another direction. */
        sealed += command.header.opcode == LK_OPCODE_SEAL;
        sealed_bytes += command.header.opcode == LK_OPCODE_SEAL ? command.header.length : 0;
        for (size_t i = 0; i < DIRECTIONS; i++) {
            bool it = directions[i].slot == command.header.slot;
            directions[i].sequence = it ? command.header.sequence + 1 : directions[i].sequence;
        }
    }
}

static void delete_all(void)
{
    add_other((test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
    load_all();
}

/* One direction is used several times in a row, or each time another. */
static random_direction *choose(void)
{
    static random_direction *last = directions;
    last = random_once_in(&source, 2) ? &directions[random_below(&source, DIRECTIONS)] : last;
    return last;
}

static unsigned add_random(void)
{
    random_direction *direction = choose();
    uint32_t what = random_below(&source, 128);
    if (what < 2) {
        reload(direction);
    } else if (what < 4) {
        replace(direction, direction->protection);
    } else if (what < 6) {
        exchange(direction);
    } else if (what < 13) {
        disturb(direction);
    } else if (what < 17) {
        disturb_load(direction);
    } else if (what < 20) {
        disturb_replace(direction);
    } else if (direction->parameters.kind == LK_SEAL) {
        seal(direction);
        return 1;
    } else {
        unseal(direction);
        return 1;
    }
    return 0;
}

static void check_counters(void)
{
    enum { SETTLED = 40 };
    const struct {
        uint8_t fact;
        uint64_t value;
    } counters[] = {{LK_FACT_COMMANDS, commands},     {LK_FACT_COMPLETIONS, commands},
                    {LK_FACT_REJECTED, rejected},     {LK_FACT_AUTHENTICATION_FAILURES, forged},
                    {LK_FACT_SEALED_RECORDS, sealed}, {LK_FACT_SEALED_BYTES, sealed_bytes},
                    {LK_FACT_OPENED_RECORDS, opened}, {LK_FACT_OPENED_BYTES, opened_bytes},
                    {LK_FACT_LIVE_SLOTS, DIRECTIONS}};
    engine_port_drain(&engine.port, SETTLED);
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
        uint64_t fact = engine_port_fact(&engine.port, counters[i].fact);
        cr_assert_eq(fact, counters[i].value, "fact %u is %" PRIu64 ", not %" PRIu64, counters[i].fact, fact,
                     counters[i].value);
    }
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void write_report(uint64_t seed, unsigned records)
{
    const char *name = getenv("LATCHKEY_REPORT");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (!file) {
        cr_assert(!name, "%s cannot be written", name);
        return;
    }
    fprintf(
        file,
        "%u records, seed %" PRIu64 ", %" PRIu64 " commands in all, %" PRIu64 " cycles: all as the software engine.\n\n"
        "| version | cipher | direction | OK | wrong MAC | other statuses |\n| --- | --- | --- | --- | --- | --- |\n",
        records, seed, commands, engine.port.cycles);
    for (size_t i = 0; i < engine.protection_count; i++) {
        const session_protection *protection = &engine.protections[i];
        for (int opens = 0; opens < 2; opens++) {
            const unsigned *met = records_met[i][opens];
            unsigned sum = 0;
            for (int status = 0; status < STATUSES; status++) {
                sum += met[status];
            }
            fprintf(file, "| %s | %s%s | %s | %u | %u | %u |\n", lk_version_title(protection->version),
                    lk_cipher_find(protection->cipher)->title, protection->encrypt_then_mac ? ", encrypt-then-MAC" : "",
                    opens ? "open" : "seal", met[LK_STATUS_OK], met[LK_STATUS_BAD_RECORD_MAC],
                    sum - met[LK_STATUS_OK] - met[LK_STATUS_BAD_RECORD_MAC]);
        }
    }
    cr_assert_eq(fclose(file), 0);
}

/* A run that met little has proven little. */
static void check_variety(void)
{
    cr_assert_gt(replaced, commands / 100);
    cr_assert_gt(near_limit, commands / 1000);
    for (size_t i = 0; i < engine.protection_count; i++) {
        for (int opens = 0; opens < 2; opens++) {
            cr_assert_geq(records_met[i][opens][LK_STATUS_OK], 10, "protection %zu was hardly tried", i);
        }
        cr_assert_geq(records_met[i][1][LK_STATUS_BAD_RECORD_MAC], 1, "no record of protection %zu was forged", i);
    }
    for (int status = LK_STATUS_UNKNOWN_OPCODE; status <= LK_STATUS_RECORD_LIMIT; status++) {
        unsigned met = others_met[status];
        for (size_t i = 0; i < engine.protection_count; i++) {
            met += records_met[i][0][status] + records_met[i][1][status];
        }
        cr_assert_geq(met, 1, "status %d was never met", status);
    }
}

Test(engine_random, records_equal_the_software_engines)
{
    static const unsigned stalls[STALL_PATTERNS][2] = {{0, 0},     {0, 0},   {128, 0}, {0, 128},
                                                       {170, 170}, {0, 230}, {250, 0}, {40, 40}};
    uint64_t seed = from_environment("LATCHKEY_SEED", SEED), limit = from_environment("LATCHKEY_RECORDS", RECORDS);
    unsigned records = 0;
    printf("seed %" PRIu64 ": LATCHKEY_SEED=%" PRIu64 " repeats this run\n", seed, seed);
    source = random_from(seed);
    session_open(&engine);
    random_fill(&source, plaintext, sizeof plaintext);
    load_all();
    session_run(&engine);
    while (records < limit) {
        const unsigned *pattern = stalls[random_below(&source, STALL_PATTERNS)];
        engine.port.command_stalls = pattern[0];
        engine.port.completion_stalls = pattern[1];
        if (random_once_in(&source, 100)) {
            delete_all();
        }
        for (unsigned i = 0; i < BATCH && engine.commands.length < SESSION_BYTES / 2; i++) {
            records += add_random();
        }
        session_run(&engine);
    }
    check_counters();
    check_variety();
    write_report(seed, records);
    for (size_t i = 0; i < DIRECTIONS; i++) {
        lk_direction_close(directions[i].peer);
    }
    session_close(&engine);
}

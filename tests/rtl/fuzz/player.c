/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/fuzz/player.h"

#include "base/reader.h"
#include "base/writer.h"
#include "record/record.h"
#include "rtl/record/damage.h"
#include "rtl/record/random_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIRECTIONS = 4, /* slots that programs fill; others are reached by what is wrong with a command */
    BATCH_BYTES = 1 << 18,
    BATCH_ROOM = 1 << 17, /* what one more command may take at most */
    PLAINTEXT = LK_IV_MAX + LK_RECORD_PLAINTEXT_MAX + 64,
    STALLS_BELOW =
        240,    /* of 256 cycles: a port moves a word in sixteen cycles at least, or long records take for ever */
    QUIET = 200 /* cycles in which an engine that owes nothing must say nothing */
};

typedef enum instruction {
    LOAD, /* direction, protection, first sequence number; in every other way to load a slot that is loaded: replace */
    SEAL, /* direction, length, content type, padding, sequence number */
    OPEN, /* direction, length, content type, padding */
    OPEN_WRONG, /* the same, and what is done to the record */
    DELETE,     /* direction */
    DELETE_ALL,
    NOP,
    HEADER,     /* a command whose header is six words of the program, but for the magic byte */
    CHANGED,    /* SEAL or OPEN as above, with one byte of its header changed */
    LOAD_WRONG, /* LOAD with one byte of its payload changed */
    STALLS,     /* how often each port stalls */
    RUN,        /* all that was collected goes to the engine, and is compared */
    RESET,      /* the same up to some cycle: then STREAM_RESET */
    FRAMING,    /* a word that no command begins with; noise; STREAM_RESET */
    INSTRUCTIONS
} instruction;

/* What a slot holds, as the program knows it. */
typedef struct player_direction {
    lk_direction_parameters parameters;
    lk_direction *peer; /* seals what the slot opens; NULL: not loaded */
    uint64_t sequence;
    uint16_t generation;
} player_direction;

static engine_port port;
static test_reference reference;
static session_protection protections[SESSION_PROTECTIONS_MAX];
static size_t protection_count;
static player_direction directions[DIRECTIONS];
static lk_reader program;
static lk_writer commands, completions; /* since the last RUN */
static size_t count;
static uint32_t next_tag;
static random_source content;
static uint8_t plaintext[PLAINTEXT];
static uint8_t record[DAMAGE_ROOM];
static expected_completion expected;

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

bool player_open(void (*watch)(void))
{
    static uint8_t command_bytes[BATCH_BYTES], completion_bytes[BATCH_BYTES];
    if (!engine_port_open(&port, BATCH_BYTES) ||
        !reference_open(&reference, (uint32_t)engine_port_fact(&port, LK_FACT_SLOTS))) {
        return false;
    }
    commands = lk_writer_into(command_bytes, sizeof command_bytes);
    completions = lk_writer_into(completion_bytes, sizeof completion_bytes);
    protection_count = session_find_protections(&port, reference.engine, protections);
    port.watch = watch;
    return protection_count > 0;
}

/* Bytes of the program; zeros where it has ended. */
static uint8_t byte(void)
{
    return program.left > 0 ? lk_reader_u8(&program) : 0;
}

static uint16_t two_bytes(void)
{
    uint16_t high = byte();
    return (uint16_t)(high << 8 | byte());
}

static player_direction *direction(unsigned *slot)
{
    *slot = byte() % DIRECTIONS;
    return &directions[*slot];
}

/* One byte says a length: short ones exactly, then in steps of 97, then the last ones that there may be, and beyond. */
static size_t length(void)
{
    size_t code = byte();
    return code < 160 ? code : code < 224 ? (code - 158) * 97 : LK_RECORD_PLAINTEXT_MAX + code - 247;
}

static uint64_t sequence(void)
{
    uint8_t code = byte();
    return code < 128 ? code : code < 192 ? UINT64_C(1) << (code - 128) : UINT64_MAX - (uint64_t)(255 - code);
}

static void add(test_command command)
{
    enum { FLAGS_OFFSET = 2 };
    uint8_t *start = commands.start + commands.length;
    command.header.tag = next_tag++;
    lk_command_write(&commands, &command.header, command.payload);
    start[FLAGS_OFFSET] = command.flags;
    reference_answer(&reference, &command, &expected);
    reference_write(&completions, &expected);
    count++;
    if (commands.failed || completions.failed) {
        fail("the batch is too small");
    }
}

static void forget(void)
{
    commands.length = completions.length = 0;
    count = 0;
}

static void compare(size_t wanted)
{
    if (port.output_length != wanted || memcmp(port.output, completions.start, wanted) != 0) {
        fail("a completion differs from the reference's");
    }
}

/* Every command gets its completion, and nothing more comes. */
static void run(void)
{
    if (!engine_port_exchange(&port, commands.start, commands.length, count)) {
        fail("the engine stopped answering");
    }
    engine_port_drain(&port, QUIET);
    compare(completions.length);
    forget();
}

static void unload(unsigned slot)
{
    lk_direction_close(directions[slot].peer);
    directions[slot].peer = NULL;
}

static void unload_all(void)
{
    for (unsigned slot = 0; slot < DIRECTIONS; slot++) {
        unload(slot);
    }
}

static void reset(void)
{
    engine_port_stream_reset(&port);
    reference_reset(&reference);
    unload_all();
    forget();
}

static test_command addressed(unsigned slot, uint8_t opcode)
{
    return (test_command){
        .header = {.opcode = opcode, .slot = (uint16_t)slot, .generation = directions[slot].generation}};
}

/* What the reference did to slots by a command of which the program knew too little. */
static void follow(void)
{
    for (unsigned slot = 0; slot < DIRECTIONS; slot++) {
        if (!reference.slots[slot].direction) {
            unload(slot);
        }
    }
}

/* SLOT_LOAD or SLOT_REPLACE, with one byte of its payload changed by that mask. */
static void load(size_t changed, uint8_t mask)
{
    unsigned slot;
    player_direction *loaded = direction(&slot);
    uint8_t how = byte(), bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_direction_parameters parameters =
        session_protected(how & 1 ? LK_OPEN : LK_SEAL, protections[how / 2 % protection_count], how);
    parameters.first_sequence = sequence();
    if ((how & 0x61) == 0x60) {
        parameters.limited = true;
        parameters.soft_limit = (uint32_t)parameters.first_sequence + 1;
        parameters.hard_limit = (uint32_t)parameters.first_sequence + 3;
    }
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){0}, &parameters);
    bytes[LK_COMMAND_HEADER_BYTES + changed] ^= mask;
    bool replaces = loaded->peer && how & 0x80;
    test_command command = addressed(slot, replaces ? LK_OPCODE_SLOT_REPLACE : LK_OPCODE_SLOT_LOAD);
    command.header.length = LK_LOAD_PAYLOAD_BYTES;
    command.header.sequence = parameters.first_sequence;
    command.payload = bytes + LK_COMMAND_HEADER_BYTES;
    add(command);
    follow();
    if (expected.header.status == LK_STATUS_OK) {
        unload(slot);
        loaded->parameters = parameters;
        loaded->sequence = parameters.first_sequence;
        parameters.kind = LK_SEAL;
        if (lk_engine_open(reference.engine, &parameters, &loaded->peer) != LK_OK) {
            fail("the peer cannot be made");
        }
    }
}

static test_command seal_command(void)
{
    unsigned slot;
    player_direction *sealing = direction(&slot);
    size_t bytes = length();
    test_command command = addressed(slot, LK_OPCODE_SEAL);
    command.header.content_type = byte();
    command.header.padding = (uint16_t)length();
    uint8_t step = byte(); /* mostly the next number */
    command.header.sequence = sealing->sequence + (step < 16 ? step : step < 32 ? 16u - step : 0);
    command.header.length = (uint16_t)(bytes + (sealing->peer ? session_payload_iv(&sealing->parameters) : 0));
    command.payload = plaintext;
    sealing->sequence = command.header.sequence + 1;
    return command;
}

/* A record of the peer's, or zeros where there is none. */
static test_command open_command(bool wrong)
{
    unsigned slot;
    player_direction *opening = direction(&slot);
    lk_operation operation = {.input = plaintext,
                              .input_length = length(),
                              .output = record,
                              .output_capacity = sizeof record,
                              .sequence = opening->sequence++,
                              .content_type = byte()};
    operation.padding = (uint16_t)length();
    random_fill(&content, operation.iv, sizeof operation.iv);
    lk_operation *operations[] = {&operation};
    size_t accepted = 0;
    damaged_record made = {.bytes = record, .length = 64, .sequence = operation.sequence, .tag_length = 16};
    memset(record, 0, made.length);
    if (opening->peer && lk_direction_submit(opening->peer, operations, 1, &accepted) == LK_OK &&
        operation.status == LK_OK) {
        made.length = operation.output_length;
        made.tag_length = opening->parameters.cipher->tag_length;
    }
    if (wrong) {
        damage_record((damage)(byte() % DAMAGES), &made, &content);
    }
    test_command command = addressed(slot, LK_OPCODE_OPEN);
    command.header.sequence = made.sequence;
    command.header.length = (uint16_t)made.length;
    command.payload = record;
    return command;
}

static void delete (void)
{
    unsigned slot;
    direction(&slot);
    add(addressed(slot, LK_OPCODE_SLOT_DELETE));
    if (expected.header.status == LK_STATUS_OK) {
        unload(slot);
    }
}

static void header(void)
{
    test_command command = {.header = {.opcode = byte()}, .flags = byte()};
    command.header.content_type = byte();
    command.header.slot = two_bytes();
    command.header.generation = two_bytes();
    command.header.length = (uint16_t)(two_bytes() % sizeof plaintext);
    command.header.padding = two_bytes();
    command.header.sequence = sequence();
    command.payload = plaintext;
    if (command.header.opcode != LK_OPCODE_SLOT_LOAD) { /* that has an instruction of its own */
        add(command);
        follow();
    }
}

static void changed(void)
{
    test_command command = byte() & 1 ? open_command(false) : seal_command();
    uint8_t which = byte(), mask = byte();
    uint8_t *const fields[] = {&command.header.opcode,
                               &command.flags,
                               &command.header.content_type,
                               (uint8_t *)&command.header.slot,
                               (uint8_t *)&command.header.generation,
                               (uint8_t *)&command.header.sequence};
    *fields[which % (sizeof fields / sizeof fields[0])] ^= mask;
    if (command.header.opcode != LK_OPCODE_SLOT_LOAD) {
        add(command);
        follow();
    }
}

/* The engine takes the first words and is reset; what it has said until then is how it would have begun. */
static void cut_off(void)
{
    size_t words = commands.length > 0 ? two_bytes() % (commands.length / sizeof(uint32_t)) : 0;
    unsigned cycles = byte();
    if (!engine_port_exchange(&port, commands.start, words * sizeof(uint32_t), 0)) {
        fail("the engine takes no command");
    }
    engine_port_drain(&port, cycles);
    if (port.output_length > completions.length || memcmp(port.output, completions.start, port.output_length) != 0) {
        fail("a completion that was cut off differs from the reference's");
    }
    reset();
}

static void framing(void)
{
    run();
    uint8_t noise[64], completion[LK_COMPLETION_HEADER_BYTES] = {LK_COMPLETION_MAGIC, 0, LK_STATUS_FRAMING};
    random_fill(&content, noise, sizeof noise);
    noise[0] = byte();
    noise[0] ^= noise[0] == LK_COMMAND_MAGIC;
    if (!engine_port_exchange(&port, noise, sizeof noise, 1)) {
        fail("the engine does not say that framing is lost");
    }
    engine_port_drain(&port, QUIET);
    if (port.output_length != sizeof completion || memcmp(port.output, completion, sizeof completion) != 0) {
        fail("the completion that says so is wrong");
    }
    reset();
}

static void play_instruction(void)
{
    uint8_t place, mask;
    switch ((instruction)(byte() % INSTRUCTIONS)) {
    case LOAD:
        load(0, 0);
        break;
    case SEAL:
        add(seal_command());
        break;
    case OPEN:
        add(open_command(false));
        break;
    case OPEN_WRONG:
        add(open_command(true));
        break;
    case DELETE:
        delete ();
        break;
    case DELETE_ALL:
        add((test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
        unload_all();
        break;
    case NOP:
        add((test_command){.header = {.opcode = LK_OPCODE_NOP, .slot = byte()}});
        break;
    case HEADER:
        header();
        break;
    case CHANGED:
        changed();
        break;
    case LOAD_WRONG:
        place = byte() % LK_LOAD_PAYLOAD_BYTES;
        mask = byte();
        load(place, mask);
        break;
    case STALLS:
        run();
        port.command_stalls = byte() % STALLS_BELOW;
        port.completion_stalls = byte() % STALLS_BELOW;
        break;
    case RUN:
        run();
        break;
    case RESET:
        cut_off();
        break;
    default:
        framing();
        break;
    }
}

void player_play(const uint8_t *bytes, size_t size)
{
    program = lk_reader_over(bytes, size);
    content = random_from(size);
    random_fill(&content, plaintext, sizeof plaintext);
    next_tag = 1;
    port.random = 0x9e3779b97f4a7c15u;
    port.command_stalls = port.completion_stalls = 0;
    for (unsigned slot = 0; slot < DIRECTIONS; slot++) {
        directions[slot] = (player_direction){.generation = (uint16_t)(slot * 257 + size)};
    }
    reset();
    while (program.left > 0) {
        play_instruction();
        if (commands.length > BATCH_BYTES - BATCH_ROOM || completions.length > BATCH_BYTES - BATCH_ROOM) {
            run();
        }
    }
    run();
    /* Whatever came before: a good command works. */
    reset();
    program = lk_reader_over((const uint8_t[]){0, 0, 0}, 3);
    load(0, 0);
    program = lk_reader_over((const uint8_t[]){0, 33, 23, 0, 0}, 5);
    add(seal_command());
    run();
    unload_all();
}

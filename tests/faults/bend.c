/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/bend.h"

#include "protocol/command.h"
#include "suite/suite.h"

#include <string.h>

/* Where fields stand, in bytes (docs/protocol.md). */
enum {
    OPCODE = 1,
    STATUS = 2,
    CONTENT_TYPE = 3,
    SLOT = 4,
    GENERATION = 6,
    TAG = 8,
    LENGTH = 12,
    PADDING = 14,
    SEQUENCE = 16,
    LOAD_DIRECTION = LK_COMMAND_HEADER_BYTES,
    LOAD_CIPHER = LK_COMMAND_HEADER_BYTES + 2,
    RECORD_HEADER = 5,
    LAST_STATUS = LK_STATUS_RECORD_LIMIT,
    NOISE_MAX = 64
};

static uint16_t word16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static size_t padded(size_t length)
{
    return (length + 3) / 4 * 4;
}

void bend_init(bend *streams, fault *strikes)
{
    memset(streams, 0, sizeof *streams);
    streams->fault = strikes;
}

void bend_release(bend *streams)
{
    byte_queue_free(&streams->raw);
    byte_queue_free(&streams->ready);
    byte_queue_free(&streams->held);
    byte_queue_free(&streams->previous);
}

static void flip(uint8_t *bytes, size_t bit)
{
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static bool strikes_now(const bend *streams, fault_place place, uint32_t count)
{
    const fault *strikes = streams->fault;
    return !strikes->struck && fault_place_of(strikes->kind) == place && count >= strikes->at;
}

static void struck(bend *streams, fault_promise promise)
{
    streams->fault->struck = true;
    streams->fault->promise = promise;
}

/* Commands */

/* Commands that bring a key. */
static bool brings_key(const uint8_t *command)
{
    return command[OPCODE] == LK_OPCODE_SLOT_LOAD || command[OPCODE] == LK_OPCODE_SLOT_REPLACE;
}

static void note_slot(bend *streams, const uint8_t *command)
{
    bend_slot *slot = &streams->slots[word16(command + SLOT)];
    if (!brings_key(command))
        return;
    const lk_cipher *cipher = lk_cipher_find(command[LOAD_CIPHER]);
    slot->opens = command[LOAD_DIRECTION] == LK_DIRECTION_OPEN;
    slot->cbc = cipher && cipher->kind == LK_KIND_CBC;
}

/*
 * What can be kept when a byte of a command is wrong. A record that could not be opened is tried again in software, so
 * all of opening is safe. What is sealed is known by its length, header and completion; that it was sealed with another
 * key or number, only the peer sees; that it was another plaintext, nobody.
 */
static fault_promise promise_of_command(const bend *streams, const uint8_t *command, size_t offset)
{
    const bend_slot *slot = &streams->slots[word16(command + SLOT)];
    if (brings_key(command))
        return slot->opens || offset < SEQUENCE ? FAULT_SAME : FAULT_REFUSED;
    if (command[OPCODE] != LK_OPCODE_SEAL)
        return FAULT_SAME;
    if (offset >= LK_COMMAND_HEADER_BYTES || offset == CONTENT_TYPE)
        return FAULT_SURVIVED;
    if (slot->cbc && (offset == LENGTH || offset == LENGTH + 1)) /* padded to blocks: as long as before */
        return FAULT_SURVIVED;
    return offset >= SEQUENCE ? FAULT_REFUSED : FAULT_SAME;
}

static void bend_command(bend *streams, uint8_t *command, size_t length, byte_queue *to_board)
{
    const fault *strikes = streams->fault;
    note_slot(streams, command);
    if (!strikes_now(streams, FAULT_COMMAND, streams->commands)) {
        byte_queue_add(to_board, command, length);
    } else if (strikes->kind == FAULT_COMMAND_FLIP) {
        /* Half of them in the header, however long the payload is. */
        size_t among = strikes->detail & 1 ? LK_COMMAND_HEADER_BYTES : length;
        size_t bit = (strikes->detail >> 1) % (8 * among);
        struck(streams, promise_of_command(streams, command, bit / 8));
        flip(command, bit);
        byte_queue_add(to_board, command, length);
    } else {
        int times = strikes->kind == FAULT_COMMAND_TWICE ? 2 : 0;
        struck(streams, FAULT_SAME);
        for (int i = 0; i < times; i++)
            byte_queue_add(to_board, command, length);
    }
    streams->commands++;
}

void bend_commands(bend *streams, const uint8_t *commands, size_t length, byte_queue *to_board)
{
    uint8_t command[LK_COMMAND_HEADER_BYTES + 65536];
    while (length >= LK_COMMAND_HEADER_BYTES) {
        size_t size = LK_COMMAND_HEADER_BYTES + padded(word16(commands + LENGTH));
        size = size < length ? size : length;
        memcpy(command, commands, size);
        bend_command(streams, command, size, to_board);
        commands += size;
        length -= size;
    }
}

/* Completions */

static bool was_opened(const uint8_t *completion)
{
    return completion[OPCODE] == LK_OPCODE_OPEN && completion[STATUS] == LK_STATUS_OK;
}

/* How many bytes there are of an opened record, and of which type, is its content too. */
static fault_promise promise_of_header(const uint8_t *completion, size_t offset)
{
    bool content = offset == CONTENT_TYPE || offset == LENGTH || offset == LENGTH + 1;
    if (completion[OPCODE] == LK_OPCODE_SEAL && offset == CONTENT_TYPE)
        return FAULT_SURVIVED; /* that the key is near its limit: a KeyUpdate more, and other bytes on the wire */
    return was_opened(completion) && content ? FAULT_SURVIVED : FAULT_SAME;
}

static fault_promise promise_of_content(const uint8_t *completion, size_t offset)
{
    if (offset >= word16(completion + LENGTH)) /* padding */
        return FAULT_SAME;
    if (was_opened(completion))
        return FAULT_SURVIVED;
    return offset < RECORD_HEADER ? FAULT_SAME : FAULT_REFUSED;
}

/* Alters fields of the header. @return false where the kind does something else. */
static bool bend_header(bend *streams, uint8_t *completion, size_t *length)
{
    const fault *strikes = streams->fault;
    uint32_t detail = strikes->detail;
    switch (strikes->kind) {
    case FAULT_WRONG_TAG:
        completion[TAG + detail % 4] ^= (uint8_t)(1 + (detail >> 2) % 255);
        break;
    case FAULT_EARLIER_TAG:
        if (!streams->any)
            return false;
        for (int i = 0; i < 4; i++)
            completion[TAG + i] = (uint8_t)(streams->last_tag >> (8 * i));
        break;
    case FAULT_WRONG_SLOT:
        completion[SLOT + detail % 2] ^= (uint8_t)(1 + (detail >> 1) % 255);
        break;
    case FAULT_STALE_GENERATION:
        completion[GENERATION + detail % 2] ^= (uint8_t)(1 + (detail >> 1) % 255);
        break;
    case FAULT_WRONG_OPCODE:
        completion[OPCODE] ^= (uint8_t)(1 + detail % 255);
        break;
    case FAULT_WRONG_STATUS:
        completion[STATUS] = (uint8_t)(1 + detail % LAST_STATUS);
        completion[CONTENT_TYPE] = completion[LENGTH] = completion[LENGTH + 1] = 0;
        *length = LK_COMPLETION_HEADER_BYTES;
        break;
    case FAULT_UNKNOWN_STATUS:
        completion[STATUS] = (uint8_t)(LAST_STATUS + 1 + detail % (255 - LAST_STATUS));
        break;
    default:
        return false;
    }
    struck(streams, FAULT_SAME);
    return true;
}

static void noise(bend *streams, size_t length)
{
    uint64_t state = fault_random_start(streams->fault->detail);
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)fault_random(&state);
        if (i == 0 && byte == LK_COMPLETION_MAGIC)
            byte++;
        byte_queue_add(&streams->ready, &byte, 1);
    }
}

/* What becomes of whole completions. @return false where the fault must wait for a later one. */
static bool bend_completion(bend *streams, uint8_t *completion, size_t length)
{
    const fault *strikes = streams->fault;
    uint32_t detail = strikes->detail;
    size_t payload = length - LK_COMPLETION_HEADER_BYTES;
    byte_queue *ready = &streams->ready;
    fault_promise promise = FAULT_SAME;
    switch (strikes->kind) {
    case FAULT_HEADER_FLIP:
        detail %= 8 * LK_COMPLETION_HEADER_BYTES;
        promise = promise_of_header(completion, detail / 8);
        flip(completion, detail);
        byte_queue_add(ready, completion, length);
        break;
    case FAULT_CONTENT_FLIP:
        if (payload == 0)
            return false;
        detail %= (uint32_t)(8 * payload);
        promise = promise_of_content(completion, detail / 8);
        flip(completion + LK_COMPLETION_HEADER_BYTES, detail);
        byte_queue_add(ready, completion, length);
        break;
    case FAULT_SHORT_COMPLETION:
        byte_queue_add(ready, completion, detail % length);
        streams->silent = true;
        break;
    case FAULT_LONG_COMPLETION:
        byte_queue_add(ready, completion, length);
        noise(streams, 1 + detail % NOISE_MAX);
        break;
    case FAULT_DUPLICATE:
        byte_queue_add(ready, completion, length);
        byte_queue_add(ready, completion, length);
        break;
    case FAULT_REPLAY:
        if (!streams->any)
            return false;
        byte_queue_add(ready, byte_queue_front(&streams->previous), byte_queue_length(&streams->previous));
        break;
    case FAULT_DROPPED:
        break;
    case FAULT_SWAPPED:
        byte_queue_add(&streams->held, completion, length);
        break;
    case FAULT_NOISE:
        noise(streams, length);
        break;
    default:
        return false;
    }
    struck(streams, promise);
    return true;
}

static void pass(bend *streams, uint8_t *completion, size_t length)
{
    uint8_t original[BEND_COMPLETION_MAX];
    size_t whole = length;
    memcpy(original, completion, length);
    bool strikes = strikes_now(streams, FAULT_COMPLETION, streams->completions);
    bool header = strikes && bend_header(streams, completion, &length);
    if (header || !strikes || !bend_completion(streams, completion, length)) {
        byte_queue_add(&streams->ready, completion, length);
        byte_queue_add(&streams->ready, byte_queue_front(&streams->held), byte_queue_length(&streams->held));
        byte_queue_drop(&streams->held, byte_queue_length(&streams->held));
    }
    streams->completions++;
    streams->any = true;
    streams->last_tag = word16(original + TAG) | (uint32_t)word16(original + TAG + 2) << 16;
    byte_queue_drop(&streams->previous, byte_queue_length(&streams->previous));
    byte_queue_add(&streams->previous, original, whole);
}

void bend_completions(bend *streams, const uint8_t *bytes, size_t length)
{
    uint8_t completion[BEND_COMPLETION_MAX];
    byte_queue *raw = &streams->raw;
    byte_queue_add(raw, bytes, length);
    while (byte_queue_length(raw) >= LK_COMPLETION_HEADER_BYTES && !streams->silent) {
        size_t size = LK_COMPLETION_HEADER_BYTES + padded(word16(byte_queue_front(raw) + LENGTH));
        if (byte_queue_length(raw) < size)
            break;
        memcpy(completion, byte_queue_front(raw), size);
        byte_queue_drop(raw, size);
        pass(streams, completion, size);
    }
}

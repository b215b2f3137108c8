/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/session.h"

#include "record/record.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

void session_open(test_session *session)
{
    memset(session, 0, sizeof *session);
    cr_assert(engine_port_open(&session->port, SESSION_BYTES));
    cr_assert(reference_open(&session->reference, (uint32_t)engine_port_fact(&session->port, LK_FACT_SLOTS)));
    session->reference.ciphers = (uint32_t)engine_port_fact(&session->port, LK_FACT_CIPHERS);
    uint8_t *commands = malloc(SESSION_BYTES), *completions = malloc(SESSION_BYTES);
    cr_assert(commands && completions);
    session->commands = lk_writer_into(commands, SESSION_BYTES);
    session->completions = lk_writer_into(completions, SESSION_BYTES);
    session->first_tag = session->next_tag = 0x10000001;
    session->overtaking = engine_port_fact(&session->port, LK_FACT_LANES) % 256 > 1;
    session->protection_count =
        session_find_protections(&session->port, session->reference.engine, session->protections);
    cr_assert_gt(session->protection_count, 0);
}

void session_close(test_session *session)
{
    engine_port_close(&session->port);
    reference_close(&session->reference);
    free(session->commands.start);
    free(session->completions.start);
}

lk_status session_add(test_session *session, test_command command)
{
    enum { FLAGS_OFFSET = 2 };
    command.header.tag = session->next_tag++;
    uint8_t *start = session->commands.start + session->commands.length;
    lk_command_write(&session->commands, &command.header, command.payload);
    cr_assert(!session->commands.failed);
    start[FLAGS_OFFSET] = command.flags;

    reference_answer(&session->reference, &command, &session->expected);
    reference_write(&session->completions, &session->expected);
    cr_assert(!session->completions.failed);
    cr_assert_lt(session->count, SESSION_COMMANDS);
    session->offsets[++session->count] = session->completions.length;
    return session->expected.header.status;
}

static lk_status add_keys(test_session *session, uint8_t opcode, uint16_t slot, uint16_t generation,
                          const lk_direction_parameters *parameters)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){0}, parameters);
    cr_assert(!writer.failed && writer.length == sizeof bytes);
    return session_add(session, (test_command){.header = {.opcode = opcode,
                                                          .slot = slot,
                                                          .generation = generation,
                                                          .length = LK_LOAD_PAYLOAD_BYTES,
                                                          .sequence = parameters->first_sequence},
                                               .payload = bytes + LK_COMMAND_HEADER_BYTES});
}

lk_status session_add_load(test_session *session, uint16_t slot, uint16_t generation,
                           const lk_direction_parameters *parameters)
{
    return add_keys(session, LK_OPCODE_SLOT_LOAD, slot, generation, parameters);
}

lk_status session_add_replace(test_session *session, uint16_t slot, uint16_t generation,
                              const lk_direction_parameters *parameters)
{
    return add_keys(session, LK_OPCODE_SLOT_REPLACE, slot, generation, parameters);
}

/* Says where the streams part, in terms of completions. */
static void explain(const test_session *session)
{
    const uint8_t *wanted = session->completions.start, *got = session->port.output;
    size_t at = 0, completion = 0, next = 0;
    while (at < session->completions.length && at < session->port.output_length && wanted[at] == got[at]) {
        if (at == next) {
            size_t length = wanted[at + 12] | (size_t)wanted[at + 13] << 8;
            next += LK_COMPLETION_HEADER_BYTES + (length + 3) / 4 * 4;
            completion++;
        }
        at++;
    }
    cr_log_error("completion %zu of %zu, byte %zu of the stream (%zu bytes left in it); %zu bytes came, %zu expected",
                 completion, session->count, at, next - at, session->port.output_length, session->completions.length);
}

/* Whether a completion came that belongs to no slot: it waits for everything. */
static bool about_no_slot(const uint8_t *completion)
{
    uint8_t opcode = completion[1], status = completion[2];
    return status == LK_STATUS_UNKNOWN_OPCODE || status == LK_STATUS_BAD_SLOT || opcode == LK_OPCODE_NOP ||
           opcode == LK_OPCODE_SLOT_DELETE_ALL;
}

/* Matches the completions by their tags. */
static bool equal_by_tags(test_session *session)
{
    static uint16_t done_of_slot[UINT16_MAX + 1]; /* the number of the slot's last completion, from 1 */
    static bool came[SESSION_COMMANDS];
    const uint8_t *got = session->port.output;
    size_t left = session->port.output_length, done = 0, latest = 0;
    memset(done_of_slot, 0, sizeof done_of_slot);
    memset(came, 0, sizeof came);
    while (left >= LK_COMPLETION_HEADER_BYTES) {
        lk_reader reader = lk_reader_over(got + 4, 8);
        uint16_t slot = lk_reader_u16_little(&reader);
        lk_reader_u16_little(&reader);
        size_t number = lk_reader_u32_little(&reader) - session->first_tag;
        if (number >= session->count || came[number]) {
            cr_log_error("the tag of completion %zu is of no command", done);
            return false;
        }
        size_t length = session->offsets[number + 1] - session->offsets[number];
        if (length > left || memcmp(got, session->completions.start + session->offsets[number], length) != 0) {
            cr_log_error("the completion of command %zu differs", number);
            return false;
        }
        if (about_no_slot(got) ? latest > number || done < number : done_of_slot[slot] > number) {
            cr_log_error("the completion of command %zu is out of order", number);
            return false;
        }
        came[number] = true;
        session->overtaken += number + 1 < latest;
        latest = number + 1 > latest ? number + 1 : latest;
        done_of_slot[slot] = about_no_slot(got) ? done_of_slot[slot] : (uint16_t)(number + 1);
        done++;
        got += length;
        left -= length;
    }
    return left == 0 && done == session->count;
}

static bool equal(test_session *session)
{
    if (session->overtaking) {
        return equal_by_tags(session);
    }
    bool same = session->port.output_length == session->completions.length &&
                memcmp(session->port.output, session->completions.start, session->completions.length) == 0;
    if (!same) {
        explain(session);
    }
    return same;
}

void session_run(test_session *session)
{
    bool finished =
        engine_port_exchange(&session->port, session->commands.start, session->commands.length, session->count);
    if (!finished) {
        explain(session);
    }
    cr_assert(finished, "the engine stopped answering");
    cr_assert(equal(session), "the engine's completions differ from the reference's");
    session->commands.length = 0;
    session->completions.length = 0;
    session->count = 0;
    session->first_tag = session->next_tag;
}

size_t session_iv_length(session_protection protection)
{
    const lk_cipher *cipher = lk_cipher_find(protection.cipher);
    return cipher->kind == LK_KIND_CBC ? lk_record_explicit_nonce_length(protection.version, cipher) : 0;
}

test_command session_seal(uint16_t slot, uint64_t sequence, const uint8_t *plaintext, size_t length)
{
    return (test_command){.header = {.opcode = LK_OPCODE_SEAL,
                                     .content_type = LK_CONTENT_APPLICATION_DATA,
                                     .slot = slot,
                                     .length = (uint16_t)length,
                                     .sequence = sequence},
                          .payload = plaintext};
}

test_command session_unseal(uint16_t slot, uint64_t sequence, const uint8_t *record, size_t length)
{
    return (test_command){
        .header = {.opcode = LK_OPCODE_OPEN, .slot = slot, .length = (uint16_t)length, .sequence = sequence},
        .payload = record};
}

lk_direction_parameters session_direction(lk_direction_kind kind, uint16_t version, uint8_t seed)
{
    return session_protected(kind, (session_protection){version, LK_CIPHER_AES_128_GCM, false}, seed);
}

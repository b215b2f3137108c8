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
    uint8_t *commands = malloc(SESSION_BYTES), *completions = malloc(SESSION_BYTES);
    cr_assert(commands && completions);
    session->commands = lk_writer_into(commands, SESSION_BYTES);
    session->completions = lk_writer_into(completions, SESSION_BYTES);
    session->next_tag = 0x10000001;
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
    session->count++;
    return session->expected.header.status;
}

lk_status session_add_load(test_session *session, uint16_t slot, uint16_t generation,
                           const lk_direction_parameters *parameters)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){0}, parameters);
    cr_assert(!writer.failed && writer.length == sizeof bytes);
    return session_add(session, (test_command){.header = {.opcode = LK_OPCODE_SLOT_LOAD,
                                                          .slot = slot,
                                                          .generation = generation,
                                                          .length = LK_LOAD_PAYLOAD_BYTES,
                                                          .sequence = parameters->first_sequence},
                                               .payload = bytes + LK_COMMAND_HEADER_BYTES});
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

void session_run(test_session *session)
{
    bool finished =
        engine_port_exchange(&session->port, session->commands.start, session->commands.length, session->count);
    bool equal = finished && session->port.output_length == session->completions.length &&
                 memcmp(session->port.output, session->completions.start, session->completions.length) == 0;
    if (!equal) {
        explain(session);
    }
    cr_assert(finished, "the engine stopped answering");
    cr_assert(equal, "the engine's completions differ from the reference's");
    session->commands.length = 0;
    session->completions.length = 0;
    session->count = 0;
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

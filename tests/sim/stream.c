/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/stream.h"

#include "base/reader.h"

size_t stream_nops(uint8_t *to, uint32_t first, uint32_t count)
{
    lk_writer writer = lk_writer_into(to, (size_t)count * NOP_BYTES);
    for (uint32_t i = 0; i < count; i++)
        lk_command_write(&writer, &(lk_command){.opcode = LK_OPCODE_NOP, .tag = first + i}, NULL);
    return writer.length;
}

bool stream_answers(const uint8_t *bytes, size_t length, uint32_t first, uint32_t count)
{
    lk_reader reader = lk_reader_over(bytes, length);
    bool right = true;
    for (uint32_t i = 0; i < count; i++) {
        right = lk_reader_u32_little(&reader) == LK_COMPLETION_MAGIC && right; /* opcode and status are zero */
        right = lk_reader_u32_little(&reader) == 0 && right;
        right = lk_reader_u32_little(&reader) == first + i && right;
        right = lk_reader_u32_little(&reader) == 0 && right;
    }
    return right && lk_reader_finished(&reader);
}

size_t stream_load(uint8_t *to)
{
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM), .key = {1}, .iv = {2}};
    lk_writer writer = lk_writer_into(to, LOAD_BYTES);
    lk_command_write_load(&writer, (lk_command){0}, &parameters);
    return writer.length;
}

size_t stream_seal(uint8_t *to, size_t length, uint32_t tag, uint64_t sequence)
{
    static const uint8_t zeros[LK_RECORD_PLAINTEXT_MAX];
    lk_command command = {
        .opcode = LK_OPCODE_SEAL, .content_type = 23, .tag = tag, .length = (uint16_t)length, .sequence = sequence};
    lk_writer writer = lk_writer_into(to, lk_command_size(length));
    lk_command_write(&writer, &command, zeros);
    return writer.length;
}

bool stream_is_sealed(const uint8_t *bytes, size_t have, size_t length, uint32_t tag)
{
    lk_reader reader = lk_reader_over(bytes, have);
    bool right = lk_reader_u32_little(&reader) == (LK_COMPLETION_MAGIC | LK_OPCODE_SEAL << 8);
    lk_reader_u32_little(&reader);
    right = lk_reader_u32_little(&reader) == tag && right;
    right = lk_reader_u32_little(&reader) == length + 22 && right;
    right = lk_reader_u8(&reader) == 23 && right; /* and the record's own header */
    return right && !reader.failed && have == (length + SEAL_OVERHEAD + 3) / 4 * 4;
}

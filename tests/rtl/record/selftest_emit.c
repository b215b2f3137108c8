/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes rtl/record/lk_selftest_vectors.v: the commands of the engine's selftest, and the completions that the software
 * engine gives to them. For each cipher: seal a record, open it, open it with a wrong tag.
 */
#include "base/writer.h"
#include "record/record.h"
#include "rtl/record/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 40, SEQUENCE = 0x0102, GENERATION = 7, STREAM = 4096, WORDS_MAX = 1 << 14, WORD = 4 };
enum { SEND, EXPECT, EXPECT_LAST, MARK };
static const uint32_t the_end = UINT32_C(1) << 31;

static uint64_t words[WORDS_MAX];
static size_t count;
static test_reference reference;
static expected_completion expected;

static void add(unsigned kind, uint32_t word)
{
    if (count == WORDS_MAX) {
        abort();
    }
    words[count++] = (uint64_t)kind << 32 | word;
}

static void add_stream(const lk_writer *stream, unsigned kind, unsigned last)
{
    for (size_t i = 0; i < stream->length; i += WORD) {
        const uint8_t *at = stream->start + i;
        uint32_t word = (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
        add(i + WORD == stream->length ? last : kind, word);
    }
}

/* A command, and what must come. False unless it has that status. */
static bool command(lk_command header, const uint8_t *payload, lk_status status)
{
    uint8_t bytes[STREAM];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    header.generation = GENERATION;
    header.tag = (uint32_t)count;
    lk_command_write(&writer, &header, payload);
    add_stream(&writer, SEND, SEND);
    bool fits = !writer.failed;
    test_command asked = {.header = header, .payload = payload};
    reference_answer(&reference, &asked, &expected);
    writer = lk_writer_into(bytes, sizeof bytes);
    reference_write(&writer, &expected);
    add_stream(&writer, EXPECT, EXPECT_LAST);
    return fits && !writer.failed && expected.header.status == status;
}

static bool load(const lk_direction_parameters *parameters)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){0}, parameters);
    return !writer.failed && command((lk_command){.opcode = LK_OPCODE_SLOT_LOAD, .length = LK_LOAD_PAYLOAD_BYTES},
                                     bytes + LK_COMMAND_HEADER_BYTES, LK_STATUS_OK);
}

static bool empty(void)
{
    return command((lk_command){.opcode = LK_OPCODE_SLOT_DELETE}, NULL, LK_STATUS_OK);
}

static bool test_cipher(const lk_cipher *cipher)
{
    /* A separate MAC is not in TLS 1.3; there the IV of CBC comes with the plaintext. */
    uint16_t version = cipher->kind == LK_KIND_AEAD ? LK_TLS1_3 : LK_TLS1_2;
    size_t length = TEXT;
    if (cipher->kind == LK_KIND_CBC) {
        length += lk_record_explicit_nonce_length(version, cipher);
    }
    lk_direction_parameters parameters = {.kind = LK_SEAL, .version = version, .cipher = cipher};
    uint8_t text[TEXT + LK_IV_MAX], record[sizeof text + LK_RECORD_HEADER_LENGTH + 64];
    for (size_t i = 0; i < cipher->key_length; i++) {
        parameters.key[i] = (uint8_t)(0x80 + 7 * i);
    }
    for (size_t i = 0; i < lk_record_iv_length(version, cipher); i++) {
        parameters.iv[i] = (uint8_t)(0xa5 ^ 13 * i);
    }
    for (size_t i = 0; i < cipher->mac_key_length; i++) {
        parameters.mac_key[i] = (uint8_t)(0x3c + 11 * i);
    }
    for (size_t i = 0; i < length; i++) {
        text[i] = (uint8_t)(i * i + 3);
    }
    add(MARK, cipher->id);
    bool good = load(&parameters) && command((lk_command){.opcode = LK_OPCODE_SEAL,
                                                          .content_type = LK_CONTENT_APPLICATION_DATA,
                                                          .length = (uint16_t)length,
                                                          .sequence = SEQUENCE},
                                             text, LK_STATUS_OK);
    lk_command open = {.opcode = LK_OPCODE_OPEN, .length = expected.header.length, .sequence = SEQUENCE};
    if (!good || open.length > sizeof record) {
        return false;
    }
    memcpy(record, expected.payload, open.length);
    parameters.kind = LK_OPEN;
    good = empty() && load(&parameters) && command(open, record, LK_STATUS_OK);
    record[open.length - 1] ^= 1;
    return good && command(open, record, LK_STATUS_BAD_RECORD_MAC) && empty();
}

static void print(void)
{
    unsigned bits = 1;
    while ((size_t)1 << bits < count) {
        bits++;
    }
    printf("// SPDX-License-Identifier: Apache-2.0\n"
           "// The commands of the selftest and the completions that must come: written by "
           "tests/rtl/record/selftest_emit.c with the\n"
           "// software engine (`ninja selftest-vectors`); do not edit. Two bits say what a word is: see lk_selftest.\n"
           "`default_nettype none\n\n"
           "module lk_selftest_vectors (\n"
           "    input  wire        clk,\n"
           "    input  wire [15:0] a_address,\n"
           "    output wire [33:0] a_data,     // one cycle later\n"
           "    input  wire [15:0] b_address,\n"
           "    output wire [33:0] b_data\n"
           ");\n"
           "    reg [33:0] memory[0:%zu];\n"
           "    reg [33:0] a_q = 34'd0, b_q = 34'd0;\n"
           "    assign a_data = a_q;\n"
           "    assign b_data = b_q;\n"
           "    always @(posedge clk) a_q <= memory[a_address[%u:0]];\n"
           "    always @(posedge clk) b_q <= memory[b_address[%u:0]];\n"
           "    wire unused = &{1'b0, a_address, b_address, 1'b0};\n\n"
           "    initial begin\n",
           ((size_t)1 << bits) - 1, bits - 1, bits - 1);
    for (size_t i = 0; i < (size_t)1 << bits; i++) {
        printf("        memory[%zu] = 34'h%09llx;\n", i,
               (unsigned long long)(i < count ? words[i] : (uint64_t)MARK << 32 | the_end));
    }
    printf("    end\nendmodule\n\n`default_nettype wire\n");
}

int main(void)
{
    static const lk_cipher_id ciphers[] = {LK_CIPHER_AES_128_GCM, LK_CIPHER_AES_256_GCM, LK_CIPHER_CHACHA20_POLY1305};
    bool good = reference_open(&reference, 1);
    for (size_t i = 0; good && i < sizeof ciphers / sizeof ciphers[0]; i++) {
        good = test_cipher(lk_cipher_find(ciphers[i]));
    }
    add(MARK, the_end);
    if (good) {
        print();
    }
    reference_close(&reference);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

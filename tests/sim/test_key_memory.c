/* SPDX-License-Identifier: Apache-2.0 */
/* P1 and P3 seen from the wire: all that leaves the board is looked at, below the driver, whatever is asked. */
#include "base/reader.h"
#include "protocol/command.h"
#include "sim/pair.h"
#include "sim/request.h"

#include <criterion/criterion.h>
#include <string.h>

enum { WINDOW = 4, SLOT_SEAL = 0, SLOT_OPEN = 1, PLAINTEXT = 200 };

static const uint8_t key[32] = {0xd1, 0x0f, 0x5a, 0xc3, 0x3e, 0x99, 0x84, 0x77, 0x6b, 0x20, 0xe5,
                                0x1d, 0xf8, 0x42, 0xbc, 0x06, 0x90, 0x4b, 0xee, 0x31, 0x87, 0x5c,
                                0x02, 0xda, 0x79, 0x16, 0xc5, 0x6f, 0xa8, 0x33, 0xfd, 0x54};
static const uint8_t iv[12] = {0x35, 0xe9, 0xa2, 0x7c, 0x18, 0xdb, 0x46, 0x93, 0x0d, 0xf7, 0x61, 0xce};

static uint8_t received[65536];

static void load(lk_board *board, uint16_t slot, lk_direction_kind kind)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_direction_parameters parameters = pair_protected(kind, LK_TLS1_3, LK_CIPHER_AES_256_GCM, key, iv, 0);
    lk_command_write_load(&writer, (lk_command){.slot = slot, .generation = 1}, &parameters);
    request_send(board, bytes, writer.length);
    cr_assert_eq(request_receive(board, received, 512).actual, LK_COMPLETION_HEADER_BYTES);
    cr_assert_eq(received[2], LK_STATUS_OK);
}

static lk_board *power_up_with_keys(lk_board_phy phy)
{
    lk_board *board = request_power_up(phy);
    load(board, SLOT_SEAL, LK_SEAL);
    load(board, SLOT_OPEN, LK_OPEN);
    return board;
}

/* Sends one command; what comes back is in received. @return its length. */
static size_t ask(lk_board *board, const lk_command *command, const uint8_t *payload)
{
    static uint8_t bytes[32768];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write(&writer, command, payload);
    request_send(board, bytes, writer.length);
    return request_receive(board, received, sizeof received).actual;
}

static bool contains(const uint8_t *bytes, size_t length, const uint8_t *secret, size_t secret_length)
{
    for (size_t i = 0; i + WINDOW <= secret_length; i++) {
        if (memmem(bytes, length, secret + i, WINDOW))
            return true;
    }
    return false;
}

static void assert_no_secret(size_t length)
{
    cr_assert_not(contains(received, length, key, sizeof key), "four bytes of the key have left the board");
    cr_assert_not(contains(received, length, iv, sizeof iv), "four bytes of the IV have left the board");
}

static bool slot_is_empty(lk_board *board, uint16_t slot)
{
    lk_command command = {.opcode = LK_OPCODE_SEAL, .content_type = 23, .slot = slot, .generation = 1};
    cr_assert_eq(ask(board, &command, NULL) >= LK_COMPLETION_HEADER_BYTES, true);
    return received[2] == LK_STATUS_SLOT_EMPTY;
}

static void assert_no_control_request_returns_keys(lk_board_phy phy, uint32_t random_requests)
{
    static const uint8_t types[] = {0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa2, 0xc0, 0xc1, 0xc2};
    lk_board *board = power_up_with_keys(phy);
    for (uint16_t index = 0; index < 256; index += 32)
        assert_no_secret(request_control(board, 0xc0, LK_REQUEST_READ_FACTS, 0, index, received, 128).actual);
    for (uint32_t i = 0; i < random_requests; i++) {
        uint8_t type = types[pair_random() % sizeof types];
        uint16_t value = (uint16_t)pair_random(), index = (uint16_t)(pair_random() >> pair_random() % 16);
        uint8_t request = (uint8_t)(i % 3 ? pair_random() : pair_random() % 12);
        assert_no_secret(request_control(board, type, request, value, index, received, 255).actual);
    }
    cr_assert_not(slot_is_empty(board, SLOT_SEAL), "the keys were there all the time");
    lk_board_free(board);
}

Test(key_memory, p3_no_control_request_returns_keys)
{
    assert_no_control_request_returns_keys(LK_PHY_DIRECT, 20000);
}

Test(key_memory, p3_at_the_pins_no_control_request_returns_keys)
{
    assert_no_control_request_returns_keys(LK_PHY_ULPI, 300);
}

Test(key_memory, p3_no_command_returns_keys)
{
    lk_board *board = power_up_with_keys(LK_PHY_DIRECT);
    static const uint8_t zeros[64];
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        if (opcode == LK_OPCODE_SLOT_DELETE || opcode == LK_OPCODE_SLOT_DELETE_ALL)
            continue;
        for (uint16_t slot = 0; slot < 4; slot++) {
            for (uint16_t length = 0; length <= 64; length += 8) {
                lk_command command = {.opcode = (uint8_t)opcode,
                                      .content_type = opcode == LK_OPCODE_SEAL ? 23 : 0,
                                      .slot = slot,
                                      .generation = 1,
                                      .length = length,
                                      .sequence = (uint64_t)slot * 1000 + length};
                assert_no_secret(ask(board, &command, zeros));
            }
        }
    }
    cr_assert_not(slot_is_empty(board, SLOT_SEAL), "the keys were there all the time");
    lk_board_free(board);
}

static void assert_erased_by(lk_board_phy phy, void (*erase)(lk_board *))
{
    lk_board *board = power_up_with_keys(phy);
    cr_assert_not(slot_is_empty(board, SLOT_SEAL));
    erase(board);
    cr_assert(slot_is_empty(board, SLOT_SEAL));
    cr_assert(slot_is_empty(board, SLOT_OPEN));
    load(board, SLOT_SEAL, LK_SEAL);
    lk_board_free(board);
}

static void delete_both(lk_board *board)
{
    for (uint16_t slot = SLOT_SEAL; slot <= SLOT_OPEN; slot++) {
        lk_command command = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = slot, .generation = 1};
        cr_assert_eq(ask(board, &command, NULL), LK_COMPLETION_HEADER_BYTES);
        cr_assert_eq(received[2], LK_STATUS_OK);
    }
}

static void delete_all(lk_board *board)
{
    lk_command command = {.opcode = LK_OPCODE_SLOT_DELETE_ALL};
    cr_assert_eq(ask(board, &command, NULL), LK_COMPLETION_HEADER_BYTES);
    cr_assert_eq(received[2], LK_STATUS_OK);
}

static void reset_stream(lk_board *board)
{
    cr_assert_eq(request_control(board, 0x40, LK_REQUEST_STREAM_RESET, 0, 0, NULL, 0).status, LK_URB_OK);
}

static void reset_bus(lk_board *board)
{
    lk_board_bus_reset(board);
    request_configure(board);
}

static void configure_again(lk_board *board)
{
    cr_assert_eq(request_control(board, 0x00, 9, 0, 0, NULL, 0).status, LK_URB_OK);
    request_configure(board);
}

Test(key_memory, p3_every_reset_and_every_delete_erases)
{
    static void (*const ways[])(lk_board *) = {delete_both, delete_all, reset_stream, reset_bus, configure_again};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        assert_erased_by(LK_PHY_DIRECT, ways[i]);
        assert_erased_by(LK_PHY_ULPI, ways[i]);
    }
}

Test(key_memory, p1_a_record_that_fails_its_tag_comes_back_as_an_empty_completion)
{
    lk_board *board = power_up_with_keys(LK_PHY_DIRECT);
    static uint8_t plaintext[PLAINTEXT], record[PLAINTEXT + 22];
    pair_random_bytes(plaintext, sizeof plaintext);
    lk_command seal = {
        .opcode = LK_OPCODE_SEAL, .content_type = 23, .slot = SLOT_SEAL, .generation = 1, .length = PLAINTEXT};
    cr_assert_eq(ask(board, &seal, plaintext), 16 + (sizeof record + 3) / 4 * 4);
    memcpy(record, received + 16, sizeof record);
    lk_command open = {.opcode = LK_OPCODE_OPEN, .slot = SLOT_OPEN, .generation = 1, .length = sizeof record};
    for (size_t bit = LK_RECORD_HEADER_LENGTH * 8; bit < sizeof record * 8; bit++) {
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
        size_t length = ask(board, &open, record);
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_eq(length, LK_COMPLETION_HEADER_BYTES, "a payload follows a record that failed its tag");
        cr_assert_eq(received[2], LK_STATUS_BAD_RECORD_MAC);
        cr_assert_eq(received[12] | received[13], 0);
    }
    cr_assert_eq(ask(board, &open, record), 16 + PLAINTEXT);
    cr_assert_eq(memcmp(received + 16, plaintext, PLAINTEXT), 0, "the record itself opens");
    lk_board_free(board);
}

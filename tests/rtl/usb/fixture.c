/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/usb/fixture.h"

#include "base/reader.h"
#include "base/writer.h"
#include "driver/protocol/protocol.h"
#include "suite/suite.h"

#include <criterion/criterion.h>

enum {
    ADDRESS = 5,
    CONFIGURATION = 1,
    OTG_PULL_DOWNS = 0x06,
    TAKE_BYTES = 16384,
    SEAL_BYTES = 32768,
    SILENCE = 5000,
    VERSION_TLS_1_3 = 4,
    APPLICATION_DATA = 23
};

static lk_board *attached(lk_board_phy phy)
{
    const char *error = "";
    lk_board *board = lk_board_new(phy, NULL, &error);
    cr_assert_not_null(board, "%s", error);
    return board;
}

lk_board *fixture_attached(void)
{
    return attached(LK_PHY_ULPI);
}

lk_board *fixture_at_line(void)
{
    return attached(LK_PHY_FULL_SPEED);
}

void fixture_configure(lk_board *board)
{
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_ADDRESS, ADDRESS, 0), LK_URB_OK);
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_CONFIGURATION, CONFIGURATION, 0), LK_URB_OK);
}

lk_board *fixture_configured(void)
{
    lk_board *board = fixture_attached();
    fixture_configure(board);
    return board;
}

void fixture_end(lk_board *board)
{
    const lk_phy *phy = &lk_host_bus(board)->phy;
    cr_expect_eq(phy->violations, 0, "the board broke a rule of its pins %u times", phy->violations);
    if (phy->methods->may_be_high_speed)
        cr_expect_eq(phy->ulpi.otg_control & OTG_PULL_DOWNS, 0, "a device has no pull-downs");
    lk_board_free(board);
}

void fixture_wait(lk_board *board, lk_urb *urb)
{
    uint64_t end = lk_board_cycles(board) + PATIENCE;
    while (!urb->done && lk_board_cycles(board) < end)
        if (!lk_board_run(board, 1000) && !lk_board_active(board))
            break;
    bool done = urb->done;
    if (!done)
        lk_board_unlink(board, urb);
    cr_assert(done, "the request at endpoint %02x does not end; %u of %u bytes moved", urb->endpoint, urb->actual,
              urb->length);
}

lk_urb_status fixture_control(lk_board *board, uint8_t type, uint8_t request, uint16_t value, uint16_t index,
                              uint8_t *data, uint16_t length, uint32_t *actual)
{
    lk_urb urb = {.data = data, .length = length};
    lk_writer setup = lk_writer_into(urb.setup, sizeof urb.setup);
    lk_writer_u8(&setup, type);
    lk_writer_u8(&setup, request);
    lk_writer_u16_little(&setup, value);
    lk_writer_u16_little(&setup, index);
    lk_writer_u16_little(&setup, length);
    lk_board_submit(board, &urb);
    fixture_wait(board, &urb);
    if (actual)
        *actual = urb.actual;
    return urb.status;
}

lk_urb_status fixture_command(lk_board *board, uint8_t type, uint8_t request, uint16_t value, uint16_t index)
{
    return fixture_control(board, type, request, value, index, NULL, 0, NULL);
}

lk_urb_status fixture_out(lk_board *board, const uint8_t *data, size_t length)
{
    lk_urb urb = {.endpoint = LK_ENDPOINT_OUT, .data = (uint8_t *)data, .length = (uint32_t)length};
    lk_board_submit(board, &urb);
    fixture_wait(board, &urb);
    return urb.status;
}

lk_urb_status fixture_in(lk_board *board, uint8_t *data, size_t length, uint32_t *actual)
{
    lk_urb urb = {.endpoint = LK_ENDPOINT_IN, .data = data, .length = (uint32_t)length};
    lk_board_submit(board, &urb);
    fixture_wait(board, &urb);
    *actual = urb.actual;
    return urb.status;
}

size_t fixture_nops(uint8_t *to, size_t capacity, uint32_t first, unsigned count)
{
    lk_writer writer = lk_writer_into(to, capacity);
    for (unsigned i = 0; i < count; i++) {
        lk_writer_u8(&writer, LK_COMMAND_MAGIC);
        lk_writer_u8(&writer, LK_OPCODE_NOP);
        lk_writer_zeros(&writer, 6);
        uint32_t tag = first + i;
        lk_writer_u16_little(&writer, (uint16_t)tag);
        lk_writer_u16_little(&writer, (uint16_t)(tag >> 16));
        lk_writer_zeros(&writer, 12);
    }
    cr_assert_not(writer.failed);
    return writer.length;
}

bool fixture_completes(const uint8_t *bytes, size_t length, uint32_t first, unsigned count)
{
    lk_reader reader = lk_reader_over(bytes, length);
    for (unsigned i = 0; i < count; i++) {
        bool head = lk_reader_u8(&reader) == LK_COMPLETION_MAGIC && lk_reader_u8(&reader) == LK_OPCODE_NOP &&
                    lk_reader_u16_little(&reader) == LK_STATUS_OK && lk_reader_u32_little(&reader) == 0;
        if (!head || lk_reader_u32_little(&reader) != first + i || lk_reader_u32_little(&reader) != 0)
            return false;
    }
    return lk_reader_finished(&reader);
}

void fixture_take(lk_board *board, uint32_t first, unsigned count)
{
    static uint8_t bytes[TAKE_BYTES];
    size_t wanted = (size_t)count * COMPLETION_BYTES, have = 0;
    cr_assert_leq(wanted, sizeof bytes);
    while (have < wanted) {
        uint32_t actual;
        cr_assert_eq(fixture_in(board, bytes + have, sizeof bytes - have, &actual), LK_URB_OK);
        have += actual;
    }
    cr_assert(fixture_completes(bytes, have, first, count), "%zu bytes are not the completions of %u commands", have,
              count);
}

void fixture_echo(lk_board *board, uint32_t first, unsigned count)
{
    static uint8_t commands[16384];
    size_t length = fixture_nops(commands, sizeof commands, first, count);
    cr_assert_eq(fixture_out(board, commands, length), LK_URB_OK);
    fixture_take(board, first, count);
}

void fixture_expect_silence(lk_board *board)
{
    uint8_t bytes[LK_HOST_BULK_PACKET_HIGH];
    size_t moved;
    lk_bus_idle(lk_host_bus(board), SILENCE);
    cr_expect_eq(fixture_in_packet(board, LK_ENDPOINT_IN & 15, bytes, &moved, LK_FAULT_NONE), LK_PID_NAK,
                 "%zu bytes too many", moved);
}

static void header(lk_writer *writer, lk_opcode opcode, uint8_t type, uint16_t length, uint64_t sequence)
{
    lk_writer_u8(writer, LK_COMMAND_MAGIC);
    lk_writer_u8(writer, (uint8_t)opcode);
    lk_writer_u8(writer, 0);
    lk_writer_u8(writer, type);
    lk_writer_zeros(writer, 8); /* slot 0, generation 0, tag 0 */
    lk_writer_u32_little(writer, length);
    lk_writer_u32_little(writer, (uint32_t)sequence);
    lk_writer_u32_little(writer, (uint32_t)(sequence >> 32));
}

void fixture_load_slot(lk_board *board)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    uint8_t completion[LK_HOST_BULK_PACKET_HIGH];
    uint32_t actual;
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    header(&writer, LK_OPCODE_SLOT_LOAD, 0, LK_LOAD_PAYLOAD_BYTES, 0);
    lk_writer_u8(&writer, LK_DIRECTION_SEAL);
    lk_writer_u8(&writer, VERSION_TLS_1_3);
    lk_writer_u8(&writer, LK_CIPHER_AES_128_GCM);
    lk_writer_zeros(&writer, LK_LOAD_PAYLOAD_BYTES - 3);
    cr_assert_not(writer.failed);
    cr_assert_eq(fixture_out(board, bytes, writer.length), LK_URB_OK);
    cr_assert_eq(fixture_in(board, completion, sizeof completion, &actual), LK_URB_OK);
    cr_assert_eq(actual, COMPLETION_BYTES);
    cr_assert_eq(completion[2], LK_STATUS_OK);
}

void fixture_seal(lk_board *board, uint64_t sequence, unsigned count, uint16_t length)
{
    static uint8_t bytes[SEAL_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    for (unsigned i = 0; i < count; i++) {
        header(&writer, LK_OPCODE_SEAL, APPLICATION_DATA, length, sequence + i);
        lk_writer_zeros(&writer, (length + 3u) & ~3u);
    }
    cr_assert_not(writer.failed);
    cr_assert_eq(fixture_out(board, bytes, writer.length), LK_URB_OK);
}

uint32_t fixture_fact(lk_board *board, uint16_t address)
{
    uint8_t bytes[4] = {0};
    uint32_t actual;
    cr_assert_eq(
        fixture_control(board, VENDOR_FROM_DEVICE, LK_REQUEST_READ_FACTS, 0, address, bytes, sizeof bytes, &actual),
        LK_URB_OK);
    lk_reader reader = lk_reader_over(bytes, actual);
    uint32_t fact = lk_reader_u32_little(&reader);
    cr_assert(lk_reader_finished(&reader));
    return fact;
}

lk_pid fixture_out_packet(lk_board *board, uint8_t endpoint, uint8_t toggle, const uint8_t *data, size_t length,
                          lk_fault fault)
{
    lk_transaction transaction = {.token = LK_PID_OUT,
                                  .address = lk_host_address(board),
                                  .endpoint = endpoint,
                                  .toggle = toggle,
                                  .data = data,
                                  .length = length,
                                  .fault = fault};
    lk_host_transact(board, &transaction);
    return transaction.answer;
}

lk_pid fixture_in_packet(lk_board *board, uint8_t endpoint, uint8_t *data, size_t *length, lk_fault fault)
{
    lk_transaction transaction = {.token = LK_PID_IN,
                                  .address = lk_host_address(board),
                                  .endpoint = endpoint,
                                  .room = data,
                                  .capacity = LK_HOST_BULK_PACKET_HIGH,
                                  .fault = fault};
    lk_host_transact(board, &transaction);
    *length = transaction.moved;
    return transaction.answer;
}

lk_pid fixture_ping(lk_board *board, uint8_t endpoint)
{
    lk_transaction transaction = {.token = LK_PID_PING, .address = lk_host_address(board), .endpoint = endpoint};
    lk_host_transact(board, &transaction);
    return transaction.answer;
}

lk_pid fixture_setup_packet(lk_board *board, const uint8_t *setup, size_t length, uint8_t toggle, lk_fault fault)
{
    lk_transaction transaction = {.token = LK_PID_SETUP,
                                  .address = lk_host_address(board),
                                  .toggle = toggle,
                                  .data = setup,
                                  .length = length,
                                  .fault = fault};
    lk_host_transact(board, &transaction);
    return transaction.answer;
}

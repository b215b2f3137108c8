/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SUBMIT and UNLINK when they cross. A Linux vhci-hcd drops the device over a reply to a number that it does not
 * expect, and a byte that has moved must be told of, whatever becomes of its transfer.
 */
#include "base/reader.h"
#include "protocol/protocol.h"
#include "sim/peer.h"
#include "sim/served.h"
#include "sim/server/commands.h"
#include "sim/stream.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { SUBMITTED = 3, UNLINKED = 4, QUIET = 50 /* ms */ };

static served_board board;
static test_peer client;
static peer_reply reply;

static void attach(void)
{
    served_start(&board, LK_PHY_DIRECT);
    client = peer_attach(board.port);
}

static void detach(void)
{
    peer_close(&client);
    served_stop(&board, NULL);
}

static void submit_nops(uint32_t number, uint32_t first, uint32_t count)
{
    uint8_t bytes[64 * NOP_BYTES];
    uint32_t length = (uint32_t)stream_nops(bytes, first, count);
    peer_submit(&client, &(peer_transfer){.number = number, .endpoint = 0x01, .length = length, .data = bytes});
}

static void submit_in(uint32_t number, uint32_t length)
{
    peer_submit(&client, &(peer_transfer){.number = number, .endpoint = 0x81, .length = length});
}

static void assert_unlinked(uint32_t number, int32_t status)
{
    peer_reply_read(&client, true, &reply);
    cr_assert_eq(reply.command, UNLINKED);
    cr_assert_eq(reply.number, number);
    cr_assert_eq(reply.status, status);
}

static void assert_submitted(uint32_t number, bool in, uint32_t actual)
{
    peer_reply_read(&client, in, &reply);
    cr_assert_eq(reply.command, SUBMITTED);
    cr_assert_eq(reply.number, number);
    cr_assert_eq(reply.status, 0);
    cr_assert_eq(reply.actual, actual);
}

Test(commands, several_transfers_wait_on_one_endpoint, .init = attach, .fini = detach)
{
    submit_in(1, 512);
    submit_in(2, 512);
    submit_in(3, 512);
    cr_assert(peer_is_silent(&client, QUIET));
    for (uint32_t i = 1; i <= 3; i++) {
        submit_nops(10 + i, i, 1);
        assert_submitted(10 + i, false, NOP_BYTES);
        assert_submitted(i, true, NOP_COMPLETION_BYTES);
        cr_assert(stream_answers(reply.data, reply.actual, i, 1));
    }
}

Test(commands, an_unlinked_transfer_without_data_gets_no_reply_of_its_own, .init = attach, .fini = detach)
{
    submit_in(1, 4096);
    peer_unlink(&client, 2, 1);
    assert_unlinked(2, PEER_ECONNRESET);
    cr_assert(peer_is_silent(&client, QUIET));
}

Test(commands, an_unlink_that_comes_too_late_succeeds, .init = attach, .fini = detach)
{
    submit_nops(1, 1, 1);
    assert_submitted(1, false, NOP_BYTES);
    peer_unlink(&client, 2, 1);
    assert_unlinked(2, 0);
}

Test(commands, an_unlink_that_overtakes_its_submit_waits_for_it, .init = attach, .fini = detach)
{
    peer_unlink(&client, 10, 5);
    cr_assert(peer_is_silent(&client, QUIET), "a number that is unknown may still come");
    submit_in(4, 512);
    submit_nops(5, 500, 1);
    assert_unlinked(10, PEER_ECONNRESET);
    submit_nops(6, 600, 1);
    assert_submitted(6, false, NOP_BYTES);
    assert_submitted(4, true, NOP_COMPLETION_BYTES);
    cr_assert(stream_answers(reply.data, reply.actual, 600, 1), "what was taken back never reached the board");
    peer_unlink(&client, 11, 5);
    assert_unlinked(11, 0);
}

Test(commands, an_unlink_of_a_number_that_never_comes_is_never_answered, .init = attach, .fini = detach)
{
    peer_unlink(&client, 1, 99);
    submit_in(2, 512);
    submit_nops(3, 1, 1);
    assert_submitted(3, false, NOP_BYTES);
    assert_submitted(2, true, NOP_COMPLETION_BYTES);
    cr_assert(peer_is_silent(&client, QUIET));
}

Test(commands, endless_unlinks_of_unknown_numbers_end_the_connection, .init = attach, .fini = detach)
{
    for (uint32_t i = 0; i <= LK_COMMANDS_PARKED_MAX; i++)
        peer_unlink(&client, 1000 + i, 1);
    cr_assert(peer_is_ended(&client));
}

Test(commands, a_client_that_vanishes_leaves_nothing_to_the_next, .init = attach, .fini = detach)
{
    submit_in(1, 65536);
    submit_in(2, 65536);
    submit_nops(3, 1, 64);
    submit_nops(4, 65, 64);
    peer_close(&client);
    client = peer_attach(board.port);
    submit_in(1, 4096);
    submit_nops(2, 7000, 2);
    assert_submitted(2, false, 2 * NOP_BYTES);
    assert_submitted(1, true, 2 * NOP_COMPLETION_BYTES);
    cr_assert(stream_answers(reply.data, reply.actual, 7000, 2));
}

Test(commands, at_the_pins_a_client_that_vanishes_leaves_nothing_to_the_next)
{
    served_start(&board, LK_PHY_ULPI);
    client = peer_attach(board.port);
    submit_in(1, 65536);
    submit_nops(3, 1, 64);
    peer_close(&client);
    client = peer_attach(board.port);
    submit_in(1, 4096);
    submit_nops(2, 7000, 2);
    assert_submitted(2, false, 2 * NOP_BYTES);
    assert_submitted(1, true, 2 * NOP_COMPLETION_BYTES);
    cr_assert(stream_answers(reply.data, reply.actual, 7000, 2));
    detach();
}

/* Below: without a socket, so that the test alone says when time passes. */

enum { DEVICE = 0x00010002 };

static lk_board *quiet_board;
static lk_commands commands;
static lk_message_queue replies;

static void begin(lk_board_phy phy)
{
    const char *error = NULL;
    quiet_board = lk_board_new(phy, NULL, &error);
    cr_assert_not_null(quiet_board, "%s", error);
    lk_urb configure = {.setup = {0, 9, 1}};
    lk_board_submit(quiet_board, &configure);
    while (!configure.done)
        lk_board_run(quiet_board, 1000);
    lk_commands_init(&commands, quiet_board, DEVICE, &replies);
}

static void end(void)
{
    lk_commands_abandon(&commands);
    lk_message_queue_clear(&replies);
    lk_board_free(quiet_board);
}

static lk_urb *submit(uint32_t number, bool in, const uint8_t *data, uint32_t length)
{
    lk_usbip_command command = {.command = USBIP_SUBMIT,
                                .number = number,
                                .device = DEVICE,
                                .direction = in ? USBIP_DIRECTION_IN : USBIP_DIRECTION_OUT,
                                .endpoint = 1,
                                .length = length};
    lk_message *message = NULL;
    size_t payload = 0;
    cr_assert_null(lk_commands_begin(&commands, &command, &message, &payload));
    cr_assert_eq(payload, in ? 0 : length);
    if (payload > 0)
        memcpy(message->urb.data, data, payload);
    lk_urb *urb = &message->urb;
    cr_assert_null(lk_commands_submit(&commands, message));
    return urb;
}

static void unlink_number(uint32_t number, uint32_t other)
{
    lk_usbip_command command = {.command = USBIP_UNLINK, .number = number, .device = DEVICE, .unlink_number = other};
    cr_assert_null(lk_commands_unlink(&commands, &command));
}

/* Takes the next reply out of the queue. data: where the bytes of an IN transfer are added; NULL for other replies. */
static bool take_reply(uint32_t *command, uint32_t *number, int32_t *status, lk_writer *data)
{
    lk_message *message = replies.head;
    if (!message)
        return false;
    lk_reader reader = lk_reader_over(message->bytes, message->length);
    *command = lk_reader_u32(&reader);
    *number = lk_reader_u32(&reader);
    lk_reader_bytes(&reader, 12);
    *status = (int32_t)lk_reader_u32(&reader);
    uint32_t actual = lk_reader_u32(&reader);
    lk_reader_bytes(&reader, 20);
    if (*command == SUBMITTED && message->urb.endpoint == 0x81) {
        cr_assert_eq(reader.left, actual);
        lk_writer_bytes(data, lk_reader_bytes(&reader, actual), actual);
    }
    cr_assert(lk_reader_finished(&reader));
    lk_message_queue_remove(&replies, message);
    free(message);
    return true;
}

/* A completion of several packets is on its way when its transfer is taken back. */
static void assert_partial_data_is_told(lk_board_phy phy)
{
    uint8_t bytes[4096], data[8192];
    lk_writer got = lk_writer_into(data, sizeof data);
    begin(phy);
    lk_urb *load = submit(1, true, NULL, 512);
    submit(2, false, bytes, (uint32_t)stream_load(bytes));
    while (!load->done)
        lk_board_run(quiet_board, 1000);
    lk_commands_collect(&commands);
    lk_message_queue_clear(&replies);
    lk_urb *in = submit(3, true, NULL, 4096);
    submit(4, false, bytes, (uint32_t)stream_seal(bytes, 2000, 5, 0));
    while (in->actual == 0)
        lk_board_run(quiet_board, 1);
    cr_assert_not(in->done);
    unlink_number(5, 3);
    uint32_t command, number;
    int32_t status;
    cr_assert(take_reply(&command, &number, &status, &got));
    cr_assert_eq(command, SUBMITTED, "the reply with the count comes first");
    cr_assert_eq(number, 3);
    cr_assert_eq(status, USBIP_ECONNRESET);
    cr_assert_eq(got.length, 512, "one packet had moved");
    cr_assert(take_reply(&command, &number, &status, &got));
    cr_assert_eq(command, UNLINKED);
    cr_assert_eq(number, 5);
    cr_assert_eq(status, 0);
    cr_assert_not(take_reply(&command, &number, &status, &got));
    submit(6, true, NULL, 4096);
    while (commands.in_flight.count > 0) {
        lk_board_run(quiet_board, 1000);
        lk_commands_collect(&commands);
    }
    while (take_reply(&command, &number, &status, &got)) /* to the OUT transfer, and to the IN transfer */
        cr_assert_eq(status, 0);
    cr_assert(stream_is_sealed(data, got.length, 2000, 5), "the rest comes with the next transfer");
    end();
}

Test(commands, an_unlinked_transfer_with_data_tells_of_it_first)
{
    assert_partial_data_is_told(LK_PHY_DIRECT);
}

Test(commands, at_the_pins_an_unlinked_transfer_with_data_tells_of_it_first)
{
    assert_partial_data_is_told(LK_PHY_ULPI);
}

/* IN transfers are taken back at random moments while completions stream in: none is lost, doubled or out of order. */
static void assert_unlinks_lose_nothing(lk_board_phy phy, uint32_t count)
{
    uint8_t bytes[32 * NOP_BYTES];
    uint8_t *data = malloc((size_t)count * NOP_COMPLETION_BYTES + 8192);
    lk_writer got = lk_writer_into(data, (size_t)count * NOP_COMPLETION_BYTES + 8192);
    uint32_t sent = 0, next = 1, command, number;
    int32_t status;
    begin(phy);
    srand(1);
    for (uint32_t turn = 0; got.length < (size_t)count * NOP_COMPLETION_BYTES; turn++) {
        cr_assert(turn < 10 * count, "completions are missing");
        if (sent < count && commands.in_flight.count < 3) {
            uint32_t some = count - sent < 32 ? count - sent : 32;
            submit(next++, false, bytes, (uint32_t)stream_nops(bytes, sent, some));
            sent += some;
        }
        uint32_t waiting = next++;
        submit(waiting, true, NULL, 512u << rand() % 3);
        lk_board_run(quiet_board, (uint64_t)(rand() % 700));
        unlink_number(next++, waiting);
        lk_commands_collect(&commands);
        while (take_reply(&command, &number, &status, &got))
            cr_assert(status == 0 || status == USBIP_ECONNRESET);
    }
    cr_assert(stream_answers(data, got.length, 0, count));
    end();
    free(data);
}

Test(commands, no_completion_is_lost_when_transfers_are_unlinked_at_random)
{
    assert_unlinks_lose_nothing(LK_PHY_DIRECT, 3000);
}

Test(commands, at_the_pins_no_completion_is_lost_when_transfers_are_unlinked_at_random)
{
    assert_unlinks_lose_nothing(LK_PHY_ULPI, 600);
}

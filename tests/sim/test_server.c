/* SPDX-License-Identifier: Apache-2.0 */
/* The USB/IP server before and around an import: lists, refusals, malformed messages, clients that come and go. */
#include "base/reader.h"
#include "base/writer.h"
#include "protocol/protocol.h"
#include "sim/peer.h"
#include "sim/served.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { STATUS_BUSY = 2, STATUS_NO_DEVICE = 4, STATUS_ERROR = 5 };

static const uint8_t get_device[8] = {0x80, 6, 0, 1, 0, 0, 18, 0};
static const uint8_t get_configuration[8] = {0x80, 8, 0, 0, 0, 0, 1, 0};

static served_board board;

static void start(void)
{
    served_start(&board, LK_PHY_DIRECT);
}

static void stop(void)
{
    served_stop(&board, NULL);
}

static void stop_with_fault(const char *words)
{
    served_stop(&board, NULL);
    cr_assert_not_null(strstr(board.fault, words), "the report was: %s", board.fault);
}

/* A new client can do all that a first one could: the server has come through whatever the test did to it. */
static void assert_serves_on(void)
{
    test_peer peer = peer_attach(board.port);
    static peer_reply reply;
    peer_control(&peer, 1, get_device, &reply);
    cr_assert_eq(reply.status, 0);
    cr_assert_eq(reply.actual, 18);
    peer_close(&peer);
}

Test(server, lists_the_board_with_ids_speed_and_interface, .init = start, .fini = stop)
{
    test_peer peer = peer_connect(board.port);
    peer_operation(&peer, PEER_VERSION, PEER_DEVICES);
    cr_assert_eq(peer_operation_reply(&peer, 5), 0);
    uint8_t list[4 + 312 + 4];
    peer_receive(&peer, list, sizeof list);
    lk_reader reader = lk_reader_over(list, sizeof list);
    cr_assert_eq(lk_reader_u32(&reader), 1);
    lk_reader_bytes(&reader, 256);
    cr_assert_str_eq((const char *)lk_reader_bytes(&reader, 32), "1-1");
    lk_reader_bytes(&reader, 8);
    cr_assert_eq(lk_reader_u32(&reader), 3, "high speed");
    cr_assert_eq(lk_reader_u16(&reader), LK_VENDOR_ID);
    cr_assert_eq(lk_reader_u16(&reader), LK_PRODUCT_ID);
    lk_reader_bytes(&reader, 7);
    cr_assert_eq(lk_reader_u8(&reader), 1, "interfaces");
    cr_assert_eq(lk_reader_u8(&reader), 0xff, "vendor-specific class");
    lk_reader_bytes(&reader, 3);
    cr_assert(lk_reader_finished(&reader));
    peer_close(&peer);
}

Test(server, gives_descriptors_and_strings_after_an_import, .init = start, .fini = stop)
{
    static const uint8_t get_product[8] = {0x80, 6, 2, 3, 9, 4, 64, 0};
    test_peer peer = peer_attach(board.port);
    static peer_reply reply;
    peer_control(&peer, 1, get_device, &reply);
    cr_assert_eq(reply.actual, 18);
    lk_reader reader = lk_reader_over(reply.data, reply.actual);
    cr_assert_eq(lk_reader_u8(&reader), 18);
    cr_assert_eq(lk_reader_u8(&reader), 1);
    lk_reader_bytes(&reader, 6);
    cr_assert_eq(lk_reader_u16_little(&reader), LK_VENDOR_ID);
    cr_assert_eq(lk_reader_u16_little(&reader), LK_PRODUCT_ID);
    peer_control(&peer, 2, get_product, &reply);
    cr_assert_eq(reply.status, 0);
    cr_assert_eq(reply.data[0], reply.actual);
    cr_assert_eq(memcmp(reply.data + 2, "L\0a\0t\0c\0h\0k\0e\0y\0", 16), 0);
    peer_close(&peer);
}

Test(server, reports_a_refused_control_request_as_a_stall, .init = start, .fini = stop)
{
    static const uint8_t unknown[8] = {0xc0, 0x7f, 0, 0, 0, 0, 4, 0};
    test_peer peer = peer_attach(board.port);
    static peer_reply reply;
    peer_control(&peer, 1, unknown, &reply);
    cr_assert_eq(reply.status, PEER_EPIPE);
    cr_assert_eq(reply.actual, 0);
    peer_control(&peer, 2, get_device, &reply);
    cr_assert_eq(reply.status, 0);
    peer_close(&peer);
}

Test(server, keeps_a_clients_choice_of_address_from_the_board, .init = start, .fini = stop)
{
    static const uint8_t set_address[8] = {0, 5, 77};
    test_peer peer = peer_connect(board.port);
    cr_assert_eq(peer_import(&peer, "1-1"), 0);
    static peer_reply reply;
    peer_control(&peer, 1, set_address, &reply);
    cr_assert_eq(reply.status, 0);
    peer_control(&peer, 2, get_device, &reply);
    cr_assert_eq(reply.actual, 18);
    peer_close(&peer);
}

Test(server, refuses_another_version_and_ends_the_connection, .init = start)
{
    test_peer peer = peer_connect(board.port);
    peer_operation(&peer, 0x0106, PEER_DEVICES);
    cr_assert_eq(peer_operation_reply(&peer, 5), STATUS_ERROR);
    cr_assert(peer_is_ended(&peer));
    peer_close(&peer);
    assert_serves_on();
    stop_with_fault("version");
}

Test(server, refuses_an_unknown_operation_and_ends_the_connection, .init = start)
{
    test_peer peer = peer_connect(board.port);
    peer_operation(&peer, PEER_VERSION, 0x8077);
    cr_assert_eq(peer_operation_reply(&peer, 0x77), STATUS_ERROR);
    cr_assert(peer_is_ended(&peer));
    peer_close(&peer);
    assert_serves_on();
    stop_with_fault("operation");
}

Test(server, knows_no_other_bus_id, .init = start, .fini = stop)
{
    test_peer peer = peer_connect(board.port);
    cr_assert_eq(peer_import(&peer, "1-2"), STATUS_NO_DEVICE);
    cr_assert_eq(peer_import(&peer, ""), STATUS_NO_DEVICE);
    cr_assert_eq(peer_import(&peer, "1-11111111111111111111111111111111"), STATUS_NO_DEVICE);
    cr_assert_eq(peer_import(&peer, "1-1"), 0, "the connection is still good for a right one");
    peer_close(&peer);
}

Test(server, tells_a_second_client_that_the_board_is_busy, .init = start, .fini = stop)
{
    test_peer first = peer_attach(board.port);
    test_peer second = peer_connect(board.port);
    cr_assert_eq(peer_import(&second, "1-1"), STATUS_BUSY);
    peer_operation(&second, PEER_VERSION, PEER_DEVICES);
    cr_assert_eq(peer_operation_reply(&second, 5), 0, "listing goes on");
    peer_close(&second);
    static peer_reply reply;
    peer_control(&first, 1, get_device, &reply);
    cr_assert_eq(reply.status, 0);
    peer_close(&first);
}

Test(server, gives_the_next_client_a_board_without_configuration, .init = start, .fini = stop)
{
    static peer_reply reply;
    test_peer first = peer_attach(board.port);
    peer_control(&first, 1, get_configuration, &reply);
    cr_assert_eq(reply.data[0], 1);
    peer_close(&first);
    test_peer second = peer_connect(board.port);
    uint32_t status = STATUS_BUSY;
    for (int i = 0; status == STATUS_BUSY && i < 100000; i++) /* until the server has seen the first one go */
        status = peer_import(&second, "1-1");
    cr_assert_eq(status, 0);
    peer_control(&second, 1, get_configuration, &reply);
    cr_assert_eq(reply.data[0], 0);
    peer_close(&second);
}

Test(server, survives_a_header_that_is_cut_off, .init = start, .fini = stop)
{
    static const uint8_t part[5] = {1, 0x11, 0x80, 5, 0};
    test_peer peer = peer_connect(board.port);
    peer_send(&peer, part, sizeof part);
    peer_close(&peer);
    peer = peer_connect(board.port);
    cr_assert_eq(peer_import(&peer, "1-1"), 0);
    peer_send(&peer, part, sizeof part);
    peer_close(&peer);
    assert_serves_on();
}

Test(server, waits_for_the_rest_of_a_header_that_comes_in_pieces, .init = start, .fini = stop)
{
    static const uint8_t whole[8] = {1, 0x11, 0x80, 5};
    test_peer peer = peer_connect(board.port);
    for (size_t i = 0; i < sizeof whole; i++) {
        cr_assert(peer_is_silent(&peer, 5));
        peer_send(&peer, whole + i, 1);
    }
    cr_assert_eq(peer_operation_reply(&peer, 5), 0);
    peer_close(&peer);
}

Test(server, survives_a_payload_that_is_cut_off, .init = start, .fini = stop)
{
    uint8_t command[48] = {0};
    test_peer peer = peer_attach(board.port);
    lk_writer writer = lk_writer_into(command, sizeof command);
    lk_writer_u32(&writer, 1);
    lk_writer_u32(&writer, 9);
    lk_writer_u32(&writer, peer.device);
    lk_writer_u32(&writer, 0);
    lk_writer_u32(&writer, 1);
    lk_writer_u32(&writer, 0);
    lk_writer_u32(&writer, 4096);
    peer_send(&peer, command, sizeof command);
    peer_send(&peer, command, 40);
    peer_close(&peer);
    assert_serves_on();
}

/* Sends a command that no driver sends; the connection ends, and the server goes on. */
static void assert_refused(const peer_transfer *transfer, uint32_t device_difference)
{
    test_peer peer = peer_attach(board.port);
    peer.device += device_difference;
    peer_submit(&peer, transfer);
    cr_assert(peer_is_ended(&peer));
    peer_close(&peer);
    assert_serves_on();
}

Test(server, ends_a_connection_that_asks_for_an_oversize_transfer, .init = start)
{
    assert_refused(&(peer_transfer){.number = 1, .endpoint = 0x81, .length = 0xffffffff}, 0);
    assert_refused(&(peer_transfer){.number = 1, .endpoint = 0x81, .length = (16 << 20) + 1}, 0);
    stop_with_fault("longer than");
}

Test(server, ends_a_connection_that_names_another_device, .init = start)
{
    assert_refused(&(peer_transfer){.number = 1, .endpoint = 0x81, .length = 512}, 1);
    stop_with_fault("another device");
}

Test(server, ends_a_connection_that_sends_no_command, .init = start)
{
    uint8_t noise[48];
    memset(noise, 0x5a, sizeof noise);
    test_peer peer = peer_attach(board.port);
    peer_send(&peer, noise, sizeof noise);
    cr_assert(peer_is_ended(&peer));
    peer_close(&peer);
    assert_serves_on();
    stop_with_fault("no USB/IP command");
}

Test(server, ends_a_connection_that_uses_a_number_twice_at_once, .init = start)
{
    test_peer peer = peer_attach(board.port);
    peer_transfer transfer = {.number = 7, .endpoint = 0x81, .length = 512};
    peer_submit(&peer, &transfer);
    peer_submit(&peer, &transfer);
    cr_assert(peer_is_ended(&peer));
    peer_close(&peer);
    assert_serves_on();
    stop_with_fault("same number");
}

Test(server, ends_a_connection_with_more_transfers_than_any_driver_needs, .init = start)
{
    test_peer peer = peer_attach(board.port);
    for (uint32_t i = 0; i < 1025; i++)
        peer_submit(&peer, &(peer_transfer){.number = i, .endpoint = 0x81, .length = 512});
    cr_assert(peer_is_ended(&peer));
    peer_close(&peer);
    assert_serves_on();
    stop_with_fault("in flight");
}

Test(server, answers_an_endpoint_that_is_not_there_with_a_protocol_error, .init = start, .fini = stop)
{
    test_peer peer = peer_attach(board.port);
    static peer_reply reply;
    peer_submit(&peer, &(peer_transfer){.number = 1, .endpoint = 0x85, .length = 512});
    peer_reply_read(&peer, true, &reply);
    cr_assert_eq(reply.status, PEER_EPROTO);
    peer_close(&peer);
}

Test(server, refuses_a_control_request_whose_buffer_differs_from_its_length, .init = start, .fini = stop)
{
    test_peer peer = peer_attach(board.port);
    static peer_reply reply;
    peer_transfer transfer = {.number = 1, .length = 10};
    memcpy(transfer.setup, get_device, sizeof transfer.setup);
    peer_submit(&peer, &transfer);
    peer_reply_read(&peer, true, &reply);
    cr_assert_eq(reply.status, PEER_EINVAL);
    cr_assert_eq(reply.actual, 0);
    peer_close(&peer);
}

/* Commands with a few wrong bytes each, cut off anywhere: whatever comes of them, the next client is served. */
Test(server, survives_commands_that_are_nearly_right, .init = start, .fini = stop)
{
    srand(1);
    for (int client = 0; client < 100; client++) {
        test_peer peer = peer_attach(board.port);
        for (int i = 0; i < 20; i++) {
            uint8_t command[48] = {0};
            lk_writer writer = lk_writer_into(command, sizeof command);
            lk_writer_u32(&writer, 1 + (uint32_t)(rand() % 2));
            lk_writer_u32(&writer, (uint32_t)i);
            lk_writer_u32(&writer, peer.device);
            lk_writer_u32(&writer, 1);
            lk_writer_u32(&writer, (uint32_t)(rand() % 2));
            lk_writer_u32(&writer, (uint32_t)(rand() % 4));
            lk_writer_u32(&writer, (uint32_t)(rand() % 2048));
            memcpy(command + 40, get_device, sizeof get_device);
            for (int wrong = rand() % 3; wrong > 0; wrong--)
                command[rand() % 48] = (uint8_t)rand();
            size_t length = rand() % 50 == 0 ? (size_t)(rand() % 48) : sizeof command;
            if (send(peer.socket, command, length, MSG_NOSIGNAL) <= 0)
                break; /* it has ended the connection, as it may */
        }
        peer_close(&peer);
    }
    assert_serves_on();
}

Test(server, counts_clients_and_bytes, .init = start)
{
    test_peer peer = peer_attach(board.port);
    static peer_reply reply;
    peer_control(&peer, 1, get_device, &reply);
    peer_close(&peer);
    lk_server_statistics statistics;
    served_stop(&board, &statistics);
    cr_assert_eq(statistics.clients, 1);
    cr_assert_eq(statistics.bytes_in, 18);
    cr_assert_eq(statistics.bytes_out, 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The USB/IP client against servers that refuse, lie, keep silent and vanish. */
#include "protocol/protocol.h"
#include "record/engine.h"
#include "scripted_server.h"
#include "transport/registry.h"

#include <criterion/criterion.h>

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static scripted_server server;
static char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];

static void begin(void)
{
    scripted_server_init(&server);
}

TestSuite(usbip, .init = begin, .timeout = 60);

static const char *uri_of(const char *busid)
{
    static char uri[LK_DEVICE_TEXT_MAX];
    snprintf(uri, sizeof uri, "usbip:127.0.0.1:%u%s", (unsigned)server.port, busid);
    return uri;
}

static lk_error device_open(const char *busid, lk_device **device)
{
    return lk_device_open(uri_of(busid), device, diagnosis);
}

static lk_error transport_open(int timeout, lk_transport **transport)
{
    lk_uri uri;
    cr_assert_eq(lk_uri_parse(uri_of("/1-1"), &uri, NULL), LK_OK);
    return lk_transport_usbip.open(&uri, timeout, transport, diagnosis);
}

Test(usbip, opens_a_device_and_asks_what_it_is)
{
    lk_device *device;
    lk_device_statistics statistics;
    scripted_server_start(&server);
    cr_assert_eq(device_open("", &device), LK_OK, "%s", diagnosis);
    const lk_device_information *information = lk_device_information_get(device);
    cr_assert_str_eq(information->uri, uri_of("/1-1"), "the bus id was found out");
    cr_assert_str_eq(information->product, "board");
    cr_assert_str_eq(information->serial, "S0001");
    cr_assert_eq(information->build, 42);
    cr_assert_eq(lk_device_statistics_get(device, &statistics), LK_OK);
    cr_assert_eq(statistics.busy_cycles, UINT64_C(3) << 32 | 2);
    lk_device_close(device);
    scripted_server_stop(&server);
}

static void count_found(void *context, const lk_device_information *information, lk_error error)
{
    size_t *count = context;
    cr_assert_eq(error, LK_OK);
    cr_assert_str_eq(information->serial, "S0001");
    cr_assert_str_eq(information->uri, uri_of("/1-1"));
    ++*count;
}

Test(usbip, lists_what_a_server_has)
{
    size_t count = 0;
    scripted_server_start(&server);
    cr_assert_eq(lk_device_list(uri_of(""), count_found, &count, diagnosis), LK_OK, "%s", diagnosis);
    cr_assert_eq(count, 1);
    scripted_server_stop(&server);
}

static void open_fails(const char *busid, lk_error error, const char *sentence)
{
    lk_device *device;
    scripted_server_start(&server);
    cr_assert_eq(device_open(busid, &device), error, "%s", diagnosis);
    cr_assert_null(device);
    cr_assert_not_null(strstr(diagnosis, sentence), "%s", diagnosis);
    scripted_server_stop(&server);
}

Test(usbip, a_device_that_is_taken_is_busy)
{
    server.import_status = 2;
    open_fails("/1-1", LK_ERROR_DEVICE_BUSY, "another client");
}

Test(usbip, a_device_that_is_not_there_is_not_found)
{
    server.import_status = 4;
    open_fails("/9-9", LK_ERROR_DEVICE_NOT_FOUND, "no device 9-9");
}

Test(usbip, a_refusal_for_another_reason_names_it)
{
    server.import_status = 77;
    open_fails("/1-1", LK_ERROR_DEVICE_PROTOCOL, "status 77");
}

Test(usbip, a_server_without_boards_is_said_to_have_none)
{
    server.devices = 0;
    open_fails("", LK_ERROR_DEVICE_NOT_FOUND, "no board of ours");
}

Test(usbip, with_several_boards_one_must_be_named)
{
    server.devices = 2;
    open_fails("", LK_ERROR_DEVICE_URI, "has 2 boards; name one: usbip:127.0.0.1:");
}

Test(usbip, another_device_is_no_board_of_ours)
{
    server.product = 0x1234;
    open_fails("/1-1", LK_ERROR_DEVICE_NOT_FOUND, "1209:1234");
}

Test(usbip, a_list_too_long_to_be_one_is_refused)
{
    server.devices = 1u << 31;
    open_fails("", LK_ERROR_DEVICE_PROTOCOL, "does not list its devices");
}

Test(usbip, nothing_listening_is_said_to_be_so)
{
    lk_device *device;
    int unused = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    cr_assert_eq(bind(unused, (struct sockaddr *)&address, sizeof address),
                 0); /* bound, so nobody else listens there */
    cr_assert_eq(getsockname(unused, (struct sockaddr *)&address, &size), 0);
    server.port = ntohs(address.sin_port);
    cr_assert_eq(device_open("/1-1", &device), LK_ERROR_CONNECTION_REFUSED);
    cr_assert_not_null(strstr(diagnosis, "nothing listens"));
    close(unused);
}

Test(usbip, a_host_that_does_not_exist_is_said_to_have_no_address)
{
    lk_device *device;
    cr_assert_eq(lk_device_open("usbip:[not-an-address]:1/1-1", &device, diagnosis), LK_ERROR_ADDRESS_UNRESOLVED);
}

/* How many bytes a good server sends until the device is open. */
static long bytes_to_open(void)
{
    lk_device *device;
    scripted_server_init(&server);
    scripted_server_start(&server);
    cr_assert_eq(device_open("", &device), LK_OK, "%s", diagnosis);
    long bytes = server.sent; /* nothing is on its way: the last answer has come */
    lk_device_close(device);
    scripted_server_stop(&server);
    return bytes;
}

Test(usbip, a_server_that_vanishes_while_a_device_is_opened_ends_it_with_an_error)
{
    long total = bytes_to_open();
    cr_assert_gt(total, 800);
    for (long bytes = 0; bytes < total; bytes += bytes % 48 < 2 || total - bytes < 60 ? 1 : 5) {
        lk_device *device;
        scripted_server_init(&server);
        server.vanish_after = bytes;
        scripted_server_start(&server);
        lk_error error = device_open("", &device);
        cr_assert_neq(error, LK_OK, "after %ld bytes", bytes);
        cr_assert_neq(error, LK_ERROR_TIMED_OUT, "after %ld bytes", bytes);
        cr_assert_neq(diagnosis[0], '\0');
        scripted_server_stop(&server);
    }
}

Test(usbip, P6_no_changed_byte_does_harm)
{
    /* import, SET_CONFIGURATION, one control request */
    long total = 8 + 312 + 48 + 48;
    for (long at = 0; at < total; at += at < 320 - 20 && at >= 8 + 256 + 4 ? 3 : at < 8 || at > 264 ? 1 : 16) {
        lk_transport *transport = NULL;
        uint8_t data[40];
        size_t actual = 0;
        scripted_server_init(&server);
        server.change_at = at;
        server.change = 0x81;
        scripted_server_start(&server);
        if (transport_open(40, &transport) == LK_OK) {
            lk_error error = transport->methods->control(transport, 0xc0, LK_REQUEST_READ_FACTS, 0, 0, data,
                                                         sizeof data, &actual, 40);
            cr_assert(error != LK_OK || actual <= sizeof data);
            transport->methods->close(transport);
        }
        scripted_server_stop(&server);
    }
}

Test(usbip, P6_more_bytes_than_were_asked_for_cost_the_connection)
{
    lk_transport *transport = NULL;
    server.exaggerate = 1;
    scripted_server_start(&server);
    cr_assert_eq(transport_open(2000, &transport), LK_ERROR_DEVICE_LOST, "SET_CONFIGURATION moves no byte");
    scripted_server_stop(&server);
}

Test(usbip, a_silent_server_is_given_up_in_time)
{
    lk_transport *transport = NULL;
    lk_uri uri;
    struct timespec before, after;
    int silent = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    cr_assert_eq(bind(silent, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(silent, 1), 0);
    cr_assert_eq(getsockname(silent, (struct sockaddr *)&address, &size), 0);
    server.port = ntohs(address.sin_port);
    cr_assert_eq(lk_uri_parse(uri_of(""), &uri, NULL), LK_OK);
    clock_gettime(CLOCK_MONOTONIC, &before);
    cr_assert_eq(lk_transport_usbip.open(&uri, 150, &transport, diagnosis), LK_ERROR_TIMED_OUT);
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_assert_lt(after.tv_sec - before.tv_sec, 3);
    close(silent);
}

Test(usbip, a_request_without_answer_is_given_up_and_its_late_answer_thrown_away)
{
    lk_transport *transport = NULL;
    uint8_t data[40] = {0};
    size_t actual = 0;
    server.silent_request = LK_REQUEST_READ_FACTS;
    scripted_server_start(&server);
    cr_assert_eq(transport_open(2000, &transport), LK_OK, "%s", diagnosis);
    cr_assert_eq(transport->methods->control(transport, 0xc0, LK_REQUEST_READ_FACTS, 0, 0, data, 40, &actual, 50),
                 LK_ERROR_TIMED_OUT);
    cr_assert_eq(transport->methods->control(transport, 0xc0, LK_REQUEST_READ_FACTS, 0, 0, data, 40, &actual, 2000),
                 LK_OK);
    cr_assert_eq(actual, 40);
    cr_assert_eq(data[0], 'L');
    transport->methods->close(transport);
    scripted_server_stop(&server);
}

Test(usbip, a_cancelled_transfer_ends)
{
    lk_transport *transport = NULL;
    uint8_t data[64];
    lk_transfer transfer = {.endpoint = LK_ENDPOINT_IN, .data = data, .length = sizeof data};
    scripted_server_start(&server);
    cr_assert_eq(transport_open(2000, &transport), LK_OK, "%s", diagnosis);
    cr_assert_eq(transport->methods->submit(transport, &transfer), LK_OK);
    cr_assert_eq(transport->methods->progress(transport, 20), LK_OK);
    cr_assert(transfer.in_flight);
    transport->methods->cancel(transport, &transfer);
    for (int i = 0; i < 100 && !transfer.done; i++)
        cr_assert_eq(transport->methods->progress(transport, 20), LK_OK);
    cr_assert(transfer.done);
    cr_assert_eq(transfer.status, LK_ERROR_TIMED_OUT);
    cr_assert_eq(transfer.actual, 0);
    transport->methods->close(transport);
    scripted_server_stop(&server);
}

Test(usbip, everything_in_flight_is_lost_when_the_server_vanishes)
{
    enum { COUNT = 40 };
    static uint8_t output[COUNT][LK_RECORD_MAX];
    static uint8_t input[LK_RECORD_PLAINTEXT_MAX];
    lk_operation operations[COUNT];
    lk_device *device;
    lk_direction *direction;
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
    server.vanish_after = bytes_to_open() + 48 + 24; /* in the second reply to an OUT transfer */
    long vanish_after = server.vanish_after;
    scripted_server_init(&server);
    server.vanish_after = vanish_after;
    scripted_server_start(&server);
    cr_assert_eq(device_open("", &device), LK_OK, "%s", diagnosis);
    lk_engine *engine = lk_device_engine(device);
    cr_assert_eq(lk_engine_open(engine, &parameters, &direction), LK_OK);
    size_t submitted = 0;
    for (lk_error error = LK_OK; !error && submitted < COUNT;) {
        lk_operation *one = &operations[submitted];
        size_t accepted;
        *one = (lk_operation){.input = input,
                              .input_length = sizeof input,
                              .output = output[submitted],
                              .output_capacity = LK_RECORD_MAX,
                              .sequence = submitted,
                              .content_type = 23};
        error = lk_direction_submit(direction, &one, 1, &accepted);
        submitted += accepted;
    }
    cr_assert_gt(submitted, 0);
    lk_error error = LK_OK;
    for (int i = 0; i < 100 && !error; i++)
        error = lk_engine_progress(engine, 100);
    cr_assert_eq(error, LK_ERROR_DEVICE_LOST);
    for (size_t i = 0; i < submitted; i++) {
        cr_assert_eq(operations[i].state, LK_OPERATION_DONE);
        cr_assert_eq(operations[i].status, LK_ERROR_DEVICE_LOST);
    }
    lk_direction_close(direction);
    lk_device_close(device);
    scripted_server_stop(&server);
}

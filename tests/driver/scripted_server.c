/* SPDX-License-Identifier: Apache-2.0 */
#include "scripted_server.h"

#include "base/reader.h"
#include "base/writer.h"
#include "protocol/facts.h"
#include "protocol/protocol.h"

#include <criterion/criterion.h>

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    VERSION = 0x0111,
    DEVICE_BYTES = 312,
    COMMAND_BYTES = 48,
    RET_SUBMIT = 3,
    RET_UNLINK = 4,
    ECONNRESET_LINUX = 104
};

void scripted_server_init(scripted_server *server)
{
    memset(server, 0, sizeof *server);
    server->vanish_after = server->change_at = SERVER_NEVER;
    server->silent_request = SERVER_NEVER;
    server->product = LK_PRODUCT_ID;
    server->devices = 1;
}

static bool take(int peer, void *data, size_t length)
{
    return recv(peer, data, length, MSG_WAITALL) == (ssize_t)length;
}

/* Sends as far as the script allows; false when the server has vanished. */
static bool give(scripted_server *server, int peer, uint8_t *data, size_t length)
{
    bool vanish = false;
    if (server->vanish_after != SERVER_NEVER && server->sent + (long)length > server->vanish_after) {
        length = (size_t)(server->vanish_after - server->sent);
        vanish = true;
    }
    if (server->change_at >= server->sent && server->change_at < server->sent + (long)length)
        data[server->change_at - server->sent] ^= server->change;
    server->sent += (long)length;
    return send(peer, data, length, MSG_NOSIGNAL) == (ssize_t)length && !vanish;
}

static void write_device(lk_writer *writer, const scripted_server *server, uint32_t number)
{
    char busid[32];
    lk_writer_zeros(writer, 256);
    memset(busid, 0, sizeof busid);
    memcpy(busid, number == 0 ? "1-1" : "1-2", 3);
    lk_writer_bytes(writer, busid, sizeof busid);
    lk_writer_u32(writer, 1);
    lk_writer_u32(writer, 2 + number);
    lk_writer_u32(writer, 3);
    lk_writer_u16(writer, LK_VENDOR_ID);
    lk_writer_u16(writer, server->product);
    lk_writer_zeros(writer, 7);
    lk_writer_u8(writer, 1); /* interfaces */
}

static bool list_devices(scripted_server *server, int peer)
{
    uint8_t data[12 + 3 * (DEVICE_BYTES + 4)];
    lk_writer writer = lk_writer_into(data, sizeof data);
    lk_writer_u16(&writer, VERSION);
    lk_writer_u16(&writer, 5);
    lk_writer_u32(&writer, 0);
    lk_writer_u32(&writer, server->devices);
    for (uint32_t i = 0; i < server->devices && i < 3; i++) {
        write_device(&writer, server, i);
        lk_writer_zeros(&writer, 4);
    }
    return give(server, peer, data, writer.length);
}

static bool import(scripted_server *server, int peer)
{
    uint8_t data[8 + DEVICE_BYTES];
    uint8_t busid[32];
    lk_writer writer = lk_writer_into(data, sizeof data);
    if (!take(peer, busid, sizeof busid))
        return false;
    lk_writer_u16(&writer, VERSION);
    lk_writer_u16(&writer, 3);
    lk_writer_u32(&writer, server->import_status);
    if (server->import_status == 0)
        write_device(&writer, server, 0);
    return give(server, peer, data, writer.length) && server->import_status == 0;
}

static bool reply(scripted_server *server, int peer, uint32_t kind, uint32_t sequence, int32_t status, uint32_t actual,
                  const uint8_t *payload, size_t length)
{
    uint8_t data[COMMAND_BYTES + 256];
    lk_writer writer = lk_writer_into(data, sizeof data);
    lk_writer_u32(&writer, kind);
    lk_writer_u32(&writer, sequence);
    lk_writer_zeros(&writer, 12);
    lk_writer_u32(&writer, (uint32_t)status);
    lk_writer_u32(&writer, kind == RET_SUBMIT ? actual + server->exaggerate : 0);
    lk_writer_zeros(&writer, 20);
    lk_writer_bytes(&writer, payload, length);
    return give(server, peer, data, writer.length);
}

static void write_descriptor(lk_writer *writer, const scripted_server *server, uint8_t type, uint8_t index)
{
    static const char text[2][6] = {"board", "S0001"};
    if (type == 1) {
        static const uint8_t head[8] = {18, 1, 0, 2, 0, 0, 0, 64};
        lk_writer_bytes(writer, head, sizeof head);
        lk_writer_u16_little(writer, LK_VENDOR_ID);
        lk_writer_u16_little(writer, server->product);
        lk_writer_zeros(writer, 3);
        lk_writer_u8(writer, 1);
        lk_writer_u8(writer, 2);
        lk_writer_u8(writer, 1);
    } else if (type == 3 && (index == 1 || index == 2)) {
        lk_writer_u8(writer, 12);
        lk_writer_u8(writer, 3);
        for (size_t i = 0; i < 5; i++)
            lk_writer_u16_little(writer, (uint8_t)text[index - 1][i]);
    }
}

static void write_facts(lk_writer *writer, uint16_t first)
{
    static const uint32_t facts[LK_FACTS_INFORMATION_WORDS] = {
        LK_FACT_MAGIC_VALUE, LK_PROTOCOL_MAJOR << 16, 42, 60000000, 16, 1, LK_RECORD_BYTES_MAX, 1, 24, 0};
    if (first == 0)
        for (size_t i = 0; i < LK_FACTS_INFORMATION_WORDS; i++)
            lk_writer_u32_little(writer, facts[i]);
    else
        for (uint32_t i = 0; i < LK_FACTS_STATISTICS_WORDS; i++)
            lk_writer_u32_little(writer, i);
}

static bool control(scripted_server *server, int peer, uint32_t sequence, const uint8_t setup[8])
{
    uint8_t data[256];
    lk_writer writer = lk_writer_into(data, sizeof data);
    bool vendor = (setup[0] & 0x60) == 0x40;
    if (vendor && setup[1] == server->silent_request) {
        server->late = sequence;
        server->silent_request = SERVER_NEVER;
        return true;
    }
    if (server->late != 0) {
        uint8_t late[4] = {0};
        uint32_t number = server->late;
        server->late = 0;
        if (!reply(server, peer, RET_SUBMIT, number, 0, 4, late, sizeof late))
            return false;
    }
    if (vendor && setup[1] == LK_REQUEST_READ_FACTS)
        write_facts(&writer, setup[4]);
    else if (setup[0] == 0x80)
        write_descriptor(&writer, server, setup[3], setup[2]);
    return reply(server, peer, RET_SUBMIT, sequence, 0, (uint32_t)writer.length, data, writer.length);
}

/* A bulk OUT transfer is swallowed; a bulk IN transfer waits. */
static bool bulk(scripted_server *server, int peer, uint32_t sequence, bool in, uint32_t length)
{
    uint8_t swallowed[4096];
    if (in) {
        cr_assert_lt(server->pending_count, SERVER_PENDING_MAX);
        server->pending[server->pending_count++] = sequence;
        return true;
    }
    for (uint32_t left = length; left > 0;) {
        uint32_t now = left < sizeof swallowed ? left : (uint32_t)sizeof swallowed;
        if (!take(peer, swallowed, now))
            return false;
        left -= now;
    }
    return reply(server, peer, RET_SUBMIT, sequence, 0, length, NULL, 0);
}

static bool unlink_request(scripted_server *server, int peer, uint32_t sequence, uint32_t victim)
{
    for (size_t i = 0; i < server->pending_count; i++) {
        if (server->pending[i] == victim) {
            server->pending[i] = server->pending[--server->pending_count];
            return reply(server, peer, RET_UNLINK, sequence, -ECONNRESET_LINUX, 0, NULL, 0);
        }
    }
    /* of a control request that was passed over, whose reply is still to come */
    return true;
}

static bool command(scripted_server *server, int peer)
{
    uint8_t data[COMMAND_BYTES];
    uint8_t setup[8];
    if (!take(peer, data, sizeof data))
        return false;
    lk_reader reader = lk_reader_over(data, sizeof data);
    uint32_t kind = lk_reader_u32(&reader);
    uint32_t sequence = lk_reader_u32(&reader);
    uint32_t device = lk_reader_u32(&reader);
    uint32_t direction = lk_reader_u32(&reader);
    uint32_t endpoint = lk_reader_u32(&reader);
    uint32_t first = lk_reader_u32(&reader); /* flags, or whom to unlink */
    uint32_t length = lk_reader_u32(&reader);
    lk_reader_bytes(&reader, 12);
    lk_reader_copy(&reader, setup, sizeof setup);
    if (device != (1u << 16 | 2u))
        return false;
    if (kind == 2)
        return unlink_request(server, peer, sequence, first);
    return endpoint == 0 ? control(server, peer, sequence, setup)
                         : bulk(server, peer, sequence, direction == 1, length);
}

static void serve(scripted_server *server, int peer)
{
    uint8_t operation[8];
    server->pending_count = 0;
    if (!take(peer, operation, sizeof operation))
        return;
    if (operation[3] == 5) {
        list_devices(server, peer);
        return;
    }
    bool alive = import(server, peer);
    while (alive)
        alive = command(server, peer);
}

static void *server_run(void *context)
{
    scripted_server *server = context;
    for (;;) {
        int peer = accept(server->listener, NULL, NULL);
        if (peer < 0)
            return NULL;
        serve(server, peer);
        close(peer);
    }
}

void scripted_server_start(scripted_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(server->listener, 8), 0);
    cr_assert_eq(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    cr_assert_eq(pthread_create(&server->thread, NULL, server_run, server), 0);
}

void scripted_server_stop(scripted_server *server)
{
    shutdown(server->listener, SHUT_RDWR); /* ends accept() */
    pthread_join(server->thread, NULL);
    close(server->listener);
}

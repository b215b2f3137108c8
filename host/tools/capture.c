/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/capture.h"
#include "tools/pcapng.h"
#include "tools/report.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SEGMENT_MAX = 16384,
    WAITING_MAX = 4 * 1024 * 1024, /* of packets that wait for their secrets; beyond, they go without */
    HEADERS_MAX = 40 + 20,
    TCP_HEADER = 20,
    PROTOCOL_TCP = 6,
    HOPS = 64,
    WINDOW = 65535,
    FLAG_FIN = 1,
    FLAG_SYN = 2,
    FLAG_PUSH = 8,
    FLAG_ACKNOWLEDGE = 16
};

typedef enum lk_capture_side { OURS, THEIRS } lk_capture_side;

static void put16(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value);
}

/* RFC 1071: adds 16 bits at a time; a last odd byte counts as the upper half. */
static uint32_t add_up(uint32_t sum, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static size_t write_ip(const lk_capture *capture, lk_capture_side from, size_t payload, uint8_t *packet)
{
    size_t size = capture->six ? 16 : 4, header = capture->six ? 40 : 20;
    const lk_capture_end *source = &capture->ends[from], *target = &capture->ends[from == OURS ? THEIRS : OURS];
    memset(packet, 0, header);
    if (capture->six) {
        packet[0] = 0x60;
        put16(packet + 4, (uint32_t)payload);
        packet[6] = PROTOCOL_TCP;
        packet[7] = HOPS;
    } else {
        packet[0] = 0x45;
        put16(packet + 2, (uint32_t)(header + payload));
        packet[8] = HOPS;
        packet[9] = PROTOCOL_TCP;
    }
    memcpy(packet + header - 2 * size, source->address, size);
    memcpy(packet + header - size, target->address, size);
    if (!capture->six)
        put16(packet + 10, ~add_up(0, packet, header));
    return header;
}

static void write_tcp(lk_capture *capture, lk_capture_side from, unsigned flags, const uint8_t *data, size_t length,
                      uint8_t *segment)
{
    lk_capture_end *source = &capture->ends[from];
    const lk_capture_end *target = &capture->ends[from == OURS ? THEIRS : OURS];
    size_t size = capture->six ? 16 : 4;
    uint32_t sum = (uint32_t)(PROTOCOL_TCP + TCP_HEADER + length);
    memset(segment, 0, TCP_HEADER);
    put16(segment, source->port);
    put16(segment + 2, target->port);
    put32(segment + 4, source->sequence);
    put32(segment + 8, flags & FLAG_ACKNOWLEDGE ? target->sequence : 0);
    segment[12] = TCP_HEADER / 4 << 4;
    segment[13] = (uint8_t)flags;
    put16(segment + 14, WINDOW);
    if (length > 0)
        memcpy(segment + TCP_HEADER, data, length);
    sum = add_up(sum, source->address, size);
    sum = add_up(sum, target->address, size);
    put16(segment + 16, ~add_up(sum, segment, TCP_HEADER + length));
    source->sequence += (uint32_t)length + (flags & (FLAG_SYN | FLAG_FIN) ? 1 : 0);
}

static void complain(lk_capture *capture)
{
    if (!capture->failed)
        lk_report("the capture cannot be written: %s", strerror(errno));
    capture->failed = true;
}

static void write_packet(lk_capture *capture, uint64_t time, const uint8_t *packet, size_t length)
{
    if (lk_pcapng_packet(capture->file, time, packet, length) != 0)
        complain(capture);
}

static void release(lk_capture *capture)
{
    uint64_t head[2]; /* time, length */
    for (size_t at = 0; at < capture->waiting_length; at += sizeof head + head[1]) {
        memcpy(head, capture->waiting + at, sizeof head);
        write_packet(capture, head[0], capture->waiting + at + sizeof head, head[1]);
    }
    free(capture->waiting);
    capture->waiting = NULL;
    capture->waiting_length = capture->waiting_capacity = 0;
}

/* False when it cannot wait. */
static bool hold_back(lk_capture *capture, uint64_t time, const uint8_t *packet, size_t length)
{
    uint64_t head[2] = {time, length};
    size_t needed = capture->waiting_length + sizeof head + length;
    if (needed > WAITING_MAX)
        return false;
    if (needed > capture->waiting_capacity) {
        uint8_t *larger = realloc(capture->waiting, 2 * needed);
        if (!larger)
            return false;
        capture->waiting = larger;
        capture->waiting_capacity = 2 * needed;
    }
    memcpy(capture->waiting + capture->waiting_length, head, sizeof head);
    memcpy(capture->waiting + capture->waiting_length + sizeof head, packet, length);
    capture->waiting_length = needed;
    return true;
}

static void send_segment(lk_capture *capture, lk_capture_side from, unsigned flags, const uint8_t *data, size_t length)
{
    uint8_t packet[HEADERS_MAX + SEGMENT_MAX];
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    uint64_t time = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    size_t header = write_ip(capture, from, TCP_HEADER + length, packet);
    write_tcp(capture, from, flags, data, length, packet + header);
    length += header + TCP_HEADER;
    if (hold_back(capture, time, packet, length))
        return;
    release(capture);
    write_packet(capture, time, packet, length);
}

static bool take_address(const struct sockaddr_storage *address, lk_capture_end *end, bool *six)
{
    const struct sockaddr_in *four_address = (const void *)address;
    const struct sockaddr_in6 *six_address = (const void *)address;
    *six = address->ss_family == AF_INET6;
    *end = (lk_capture_end){.port = ntohs(*six ? six_address->sin6_port : four_address->sin_port)};
    memcpy(end->address, *six ? (const void *)&six_address->sin6_addr : (const void *)&four_address->sin_addr,
           *six ? 16 : 4);
    return *six || address->ss_family == AF_INET;
}

int lk_capture_open(lk_capture *capture, const char *path)
{
    *capture = (lk_capture){0};
    /* It holds secrets: nobody else may read it. */
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    capture->file = file >= 0 ? fdopen(file, "wb") : NULL;
    if (capture->file && lk_pcapng_begin(capture->file) == 0)
        return LK_EXIT_OK;
    lk_report("the capture %s cannot be written: %s", path, strerror(errno));
    if (file >= 0 && !capture->file)
        (void)close(file);
    return LK_EXIT_FAILURE;
}

void lk_capture_close(lk_capture *capture)
{
    if (!capture->file)
        return;
    lk_capture_end_connection(capture);
    if (fclose(capture->file) != 0)
        complain(capture);
    capture->file = NULL;
}

void lk_capture_begin(lk_capture *capture, int socket, bool server)
{
    struct sockaddr_storage ours = {0}, theirs = {0};
    socklen_t our_length = sizeof ours, their_length = sizeof theirs;
    bool six = false;
    if (!capture->file)
        return;
    (void)getsockname(socket, (struct sockaddr *)&ours, &our_length);
    (void)getpeername(socket, (struct sockaddr *)&theirs, &their_length);
    capture->open = take_address(&ours, &capture->ends[OURS], &six) &&
                    take_address(&theirs, &capture->ends[THEIRS], &capture->six) && six == capture->six;
    lk_capture_side client = server ? THEIRS : OURS, other = server ? OURS : THEIRS;
    if (!capture->open)
        return;
    send_segment(capture, client, FLAG_SYN, NULL, 0);
    send_segment(capture, other, FLAG_SYN | FLAG_ACKNOWLEDGE, NULL, 0);
    send_segment(capture, client, FLAG_ACKNOWLEDGE, NULL, 0);
}

void lk_capture_end_connection(lk_capture *capture)
{
    if (!capture->open)
        return;
    send_segment(capture, OURS, FLAG_FIN | FLAG_ACKNOWLEDGE, NULL, 0);
    send_segment(capture, THEIRS, FLAG_FIN | FLAG_ACKNOWLEDGE, NULL, 0);
    send_segment(capture, OURS, FLAG_ACKNOWLEDGE, NULL, 0);
    release(capture);
    capture->open = false;
}

void lk_capture_tap(void *context, const lk_connection *connection, bool sent, const uint8_t *bytes, size_t length)
{
    lk_capture *capture = context;
    if (!capture->open)
        return;
    while (length > 0) {
        size_t step = length < SEGMENT_MAX ? length : SEGMENT_MAX;
        send_segment(capture, sent ? OURS : THEIRS, FLAG_PUSH | FLAG_ACKNOWLEDGE, bytes, step);
        bytes += step;
        length -= step;
    }
    if (lk_connection_established(connection))
        release(capture);
    if (capture->waiting_length == 0 && fflush(capture->file) != 0) /* for whoever follows it */
        complain(capture);
}

void lk_capture_secret(lk_capture *capture, const char *line)
{
    if (capture->file && lk_pcapng_secret(capture->file, line) != 0)
        complain(capture);
}

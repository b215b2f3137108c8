/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/captured.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAGIC_LENGTH = 4,
    HEAD_LENGTH = 8,     /* of a block: type and length */
    OVERHEAD = 12,       /* and the length again behind it */
    SECTION_LENGTH = 28, /* the shortest section header block */
    CLASSIC_REST = 20,   /* of the file's header behind its magic */
    CLASSIC_PACKET = 16,
    BLOCK_INTERFACE = 1,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_SECRETS = 10,
    BLOCK_PACKET = 6,
    OPTION_END = 0,
    OPTION_RESOLUTION = 9,
    MILLION = 1000000,
    FIRST_CAPACITY = 65536
};

#define BLOCK_SECTION       0x0a0d0d0au
#define BYTE_ORDER_MARK     0x1a2b3c4du
#define SECRETS_TLS_KEY_LOG 0x544c534bu
#define CLASSIC_MICRO       0xa1b2c3d4u
#define CLASSIC_NANO        0xa1b23c4du
#define BILLION             1000000000u

__attribute__((format(printf, 2, 3))) static lk_captured_item fault(lk_captured *captured, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(captured->fault, sizeof captured->fault, format, arguments);
    va_end(arguments);
    captured->ended = true;
    return (lk_captured_item){.kind = LK_CAPTURED_FAULT};
}

void lk_captured_open(lk_captured *captured, lk_captured_source *source, void *context)
{
    *captured = (lk_captured){.source = source, .context = context};
}

void lk_captured_close(lk_captured *captured)
{
    if (captured->memory)
        explicit_bzero(captured->memory, captured->capacity); /* it may have held secrets */
    free(captured->memory);
    captured->memory = NULL;
    captured->capacity = 0;
}

static uint16_t number16(const lk_captured *captured, lk_reader *reader)
{
    return captured->little ? lk_reader_u16_little(reader) : lk_reader_u16(reader);
}

static uint32_t number32(const lk_captured *captured, lk_reader *reader)
{
    return captured->little ? lk_reader_u32_little(reader) : lk_reader_u32(reader);
}

/* Puts so many bytes at a place of the memory. Returns how many there were, -1 when they cannot be read or held. */
static long pull(lk_captured *captured, size_t at, size_t length)
{
    size_t got = 0;
    if (at + length > captured->capacity) {
        size_t capacity = at + length > FIRST_CAPACITY ? at + length : FIRST_CAPACITY;
        uint8_t *larger = malloc(capacity);
        if (!larger)
            return -1;
        if (captured->memory)
            memcpy(larger, captured->memory, at);
        lk_captured_close(captured);
        captured->memory = larger;
        captured->capacity = capacity;
    }
    while (got < length) {
        long step = captured->source(captured->context, captured->memory + at + got, length - got);
        if (step < 0)
            return -1;
        if (step == 0)
            break;
        got += (size_t)step;
    }
    return (long)got;
}

/* Pulls what must be there. False: *item says what is wrong. */
static bool demand(lk_captured *captured, size_t at, size_t length, const char *what, lk_captured_item *item)
{
    long got = pull(captured, at, length);
    if (got == (long)length)
        return true;
    *item =
        got < 0 ? fault(captured, "it cannot be read") : fault(captured, "it ends within %s: it is cut short", what);
    return false;
}

/* Pulls a header, which may be missing: then the capture ends. */
static bool begin(lk_captured *captured, size_t length, const char *what, lk_captured_item *item)
{
    long got = pull(captured, 0, length);
    if (got == (long)length)
        return true;
    captured->ended = true;
    *item = (lk_captured_item){.kind = LK_CAPTURED_END};
    if (got < 0)
        *item = fault(captured, "it cannot be read");
    else if (got > 0)
        *item = fault(captured, "it ends within %s: it is cut short", what);
    return false;
}

/* Classic pcap */

static bool open_classic(lk_captured *captured, uint32_t magic, lk_captured_item *item)
{
    if (!demand(captured, 0, CLASSIC_REST, "its header", item))
        return false;
    lk_reader reader = lk_reader_over(captured->memory, CLASSIC_REST);
    (void)lk_reader_bytes(&reader, CLASSIC_REST - 4);
    captured->interfaces[0] = (lk_captured_interface){.link = (uint16_t)(number32(captured, &reader) & 0xffff),
                                                      .per_second = magic == CLASSIC_NANO ? BILLION : MILLION};
    captured->interface_count = 1;
    return true;
}

static lk_captured_item next_classic(lk_captured *captured)
{
    lk_captured_item item = {0};
    const lk_captured_interface *interface = &captured->interfaces[0];
    if (!begin(captured, CLASSIC_PACKET, "the header of a packet", &item))
        return item;
    lk_reader reader = lk_reader_over(captured->memory, CLASSIC_PACKET);
    double seconds = number32(captured, &reader);
    seconds += (double)number32(captured, &reader) / (double)interface->per_second;
    uint32_t length = number32(captured, &reader);
    if (length > LK_CAPTURED_BLOCK_MAX)
        return fault(captured, "a packet of %u bytes: this is no capture, or it is damaged", length);
    if (!demand(captured, 0, length, "a packet", &item))
        return item;
    return (lk_captured_item){.kind = LK_CAPTURED_PACKET,
                              .link = interface->link,
                              .seconds = seconds,
                              .bytes = lk_reader_over(captured->memory, length)};
}

/* pcapng */

/* if_tsresol: a power of ten, or with the highest bit of two. */
static uint64_t units_of(uint8_t resolution)
{
    uint64_t units = 1;
    unsigned power = resolution & 0x7f;
    if (resolution & 0x80)
        return power < 64 ? (uint64_t)1 << power : 1;
    while (power-- > 0 && units < UINT64_MAX / 10)
        units *= 10;
    return units;
}

static void take_interface(lk_captured *captured, lk_reader body)
{
    lk_captured_interface interface = {.link = number16(captured, &body), .per_second = MILLION};
    (void)number16(captured, &body);
    (void)number32(captured, &body);
    while (body.left >= 4) {
        uint16_t option = number16(captured, &body), length = number16(captured, &body);
        lk_reader value = lk_reader_over(body.next, length);
        if (option == OPTION_END || !lk_reader_bytes(&body, (size_t)length + (4 - length % 4) % 4))
            break;
        if (option == OPTION_RESOLUTION && length == 1)
            interface.per_second = units_of(lk_reader_u8(&value));
    }
    if (captured->interface_count < LK_CAPTURED_INTERFACES_MAX)
        captured->interfaces[captured->interface_count] = interface;
    captured->interface_count++;
}

static bool take_packet(lk_captured *captured, lk_reader body, lk_captured_item *item)
{
    uint32_t number = number32(captured, &body);
    uint64_t high = number32(captured, &body), time = high << 32 | number32(captured, &body);
    uint32_t length = number32(captured, &body);
    (void)number32(captured, &body);
    const uint8_t *bytes = lk_reader_bytes(&body, length);
    if (!bytes || number >= captured->interface_count || number >= LK_CAPTURED_INTERFACES_MAX)
        return false;
    const lk_captured_interface *interface = &captured->interfaces[number];
    *item = (lk_captured_item){.kind = LK_CAPTURED_PACKET,
                               .link = interface->link,
                               .seconds = (double)time / (double)interface->per_second,
                               .bytes = lk_reader_over(bytes, length)};
    return true;
}

/* A packet without a time, of the first interface. */
static bool take_simple_packet(lk_captured *captured, lk_reader body, lk_captured_item *item)
{
    uint32_t original = number32(captured, &body);
    size_t length = original < body.left ? original : body.left;
    if (body.failed || captured->interface_count == 0)
        return false;
    *item = (lk_captured_item){
        .kind = LK_CAPTURED_PACKET, .link = captured->interfaces[0].link, .bytes = lk_reader_over(body.next, length)};
    return true;
}

static bool take_secrets(lk_captured *captured, lk_reader body, lk_captured_item *item)
{
    uint32_t type = number32(captured, &body), length = number32(captured, &body);
    const uint8_t *bytes = lk_reader_bytes(&body, length);
    *item = (lk_captured_item){.kind = LK_CAPTURED_SECRETS, .bytes = lk_reader_over(bytes, bytes ? length : 0)};
    return bytes && type == SECRETS_TLS_KEY_LOG;
}

/* The block at hand, header and all, whose length is not known before the order of its bytes is: a new section. */
static bool begin_section(lk_captured *captured, lk_captured_item *item)
{
    if (!demand(captured, HEAD_LENGTH, 4, "the header of a section", item))
        return false;
    lk_reader mark = lk_reader_over(captured->memory + HEAD_LENGTH, 4);
    lk_reader again = mark;
    captured->little = lk_reader_u32_little(&mark) == BYTE_ORDER_MARK;
    captured->interface_count = 0;
    if (captured->little || lk_reader_u32(&again) == BYTE_ORDER_MARK)
        return true;
    *item = fault(captured, "the header of a section has no byte-order mark");
    return false;
}

static lk_captured_item next_newer(lk_captured *captured)
{
    lk_captured_item item = {0};
    for (bool first = !captured->begun;; first = false) {
        /* of the first block the type has been read already */
        if (!first && !begin(captured, HEAD_LENGTH, "the header of a block", &item))
            return item;
        if (first && !demand(captured, MAGIC_LENGTH, HEAD_LENGTH - MAGIC_LENGTH, "its header", &item))
            return item;
        captured->begun = true;
        lk_reader head = lk_reader_over(captured->memory, HEAD_LENGTH);
        uint32_t type = number32(captured, &head);
        size_t got = HEAD_LENGTH;
        if (type == BLOCK_SECTION) {
            if (!begin_section(captured, &item))
                return item;
            got += 4;
        }
        head = lk_reader_over(captured->memory + MAGIC_LENGTH, 4);
        uint32_t total = number32(captured, &head);
        if (total < (type == BLOCK_SECTION ? SECTION_LENGTH : OVERHEAD) || total % 4 != 0 ||
            total > LK_CAPTURED_BLOCK_MAX)
            return fault(captured, "a block of %u bytes: it is damaged", total);
        if (!demand(captured, got, total - got, "a block", &item))
            return item;
        lk_reader body = lk_reader_over(captured->memory + HEAD_LENGTH, total - OVERHEAD);
        if (type == BLOCK_INTERFACE)
            take_interface(captured, body);
        if ((type == BLOCK_PACKET && take_packet(captured, body, &item)) ||
            (type == BLOCK_SIMPLE_PACKET && take_simple_packet(captured, body, &item)) ||
            (type == BLOCK_SECRETS && take_secrets(captured, body, &item)))
            return item;
    }
}

/* The first four bytes tell what it is. False: *item says what is wrong. */
static bool open_any(lk_captured *captured, lk_captured_item *item)
{
    if (!demand(captured, 0, MAGIC_LENGTH, "its first four bytes", item))
        return false;
    lk_reader reader = lk_reader_over(captured->memory, MAGIC_LENGTH), again = reader;
    uint32_t big = lk_reader_u32(&reader), little = lk_reader_u32_little(&again);
    captured->newer = big == BLOCK_SECTION;
    if (captured->newer)
        return true;
    captured->little = little == CLASSIC_MICRO || little == CLASSIC_NANO;
    captured->begun = true;
    if (captured->little || big == CLASSIC_MICRO || big == CLASSIC_NANO)
        return open_classic(captured, captured->little ? little : big, item);
    *item = fault(captured, "this is no capture: neither pcapng nor pcap");
    return false;
}

lk_captured_item lk_captured_next(lk_captured *captured)
{
    lk_captured_item item = {.kind = captured->fault[0] ? LK_CAPTURED_FAULT : LK_CAPTURED_END};
    if (captured->ended || (!captured->begun && !open_any(captured, &item)))
        return item;
    return captured->newer ? next_newer(captured) : next_classic(captured);
}

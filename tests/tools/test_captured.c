/* SPDX-License-Identifier: Apache-2.0 */
/* Captures of both forms and both orders of bytes are read; what is damaged or none is said to be so. */
#include "tools/captured.h"
#include "tools/pcapng.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 4096 };

/* A file in memory, in one order of bytes or the other. */
typedef struct file {
    uint8_t bytes[FILE_MAX];
    size_t length, read;
    bool big, in_pieces;
} file;

static void put(file *to, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to->bytes[to->length++] = (uint8_t)(number >> 8 * (to->big ? size - 1 - i : i));
}

static void put_bytes(file *to, const void *bytes, size_t length)
{
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static void put_block(file *to, uint32_t type, const file *body)
{
    size_t filled = (body->length + 3) / 4 * 4;
    put(to, type, 4);
    put(to, 12 + filled, 4);
    put_bytes(to, body->bytes, body->length);
    while (to->length % 4 != 0)
        put(to, 0, 1);
    put(to, 12 + filled, 4);
}

static void put_section(file *to)
{
    file body = {.big = to->big};
    put(&body, 0x1a2b3c4d, 4);
    put(&body, 1, 2);
    put(&body, 0, 2);
    put(&body, UINT64_MAX, 8);
    put_block(to, 0x0a0d0d0a, &body);
}

static void put_interface(file *to, uint16_t link, int resolution)
{
    file body = {.big = to->big};
    put(&body, link, 2);
    put(&body, 0, 2);
    put(&body, 0, 4);
    if (resolution >= 0) {
        put(&body, 9, 2);
        put(&body, 1, 2);
        put(&body, (uint64_t)resolution, 1);
        put(&body, 0, 3);
        put(&body, 0, 4);
    }
    put_block(to, 1, &body);
}

static void put_packet(file *to, uint32_t interface, uint64_t time, const char *bytes)
{
    file body = {.big = to->big};
    put(&body, interface, 4);
    put(&body, time >> 32, 4);
    put(&body, time & UINT32_MAX, 4);
    put(&body, strlen(bytes), 4);
    put(&body, strlen(bytes), 4);
    put_bytes(&body, bytes, strlen(bytes));
    put_block(to, 6, &body);
}

static long read_file(void *context, uint8_t *bytes, size_t capacity)
{
    file *from = context;
    size_t step = from->length - from->read;
    step = step < capacity ? step : capacity;
    if (from->in_pieces && step > 3)
        step = 3;
    memcpy(bytes, from->bytes + from->read, step);
    from->read += step;
    return (long)step;
}

static void assert_packet(lk_captured *captured, uint16_t link, double seconds, const char *bytes)
{
    lk_captured_item item = lk_captured_next(captured);
    cr_assert_eq(item.kind, LK_CAPTURED_PACKET, "%s", captured->fault);
    cr_assert_eq(item.link, link);
    cr_assert_float_eq(item.seconds, seconds, 1e-6);
    cr_assert_eq(item.bytes.left, strlen(bytes));
    cr_assert_arr_eq(item.bytes.next, bytes, item.bytes.left);
}

static void assert_ends(lk_captured *captured)
{
    cr_assert_eq(lk_captured_next(captured).kind, LK_CAPTURED_END, "%s", captured->fault);
    cr_assert_eq(lk_captured_next(captured).kind, LK_CAPTURED_END);
    lk_captured_close(captured);
}

static void assert_fault(file *from, const char *part)
{
    lk_captured captured;
    lk_captured_item item;
    lk_captured_open(&captured, read_file, from);
    do
        item = lk_captured_next(&captured);
    while (item.kind == LK_CAPTURED_PACKET || item.kind == LK_CAPTURED_SECRETS);
    cr_assert_eq(item.kind, LK_CAPTURED_FAULT);
    cr_assert_not_null(strstr(captured.fault, part), "'%s' is not in '%s'", part, captured.fault);
    cr_assert_eq(lk_captured_next(&captured).kind, LK_CAPTURED_FAULT, "a fault is no end");
    lk_captured_close(&captured);
}

Test(captured, pcapng_of_either_order_of_bytes_in_whatever_pieces)
{
    for (int form = 0; form < 4; form++) {
        file from = {.big = form & 1, .in_pieces = form & 2};
        lk_captured captured;
        put_section(&from);
        put_interface(&from, 101, -1);
        put_interface(&from, 1, 9);      /* nanoseconds */
        put_interface(&from, 113, 0x8a); /* 2^-10 s */
        put_packet(&from, 0, 1500000, "first");
        put_packet(&from, 1, 5000000000, "second packet");
        put_packet(&from, 2, 3072, "");
        lk_captured_open(&captured, read_file, &from);
        assert_packet(&captured, 101, 1.5, "first");
        assert_packet(&captured, 1, 5, "second packet");
        assert_packet(&captured, 113, 3, "");
        assert_ends(&captured);
    }
}

Test(captured, secrets_come_up_and_blocks_of_other_kinds_do_not)
{
    file from = {0}, secrets = {0}, others = {0}, note = {0};
    lk_captured captured;
    put(&secrets, 0x544c534b, 4);
    put(&secrets, 5, 4);
    put_bytes(&secrets, "a key", 5);
    put(&others, 0x57474b4c, 4); /* of WireGuard */
    put(&others, 1, 4);
    put_bytes(&others, "x", 1);
    put_bytes(&note, "whatever", 8);
    put_section(&from);
    put_block(&from, 10, &others);
    put_block(&from, 0x0bad, &note);
    put_block(&from, 10, &secrets);
    lk_captured_open(&captured, read_file, &from);
    lk_captured_item item = lk_captured_next(&captured);
    cr_assert_eq(item.kind, LK_CAPTURED_SECRETS);
    cr_assert_eq(item.bytes.left, 5);
    cr_assert_arr_eq(item.bytes.next, "a key", 5);
    assert_ends(&captured);
}

Test(captured, a_new_section_has_an_order_of_bytes_and_interfaces_of_its_own)
{
    file from = {0};
    lk_captured captured;
    put_section(&from);
    put_interface(&from, 1, -1);
    put_packet(&from, 0, 0, "one");
    from.big = true;
    put_section(&from);
    put_interface(&from, 101, -1);
    put_packet(&from, 0, 0, "two");
    lk_captured_open(&captured, read_file, &from);
    assert_packet(&captured, 1, 0, "one");
    assert_packet(&captured, 101, 0, "two");
    assert_ends(&captured);
}

static void put_classic(file *to, uint32_t magic, uint32_t fraction, const char *bytes)
{
    if (to->length == 0) {
        put(to, magic, 4);
        put(to, 2, 2);
        put(to, 4, 2);
        put(to, 0, 8);
        put(to, 65535, 4);
        put(to, 1, 4);
    }
    put(to, 10, 4);
    put(to, fraction, 4);
    put(to, strlen(bytes), 4);
    put(to, 2000, 4); /* more than was captured */
    put_bytes(to, bytes, strlen(bytes));
}

Test(captured, classic_pcap_of_either_order_in_micro_and_nanoseconds)
{
    for (int form = 0; form < 4; form++) {
        file from = {.big = form & 1};
        lk_captured captured;
        uint32_t magic = form & 2 ? 0xa1b23c4d : 0xa1b2c3d4, half = form & 2 ? 500000000 : 500000;
        put_classic(&from, magic, half, "first");
        put_classic(&from, magic, 0, "second");
        lk_captured_open(&captured, read_file, &from);
        assert_packet(&captured, 1, 10.5, "first");
        assert_packet(&captured, 1, 10, "second");
        assert_ends(&captured);
    }
}

Test(captured, what_is_no_capture_is_called_so)
{
    file from = {0};
    put_bytes(&from, "#!/bin/sh\n", 10);
    assert_fault(&from, "this is no capture");
    from = (file){0};
    assert_fault(&from, "cut short");
}

Test(captured, a_capture_cut_anywhere_is_cut_short_and_nothing_worse)
{
    file whole = {0}, classic = {0};
    put_section(&whole);
    put_interface(&whole, 101, 6);
    put_packet(&whole, 0, 0, "packet");
    for (size_t cut = 1; cut < whole.length; cut++) {
        file from = whole;
        from.length = cut;
        if (cut != 28 && cut != 28 + 32) /* between blocks it is just a shorter one */
            assert_fault(&from, "cut short");
    }
    put_classic(&classic, 0xa1b2c3d4, 0, "packet");
    for (size_t cut = 1; cut < classic.length; cut++) {
        file from = classic;
        from.length = cut;
        if (cut != 24)
            assert_fault(&from, "cut short");
    }
}

Test(captured, lengths_that_cannot_be_are_refused)
{
    static const uint32_t lengths[] = {0, 4, 11, 13, 0x7ffffffc, 0xffffffff};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        file from = {0};
        put_section(&from);
        put(&from, 6, 4);
        put(&from, lengths[i], 4);
        put(&from, 0, 8);
        assert_fault(&from, "damaged");
    }
    file section = {0};
    put(&section, 0x0a0d0d0a, 4);
    put(&section, 12, 4);
    put(&section, 0x1a2b3c4d, 4);
    assert_fault(&section, "damaged");
    file classic = {0};
    put_classic(&classic, 0xa1b2c3d4, 0, "");
    memset(classic.bytes + 24 + 8, 0xff, 4);
    assert_fault(&classic, "damaged");
}

Test(captured, packets_of_no_interface_or_longer_than_their_block_are_left_out)
{
    file from = {0}, body = {0};
    lk_captured captured;
    put_section(&from);
    put_interface(&from, 101, -1);
    put_packet(&from, 1, 0, "of nobody");
    put(&body, 0, 8);
    put(&body, 0, 4);
    put(&body, 100, 4);
    put(&body, 100, 4);
    put_bytes(&body, "short", 5);
    put_block(&from, 6, &body);
    put_packet(&from, 0, 0, "good");
    lk_captured_open(&captured, read_file, &from);
    assert_packet(&captured, 101, 0, "good");
    assert_ends(&captured);
}

static long read_stream(void *context, uint8_t *bytes, size_t capacity)
{
    return (long)fread(bytes, 1, capacity, context);
}

Test(captured, our_own_captures_are_read)
{
    FILE *stream = tmpfile();
    lk_captured captured;
    cr_assert_eq(lk_pcapng_begin(stream), 0);
    cr_assert_eq(lk_pcapng_secret(stream, "CLIENT_RANDOM 00 11"), 0);
    cr_assert_eq(lk_pcapng_packet(stream, 2500000, (const uint8_t *)"packet", 6), 0);
    rewind(stream);
    lk_captured_open(&captured, read_stream, stream);
    lk_captured_item item = lk_captured_next(&captured);
    cr_assert_eq(item.kind, LK_CAPTURED_SECRETS);
    cr_assert_arr_eq(item.bytes.next, "CLIENT_RANDOM 00 11\n", 20);
    assert_packet(&captured, 101, 2.5, "packet");
    assert_ends(&captured);
    (void)fclose(stream);
}

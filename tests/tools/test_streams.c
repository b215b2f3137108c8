/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the way of the segments, the transaction that is shown is the same; what is missing is said to be. */
#include "tests/tools/segments.h"
#include "tools/streams.h"
#include "watch/overheard.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET = 20000, PART_MAX = 700, PARTS_MAX = 256, START = 0xffffff00 /* goes round soon */ };

/* A conversation in parts, each of which is a segment. */
typedef struct packet_part {
    bool back;
    uint32_t sequence;
    unsigned flags;
    const uint8_t *bytes;
    size_t length;
} packet_part;

typedef struct recording {
    loopback *pair;
    overheard *heard;
    packet_part parts[PARTS_MAX];
    size_t count;
    lk_watch_keys *keys;
    lk_trace trace;
    lk_streams streams;
    char *text;
    size_t text_length;
    FILE *stream;
} recording;

static void add(recording *of, bool back, uint32_t *sequence, unsigned flags, const uint8_t *bytes, size_t length)
{
    cr_assert_lt(of->count, PARTS_MAX);
    of->parts[of->count++] =
        (packet_part){.back = back, .sequence = *sequence, .flags = flags, .bytes = bytes, .length = length};
    *sequence += (uint32_t)length + (flags & (SEGMENT_SYN | SEGMENT_FIN) ? 1 : 0);
}

static void cut_into_parts(recording *of)
{
    uint32_t sequences[2] = {START, 5};
    const uint8_t *next = of->heard->bytes;
    add(of, false, &sequences[0], SEGMENT_SYN, NULL, 0);
    add(of, true, &sequences[1], SEGMENT_SYN | SEGMENT_ACKNOWLEDGE, NULL, 0);
    for (size_t i = 0; i < of->heard->count; i++) {
        bool back = of->heard->pieces[i].sender == LK_SERVER;
        for (size_t left = of->heard->pieces[i].length; left > 0;) {
            size_t step = left < PART_MAX ? left : PART_MAX;
            add(of, back, &sequences[back], SEGMENT_ACKNOWLEDGE, next, step);
            next += step;
            left -= step;
        }
    }
    add(of, false, &sequences[0], SEGMENT_FIN | SEGMENT_ACKNOWLEDGE, NULL, 0);
    add(of, true, &sequences[1], SEGMENT_FIN | SEGMENT_ACKNOWLEDGE, NULL, 0);
}

static void begin(recording *of)
{
    of->stream = open_memstream(&of->text, &of->text_length);
    cr_assert_not_null(of->stream);
    lk_trace_begin_captured(&of->trace, of->stream);
    lk_streams_open(&of->streams, of->keys, &of->trace);
}

static char *end(recording *of)
{
    lk_streams_close(&of->streams);
    (void)fclose(of->stream);
    return of->text;
}

static recording *open_recording(void)
{
    static uint8_t data[5000];
    recording *made = calloc(1, sizeof *made);
    cr_assert_not_null(made);
    made->pair = loopback_new("EC");
    made->heard = overheard_new(made->pair);
    loopback_establish(made->pair);
    loopback_transfer(made->pair, LK_CLIENT, data, sizeof data);
    loopback_transfer(made->pair, LK_SERVER, data, sizeof data);
    cr_assert_eq(lk_watch_keys_new(&made->keys), LK_OK);
    const char *log = made->pair->side[LK_CLIENT].key_log;
    cr_assert_eq(lk_watch_keys_add(made->keys, log, strlen(log)), LK_OK);
    cut_into_parts(made);
    begin(made);
    return made;
}

static void close_recording(recording *of)
{
    lk_watch_keys_free(of->keys);
    overheard_free(of->heard);
    loopback_free(of->pair);
    free(of->text);
    free(of);
}

static void give_bytes(recording *of, const packet_part *part, size_t captured)
{
    uint8_t packet[PACKET];
    lk_segment segment;
    size_t length = segment_write(packet, part->back, part->sequence, part->flags, part->bytes, part->length);
    cr_assert_eq(lk_packet_parse(101, lk_reader_over(packet, length - part->length + captured), &segment),
                 LK_PACKET_SEGMENT);
    cr_assert_eq(lk_streams_take(&of->streams, &segment), LK_OK);
}

static void give(recording *of, const packet_part *part)
{
    give_bytes(of, part, part->length);
}

/* What the parts show in the order in which they went. */
static char *in_order(void)
{
    static char *text;
    recording *made = open_recording();
    for (size_t i = 0; i < made->count; i++)
        give(made, &made->parts[i]);
    text = strdup(end(made));
    close_recording(made);
    return text;
}

static unsigned count(const char *text, const char *part)
{
    unsigned found = 0;
    for (const char *next = text; (next = strstr(next, part)); next++)
        found++;
    return found;
}

static void assert_whole(const char *text)
{
    cr_assert_eq(count(text, "=== connection 1: client 10.0.0.1 port 51200, server 10.0.0.2 port 443"), 1, "%s", text);
    cr_assert_eq(count(text, "  finished "), 2, "%s", text);
    cr_assert_eq(count(text, " 5000 "), 2, "%s", text);
    cr_assert_eq(count(text, "????"), 0, "%s", text);
    cr_assert_eq(count(text, "=== connection 1 ends"), 1, "%s", text);
    cr_assert_eq(count(text, "=== connection"), 2, "%s", text);
}

Test(streams, a_conversation_in_order_is_shown_whole)
{
    char *text = in_order();
    assert_whole(text);
    free(text);
}

Test(streams, repeated_segments_are_shown_once)
{
    recording *made = open_recording();
    for (size_t i = 0; i < made->count; i++) {
        give(made, &made->parts[i]);
        give(made, &made->parts[i]);
        if (i > 4)
            give(made, &made->parts[i - 4]);
    }
    assert_whole(end(made));
    close_recording(made);
}

/* Segments of one side that follow each other change places; those of both sides keep theirs. */
Test(streams, segments_out_of_order_are_put_in_order)
{
    recording *made = open_recording();
    for (size_t i = 0; i < made->count;) {
        size_t run = 1;
        while (i + run < made->count && made->parts[i + run].back == made->parts[i].back)
            run++;
        for (size_t k = run; k > 0; k--)
            give(made, &made->parts[i + k - 1]);
        i += run;
    }
    assert_whole(end(made));
    close_recording(made);
}

Test(streams, segments_that_overlap_are_shown_once)
{
    recording *made = open_recording();
    for (size_t i = 0; i < made->count; i++) {
        packet_part wider = made->parts[i];
        bool follows = i > 0 && made->parts[i - 1].back == wider.back && made->parts[i - 1].length > 10;
        if (follows && wider.length > 0) { /* begins within the one before */
            wider.sequence -= 10;
            wider.bytes -= 10;
            wider.length += 10;
        }
        give(made, &wider);
    }
    assert_whole(end(made));
    close_recording(made);
}

Test(streams, a_segment_that_never_came_is_missed_and_ends_the_side)
{
    recording *made = open_recording();
    size_t lost = made->count - 4; /* of the server's data */
    cr_assert(made->parts[lost].back && made->parts[lost].length > 0);
    for (size_t i = 0; i < made->count; i++)
        if (i != lost)
            give(made, &made->parts[i]);
    char *text = end(made);
    cr_assert_eq(count(text, "bytes of this side are missing in the capture"), 1, "%s", text);
    cr_assert_eq(count(text, " 5000 "), 1, "%s", text);
    close_recording(made);
}

Test(streams, a_packet_that_was_cut_as_it_was_captured_is_missed_too)
{
    recording *made = open_recording();
    for (size_t i = 0; i < made->count; i++)
        give_bytes(made, &made->parts[i], made->parts[i].length > 100 ? 100 : made->parts[i].length);
    char *text = end(made);
    cr_assert_eq(count(text, "bytes of this side are missing in the capture"), 2, "%s", text);
    cr_assert_eq(count(text, "finished"), 0);
    close_recording(made);
}

Test(streams, a_reset_and_the_end_of_the_capture_are_told)
{
    recording *made = open_recording();
    for (size_t i = 0; i < made->count - 2; i++)
        give(made, &made->parts[i]);
    char *text = end(made);
    cr_assert_eq(count(text, "=== connection 1 was open at the end of the capture"), 1, "%s", text);
    close_recording(made);
    made = open_recording();
    for (size_t i = 0; i < made->count - 2; i++)
        give(made, &made->parts[i]);
    made->parts[made->count - 1].flags = SEGMENT_RESET;
    give(made, &made->parts[made->count - 1]);
    text = end(made);
    cr_assert_eq(count(text, "=== connection 1 is reset by the server"), 1, "%s", text);
    close_recording(made);
}

Test(streams, the_same_ends_may_have_another_connection)
{
    recording *made = open_recording();
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < made->count; i++)
            give(made, &made->parts[i]);
    char *text = end(made);
    cr_assert_eq(count(text, "=== connection 1 ends"), 1, "%s", text);
    cr_assert_eq(count(text, "=== connection 2 ends"), 1, "%s", text);
    cr_assert_eq(count(text, "  finished "), 4);
    close_recording(made);
}

Test(streams, what_is_not_tls_and_what_had_begun_before_is_passed_over)
{
    recording *made = open_recording();
    give(made, &(packet_part){.flags = SEGMENT_SYN, .sequence = 1});
    give(made,
         &(packet_part){.flags = SEGMENT_ACKNOWLEDGE, .sequence = 2, .bytes = (const uint8_t *)"GET / ", .length = 6});
    give(made, &(packet_part){
                   .flags = SEGMENT_ACKNOWLEDGE, .sequence = 8, .bytes = (const uint8_t *)"\x16\3\3", .length = 3});
    cr_assert_eq(made->streams.passed_over, 1);
    cr_assert_eq(made->streams.shown, 0);
    cr_assert_str_eq(end(made), "");
    close_recording(made);
}

/* Without the handshake of TCP the ClientHello says who is the client. */
Test(streams, a_capture_may_begin_with_the_client_hello)
{
    recording *made = open_recording();
    for (size_t i = 2; i < made->count; i++)
        give(made, &made->parts[i]);
    assert_whole(end(made));
    close_recording(made);
}

Test(streams, no_more_waits_than_there_is_room_for)
{
    static uint8_t data[16000];
    recording *made = open_recording();
    give(made, &(packet_part){.flags = SEGMENT_SYN, .sequence = 1});
    give(made, &(packet_part){.sequence = 2, .bytes = (const uint8_t *)"\x16\3\1\0\x10", .length = 5});
    for (uint32_t i = 0; i < 300; i++)
        give(made, &(packet_part){.sequence = 100 + i * sizeof data, .bytes = data, .length = sizeof data});
    char *text = end(made);
    cr_assert_eq(count(text, "93 bytes of this side are missing"), 1, "%s", text);
    close_recording(made);
}

/* Half of all sequence numbers away: neither before nor behind. */
Test(streams, a_segment_from_the_other_side_of_the_circle_does_no_harm)
{
    recording *made = open_recording();
    give(made, &(packet_part){.flags = SEGMENT_SYN, .sequence = 1});
    give(made, &(packet_part){.sequence = 2 + 0x80000000u, .bytes = (const uint8_t *)"\x16\3\1\0\x10", .length = 5});
    give(made, &(packet_part){.sequence = 2, .bytes = (const uint8_t *)"\x16\3\1\0\x10", .length = 5});
    char *text = end(made);
    cr_assert_eq(count(text, "ends within a record, after 5 bytes"), 1, "%s", text);
    close_recording(made);
}

Test(streams, many_connections_do_not_fill_the_memory)
{
    recording *made = open_recording();
    uint8_t packet[PACKET];
    lk_segment segment;
    for (unsigned i = 0; i < 3 * LK_STREAMS_MAX; i++) {
        size_t length = segment_write(packet, false, 1, SEGMENT_SYN, NULL, 0);
        cr_assert_eq(lk_packet_parse(101, lk_reader_over(packet, length), &segment), LK_PACKET_SEGMENT);
        segment.source.port = (uint16_t)i;
        cr_assert_eq(lk_streams_take(&made->streams, &segment), LK_OK);
        cr_assert_leq(made->streams.count, LK_STREAMS_MAX);
    }
    cr_assert_str_eq(end(made), "");
    close_recording(made);
}

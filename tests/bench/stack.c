/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole connections of TLS 1.3 against libssl, over memory, in the same process and on the same libcrypto: the time
 * that each side of a handshake takes, of a write and of a read, and the memory of an idle connection. Timed in pairs,
 * one stack after the other, so that a change of the clock or of the machine's load meets both.
 */
#include "bench/stack.h"
#include "bench/report.h"
#include "bench/stack_files.h"

#include <openssl/crypto.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PAIRS = 301,
    PAIRS_QUICK = 51,
    HANDSHAKES = 3, /* in one timing */
    SIZES = 5,
    SLICE_BYTES = 1 << 17, /* of plaintext in one timing, and no fewer records than: */
    SLICE_RECORDS = 16,
    WIRE_MAX = 1 << 20,
    IDLE = 256, /* connections whose memory is looked at */
    TEXT_MAX = 96
};

static const int sizes[SIZES] = {64, 256, 1024, 4096, 16384};
static const lk_stack *const stacks[] = {&lk_stack_ours, &lk_stack_libssl};
enum { STACKS = sizeof stacks / sizeof stacks[0] };

/* A client and a server of the same stack, and what each took of the processor (s) and of the memory (bytes). */
typedef struct couple {
    const lk_stack *stack;
    lk_stack_side *side[2];
    double seconds[2];
    long long bytes[2];
} couple;

static uint8_t wire[WIRE_MAX], plaintext[16384], opened[16384];

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static long long memory(void)
{
    struct mallinfo2 info = mallinfo2();
    return (long long)info.uordblks + (long long)info.hblkhd;
}

/* One step of one side's handshake, with what came for it, timed or weighed. */
static bool step(couple *both, int role, size_t length, bool weighed, bool *done)
{
    double start = seconds();
    long long before = weighed ? memory() : 0;
    if (!both->side[role])
        both->side[role] = both->stack->begin((lk_stack_role)role);
    if (!both->side[role])
        return false;
    both->stack->input(both->side[role], wire, length);
    bool good = both->stack->handshake(both->side[role], done);
    both->seconds[role] += seconds() - start;
    both->bytes[role] += weighed ? memory() - before : 0;
    return good;
}

static bool shake_hands(couple *both, bool weighed)
{
    bool done[2] = {false, false};
    for (int round = 0; round < 10 && !(done[0] && done[1]); round++)
        for (int role = 0; role < 2; role++) {
            lk_stack_side *peer = both->side[!role];
            size_t length = peer ? both->stack->output(peer, wire) : 0;
            if (!step(both, role, length, weighed, &done[role]))
                return false;
        }
    return done[0] && done[1];
}

/* What the server has sent behind its handshake: a ticket. */
static void take_rest(couple *both)
{
    both->stack->input(both->side[LK_STACK_CLIENT], wire, both->stack->output(both->side[LK_STACK_SERVER], wire));
    (void)both->stack->read(both->side[LK_STACK_CLIENT], opened, sizeof opened);
}

static void part(couple *both)
{
    for (int role = 0; role < 2 && both->stack; role++) {
        double start = seconds();
        both->stack->end(both->side[role]);
        both->seconds[role] += seconds() - start;
        both->side[role] = NULL;
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

/* Handshakes */

static bool set_up_all(const lk_stack_form *form)
{
    bool good = true;
    for (int i = 0; i < STACKS; i++) {
        couple first = {.stack = stacks[i]};
        good = good && stacks[i]->set_up(form) && shake_hands(&first, false);
        if (good)
            take_rest(&first); /* the session that the others go on with */
        part(&first);
    }
    return good;
}

static void tear_down_all(void)
{
    for (int i = 0; i < STACKS; i++)
        stacks[i]->tear_down();
}

static bool time_handshakes(const lk_stack *stack, double took[2])
{
    couple both = {.stack = stack};
    for (int i = 0; i < HANDSHAKES; i++) {
        if (!shake_hands(&both, false))
            return false;
        part(&both);
    }
    for (int role = 0; role < 2; role++)
        took[role] = both.seconds[role] / HANDSHAKES;
    return true;
}

static bool measure_handshakes(lk_report *to, const char *name, const lk_stack_form *form, int pairs)
{
    static const char *const roles[] = {"client", "server"};
    static double times[STACKS][2][PAIRS];
    char text[TEXT_MAX];
    bool good = set_up_all(form);
    for (int pair = 0; pair < pairs && good; pair++)
        for (int i = 0; i < STACKS && good; i++) {
            double took[2];
            good = time_handshakes(stacks[i], took);
            for (int role = 0; role < 2 && good; role++)
                times[i][role][pair] = took[role];
        }
    for (int role = 0; role < 2 && good; role++) {
        double ours = median(times[0][role], pairs), theirs = median(times[1][role], pairs);
        snprintf(text, sizeof text, "handshake.%s.%s.per_s", roles[role], name);
        lk_report_add(to, text, 1 / ours, "1/s", "of one side, on one core, with its connection's beginning and end");
        snprintf(text, sizeof text, "handshake.%s.%s.libssl_per_s", roles[role], name);
        lk_report_add(to, text, 1 / theirs, "1/s", "the same of libssl");
        snprintf(text, sizeof text, "handshake.%s.%s.ratio_to_libssl", roles[role], name);
        lk_report_add(to, text, theirs / ours, "ratio", "medians of interleaved pairs, same process");
    }
    tear_down_all();
    return good;
}

/* Records */

/* Seals a slice at the client; its bytes are dropped, or collected. */
static bool write_slice(couple *both, int size, int records, size_t *collected)
{
    for (int i = 0; i < records; i++) {
        if (!both->stack->write(both->side[LK_STACK_CLIENT], plaintext, (size_t)size))
            return false;
        size_t length = both->stack->output(both->side[LK_STACK_CLIENT], collected ? wire + *collected : NULL);
        if (collected)
            *collected += length;
    }
    return true;
}

static bool time_slice(couple *writer, couple *reader, int size, int records, double took[2])
{
    double start = seconds();
    bool good = write_slice(writer, size, records, NULL);
    took[0] = (seconds() - start) / records;
    size_t length = 0;
    good = good && write_slice(reader, size, records, &length);
    start = seconds();
    reader->stack->input(reader->side[LK_STACK_SERVER], wire, length);
    size_t got = good ? reader->stack->read(reader->side[LK_STACK_SERVER], opened, sizeof opened) : 0;
    took[1] = (seconds() - start) / records;
    return good && got == (size_t)size * (size_t)records;
}

static void report_records(lk_report *to, const char *cipher, int size, double times[STACKS][2][PAIRS], int pairs)
{
    static const char *const ways[] = {"seal", "open"};
    char text[TEXT_MAX];
    for (int way = 0; way < 2; way++) {
        double ours = median(times[0][way], pairs), theirs = median(times[1][way], pairs);
        snprintf(text, sizeof text, "stack.%s.%s.%d.mb_per_s", ways[way], cipher, size);
        lk_report_add(to, text, size / ours * 1e-6, "MB/s", "plaintext through a connection, a second of one core");
        snprintf(text, sizeof text, "stack.%s.%s.%d.libssl_mb_per_s", ways[way], cipher, size);
        lk_report_add(to, text, size / theirs * 1e-6, "MB/s", "the same of libssl, reading ahead");
        snprintf(text, sizeof text, "stack.%s.%s.%d.ratio_to_libssl", ways[way], cipher, size);
        lk_report_add(to, text, theirs / ours, "ratio", "medians of interleaved pairs, same process");
    }
}

static bool measure_size(lk_report *to, const char *cipher, couple writers[STACKS], couple readers[STACKS], int size,
                         int pairs)
{
    static double times[STACKS][2][PAIRS];
    int records = SLICE_BYTES / size > SLICE_RECORDS ? SLICE_BYTES / size : SLICE_RECORDS;
    for (int pair = 0; pair < pairs; pair++)
        for (int i = 0; i < STACKS; i++) {
            double took[2];
            if (!time_slice(&writers[i], &readers[i], size, records, took))
                return false;
            times[i][0][pair] = took[0];
            times[i][1][pair] = took[1];
        }
    report_records(to, cipher, size, times, pairs);
    return true;
}

static bool measure_records(lk_report *to, const char *cipher, const lk_stack_form *form, int pairs)
{
    couple writers[STACKS] = {{0}}, readers[STACKS] = {{0}};
    bool good = set_up_all(form);
    for (int i = 0; i < STACKS && good; i++) {
        writers[i].stack = readers[i].stack = stacks[i];
        good = shake_hands(&writers[i], false) && shake_hands(&readers[i], false);
        if (good)
            take_rest(&readers[i]);
    }
    for (int size = 0; size < SIZES && good; size++)
        good = measure_size(to, cipher, writers, readers, sizes[size], pairs);
    for (int i = 0; i < STACKS; i++) {
        part(&writers[i]);
        part(&readers[i]);
    }
    tear_down_all();
    return good;
}

/* Memory */

static void report_memory(lk_report *to, const lk_stack *stack, const long long idle[2], const long long resting[2])
{
    static const char *const roles[] = {"client", "server"};
    char text[TEXT_MAX];
    for (int role = 0; role < 2; role++) {
        snprintf(text, sizeof text, "memory.idle_%s.%s.bytes", roles[role], stack->name);
        lk_report_add(to, text, (double)idle[role] / IDLE, "bytes",
                      "on the heap behind the handshake; mean of 256 connections");
        snprintf(text, sizeof text, "memory.resting_%s.%s.bytes", roles[role], stack->name);
        lk_report_add(to, text, (double)resting[role] / IDLE, "bytes",
                      "the same, its buffers given back (lk_connection_release_buffers, SSL_free_buffers)");
    }
}

static bool weigh(lk_report *to, const lk_stack *stack)
{
    static couple all[IDLE];
    long long idle[2] = {0, 0}, resting[2];
    bool good = true;
    for (int i = 0; i < IDLE && good; i++) {
        all[i] = (couple){.stack = stack};
        good = shake_hands(&all[i], true);
        for (int role = 0; role < 2; role++)
            idle[role] += all[i].bytes[role];
        if (good)
            take_rest(&all[i]);
    }
    for (int role = 0; role < 2 && good; role++) {
        long long before = memory();
        for (int i = 0; i < IDLE; i++)
            stack->rest(all[i].side[role]);
        resting[role] = idle[role] + memory() - before;
    }
    if (good)
        report_memory(to, stack, idle, resting);
    for (int i = 0; i < IDLE; i++)
        part(&all[i]);
    return good;
}

static bool measure_memory(lk_report *to, const lk_stack_form *form)
{
    bool good = set_up_all(form);
    for (int i = 0; i < STACKS && good; i++)
        good = weigh(to, stacks[i]);
    tear_down_all();
    return good;
}

static bool measure_all(lk_report *to, const lk_stack_files *elliptic, const lk_stack_files *rsa, int pairs)
{
    static const char gcm[] = "TLS_AES_128_GCM_SHA256", chacha[] = "TLS_CHACHA20_POLY1305_SHA256";
    lk_stack_form form = {.suite = gcm, .certificate = elliptic->certificate, .key = elliptic->key};
    lk_stack_form by_rsa = {.suite = gcm, .certificate = rsa->certificate, .key = rsa->key}, resumed = form,
                  other = form;
    resumed.resumed = true;
    other.suite = chacha;
    return measure_memory(to, &form) && measure_handshakes(to, "full_ecdsa", &form, pairs) &&
           measure_handshakes(to, "full_rsa", &by_rsa, pairs) && measure_handshakes(to, "resumed", &resumed, pairs) &&
           measure_records(to, "aes128gcm", &form, pairs) && measure_records(to, "chacha20poly1305", &other, pairs);
}

int main(int argc, char **argv)
{
    lk_bench_options options;
    int status = EXIT_FAILURE;
    if (!lk_bench_options_parse(argc, argv, &options, &status))
        return status;
    char title[TEXT_MAX];
    snprintf(title, sizeof title, "Connections of TLS 1.3 against libssl, %s", OpenSSL_version(OPENSSL_VERSION_STRING));
    lk_stack_files elliptic, rsa;
    if (!lk_stack_files_make(&elliptic, false))
        return EXIT_FAILURE;
    lk_report *to = lk_report_new(title);
    bool good = lk_stack_files_make(&rsa, true);
    if (good) {
        good = to && measure_all(to, &elliptic, &rsa, options.quick ? PAIRS_QUICK : PAIRS);
        lk_stack_files_remove(&rsa);
    }
    lk_stack_files_remove(&elliptic);
    if (!good)
        fprintf(stderr, "stack: a connection failed\n");
    good = good && lk_report_finish(to, options.json);
    lk_report_free(to);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

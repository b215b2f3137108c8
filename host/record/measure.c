/* SPDX-License-Identifier: Apache-2.0 */
/* What a record costs in either engine, measured by making some. */
#include "record/placement.h"

#include "base/secret.h"

#include <openssl/rand.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BUDGET INT64_C(250000000) /* ns, for the preferred engine */

enum {
    BURST = 8, /* records at once: what a connection has in work */
    TRIALS = 3,
    PATIENCE = 5000, /* ms for one record: longer than any that works would take */
    MILLISECOND = 1000000
};

/* Directions, and room for a burst. */
typedef struct bench {
    lk_direction_parameters parameters;
    lk_direction *direction;
    uint64_t sequence;
    uint8_t *memory; /* one plaintext, BURST records */
    lk_operation operations[BURST];
    lk_operation *all[BURST];
} bench;

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static uint8_t *bench_record(bench *made, size_t index)
{
    return made->memory + LK_RECORD_PLAINTEXT_MAX + index * LK_RECORD_CBC_MAX;
}

static lk_error bench_open(bench *made, lk_engine *engine, uint16_t version, const lk_cipher *cipher)
{
    memset(made, 0, sizeof *made);
    made->parameters = (lk_direction_parameters){.kind = LK_SEAL, .version = version, .cipher = cipher};
    made->memory = calloc(1, LK_RECORD_PLAINTEXT_MAX + (size_t)BURST * LK_RECORD_CBC_MAX);
    if (!made->memory)
        return LK_ERROR_NO_MEMORY;
    if (RAND_bytes(made->parameters.key, LK_KEY_MAX) != 1 || RAND_bytes(made->parameters.mac_key, LK_MAC_KEY_MAX) != 1)
        return LK_ERROR_CRYPTO;
    return lk_engine_open(engine, &made->parameters, &made->direction);
}

static void bench_close(bench *made)
{
    lk_direction_close(made->direction); /* first: what is on its way points into the memory */
    free(made->memory);
    lk_secret_wipe(made, sizeof *made);
}

/* Has that many records made, and waits for them. */
static lk_error bench_run(bench *made, size_t length, size_t count)
{
    lk_engine *engine = made->direction->engine;
    int64_t end = clock_ns(CLOCK_MONOTONIC) + (int64_t)PATIENCE * MILLISECOND;
    size_t submitted = 0, done = 0;
    for (size_t i = 0; i < count; i++) {
        made->all[i] = &made->operations[i];
        made->operations[i] = (lk_operation){.input = made->memory,
                                             .input_length = length,
                                             .output = bench_record(made, i),
                                             .output_capacity = LK_RECORD_CBC_MAX,
                                             .sequence = made->sequence++,
                                             .content_type = 23 /* application data */};
    }
    while (done < count) {
        size_t accepted = 0;
        lk_error error = LK_OK;
        if (submitted < count)
            error = lk_direction_submit(made->direction, made->all + submitted, count - submitted, &accepted);
        submitted += accepted;
        if (error == LK_OK || error == LK_ERROR_ENGINE_BUSY)
            error = lk_engine_progress(engine, 1);
        for (; done < submitted && made->operations[done].state == LK_OPERATION_DONE; done++)
            if (made->operations[done].status != LK_OK)
                return made->operations[done].status;
        if (error != LK_OK)
            return error;
        if (clock_ns(CLOCK_MONOTONIC) > end)
            return LK_ERROR_TIMED_OUT;
    }
    return LK_OK;
}

static uint64_t least(uint64_t before, int64_t now)
{
    uint64_t measured = now > 0 ? (uint64_t)now : 1;
    return before == 0 || measured < before ? measured : before;
}

/* Records one by one; the shortest time that one took. */
static lk_error time_one(bench *made, size_t length, clockid_t clock, uint64_t *time)
{
    *time = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t began = clock_ns(clock);
        lk_error error = bench_run(made, length, 1);
        if (error != LK_OK)
            return error;
        *time = least(*time, clock_ns(clock) - began);
    }
    return LK_OK;
}

/* Records together: what each costs the processor, and how soon each follows the one before. */
static lk_error time_burst(bench *made, size_t length, uint64_t *processor, uint64_t *interval)
{
    *processor = *interval = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t began = clock_ns(CLOCK_MONOTONIC), busy = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        lk_error error = bench_run(made, length, BURST);
        if (error != LK_OK)
            return error;
        *processor = least(*processor, (clock_ns(CLOCK_THREAD_CPUTIME_ID) - busy) / BURST);
        *interval = least(*interval, (clock_ns(CLOCK_MONOTONIC) - began) / BURST);
    }
    return LK_OK;
}

/* What there was no time for costs by its length what the one before it did. */
static void reckon(uint64_t *costs, size_t i)
{
    costs[i] = i > 0 ? costs[i - 1] * lk_costs_lengths[i] / lk_costs_lengths[i - 1] : 0;
}

static lk_error measure_preferred(bench *made, lk_costs *costs)
{
    int64_t began = clock_ns(CLOCK_MONOTONIC);
    for (size_t i = 0; i < LK_PLACEMENT_LENGTHS; i++) {
        /* What the next length will take at most, should all of its time go by its length. */
        int64_t took = clock_ns(CLOCK_MONOTONIC) - began;
        bool late = i > 0 && took + took * (int64_t)(lk_costs_lengths[i] / lk_costs_lengths[i - 1]) > BUDGET;
        if (late) {
            reckon(costs->wait, i);
            reckon(costs->processor, i);
            reckon(costs->interval, i);
            continue;
        }
        lk_error error = time_one(made, lk_costs_lengths[i], CLOCK_MONOTONIC, &costs->wait[i]);
        if (error == LK_OK)
            error = time_burst(made, lk_costs_lengths[i], &costs->processor[i], &costs->interval[i]);
        if (error != LK_OK)
            return error;
    }
    return LK_OK;
}

/* The highest version from TLS 1.1 on that both have the cipher in; 0: there is none. */
static uint16_t common_version(const lk_engine *preferred, const lk_engine *software, const lk_cipher *cipher)
{
    for (uint16_t version = LK_TLS1_3; version >= LK_TLS1_1; version--)
        if (lk_engine_supports(preferred, version, cipher) && lk_engine_supports(software, version, cipher))
            return version;
    return 0;
}

static lk_error measure_software(lk_engine *software, uint16_t version, const lk_cipher *cipher, uint64_t *costs)
{
    bench made;
    lk_error error = bench_open(&made, software, version, cipher);
    for (size_t i = 0; error == LK_OK && i < LK_PLACEMENT_LENGTHS; i++)
        error = time_one(&made, lk_costs_lengths[i], CLOCK_THREAD_CPUTIME_ID, &costs[i]);
    bench_close(&made);
    return error;
}

lk_error lk_costs_measure(lk_engine *preferred, lk_engine *software, lk_costs *costs)
{
    uint16_t version_first = 0;
    lk_error error = LK_OK;
    bench made;
    memset(costs, 0, sizeof *costs);
    for (unsigned id = 0; error == LK_OK && id < LK_COSTS_CIPHERS; id++) {
        const lk_cipher *cipher = lk_cipher_find(id);
        uint16_t version = cipher ? common_version(preferred, software, cipher) : 0;
        if (version == 0)
            continue;
        if (version_first == 0)
            costs->cipher = id;
        if (version_first == 0)
            version_first = version;
        error = measure_software(software, version, cipher, costs->software[id]);
    }
    if (error != LK_OK || version_first == 0)
        return error != LK_OK ? error : LK_ERROR_ENGINE_UNSUPPORTED;
    error = bench_open(&made, preferred, version_first, lk_cipher_find(costs->cipher));
    if (error == LK_OK)
        error = measure_preferred(&made, costs);
    bench_close(&made);
    return error;
}

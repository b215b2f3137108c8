/* SPDX-License-Identifier: Apache-2.0 */
/* Where a record goes follows from what it costs, how busy the thread is and how much waits; and no number is used
 * twice. */
#include "record/placement.h"
#include "slow_engine.h"
#include "support.h"

#include <criterion/criterion.h>

#include <string.h>

enum { WINDOW = 20000000 /* ns */, WHOLE = LK_RECORD_PLAINTEXT_MAX };

static uint8_t plaintext[WHOLE], output[8][LK_RECORD_MAX];

/* A board behind a bus of 32 MB/s, beside a processor without AES instructions. */
static const lk_costs board = {.processor = {3000, 3000, 4000, 8000},
                               .wait = {50000, 80000, 180000, 600000},
                               .interval = {3000, 32000, 128000, 512000},
                               .software[LK_CIPHER_AES_128_GCM] = {1000, 8000, 30000, 120000},
                               .cipher = LK_CIPHER_AES_128_GCM};

static const lk_cipher *gcm(void)
{
    return lk_cipher_find(LK_CIPHER_AES_128_GCM);
}

/* A placer whose thread has been that busy for long. */
static lk_placer *placer_at(const lk_costs *costs, int64_t load)
{
    lk_placer *placer = lk_placer_new(costs);
    for (int64_t i = 1; i < 50; i++)
        lk_placer_tick(placer, i * WINDOW, i * WINDOW * load / 1000);
    return placer;
}

static lk_placement report(const lk_placer *placer)
{
    lk_placement placement;
    lk_placer_report(placer, &placement);
    return placement;
}

Test(placement, an_idle_thread_has_records_made_where_they_are_ready_first)
{
    lk_placer *placer = placer_at(&board, 0);
    for (size_t length = 0; length <= WHOLE; length += 256)
        cr_assert_eq(lk_placer_place(placer, gcm(), length, 0), LK_PLACEMENT_SOFTWARE_CHEAPER, "%zu", length);
    lk_placer_free(placer);
}

Test(placement, a_busy_thread_has_them_made_where_they_cost_it_least)
{
    lk_placer *placer = placer_at(&board, 1000);
    cr_assert_geq(report(placer).load, 990);
    cr_assert_eq(lk_placer_place(placer, gcm(), 64, 0), LK_PLACEMENT_SOFTWARE_CHEAPER);
    cr_assert_eq(lk_placer_place(placer, gcm(), 512, 0), LK_PLACEMENT_DEVICE_CHEAPER);
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, 0), LK_PLACEMENT_DEVICE_CHEAPER);
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE + 22, 0), LK_PLACEMENT_DEVICE_CHEAPER, "a record's overhead");
    cr_assert_eq(lk_placer_place(placer, lk_cipher_find(LK_CIPHER_CHACHA20_POLY1305), WHOLE, 0),
                 LK_PLACEMENT_SOFTWARE_CHEAPER, "the device does not have it");
    lk_placer_free(placer);
}

Test(placement, the_load_follows_the_thread_and_not_each_moment)
{
    lk_placer *placer = placer_at(&board, 200);
    cr_assert(report(placer).load >= 195 && report(placer).load <= 205, "%d", (int)report(placer).load);
    int64_t now = 49 * (int64_t)WINDOW, busy = now / 5;
    lk_placer_tick(placer, now + WINDOW / 2, busy + WINDOW / 2);
    cr_assert_leq(report(placer).load, 205, "half a window says nothing yet");
    lk_placer_tick(placer, now + WINDOW, busy + WINDOW);
    cr_assert(report(placer).load > 300 && report(placer).load < 500, "%d", (int)report(placer).load);
    lk_placer_tick(placer, now + 100 * (int64_t)WINDOW, busy + WINDOW);
    cr_assert_lt(report(placer).load, 20, "after a long rest");
    lk_placer_tick(placer, now + 101 * (int64_t)WINDOW, 5);
    cr_assert_lt(report(placer).load, 20, "another thread has another clock");
    lk_placer_free(placer);
}

/* Half a queue of 5 ms must be gone before the device gets more. */
Test(placement, what_would_wait_too_long_goes_to_software_until_the_queue_has_shrunk)
{
    lk_placer *placer = placer_at(&board, 1000);
    size_t millisecond = WHOLE * 1000 / 512; /* as many bytes as the device does in one */
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, 4 * millisecond), LK_PLACEMENT_DEVICE_CHEAPER);
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, 6 * millisecond), LK_PLACEMENT_QUEUED);
    cr_assert_eq(lk_placer_place(placer, gcm(), 64, 6 * millisecond), LK_PLACEMENT_SOFTWARE_CHEAPER, "it would anyway");
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, 4 * millisecond), LK_PLACEMENT_QUEUED);
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, 2 * millisecond), LK_PLACEMENT_DEVICE_CHEAPER);
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, 4 * millisecond), LK_PLACEMENT_DEVICE_CHEAPER);
    cr_assert_eq(report(placer).queued, 4 * millisecond);
    lk_placer_free(placer);
}

/* How often a price that sways around the other one by that many hundredths moves a record to another engine. */
static unsigned changes(int64_t sway)
{
    lk_costs costs = board;
    costs.wait[0] = costs.wait[1] = costs.wait[2] = costs.wait[3] = 0;
    costs.software[LK_CIPHER_AES_128_GCM][3] = 100000;
    costs.processor[3] = 100000;
    costs.interval[3] = 1000; /* so that what waits is a price, and never too much */
    lk_placer *placer = lk_placer_new(&costs);
    unsigned count = 0;
    lk_placement_reason before = lk_placer_place(placer, gcm(), WHOLE, 0);
    for (int i = 0; i < 100; i++) {
        size_t queued = i % 2 ? (size_t)sway * 1000 * WHOLE / 1000 : 0;
        lk_placement_reason now = lk_placer_place(placer, gcm(), WHOLE, queued);
        count += now != before;
        before = now;
    }
    lk_placer_free(placer);
    return count;
}

Test(placement, a_price_that_sways_a_little_moves_nothing)
{
    cr_assert_eq(changes(5), 0);
    cr_assert_eq(changes(20), 0);
    lk_costs costs = board;
    costs.processor[3] = 70000;
    costs.wait[3] = 0;
    costs.software[LK_CIPHER_AES_128_GCM][3] = 100000;
    costs.interval[3] = 1000;
    lk_placer *placer = lk_placer_new(&costs);
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, 0), LK_PLACEMENT_DEVICE_CHEAPER, "by more than a fifth");
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, (size_t)50 * WHOLE), LK_PLACEMENT_DEVICE_CHEAPER, "120 to 100");
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, (size_t)60 * WHOLE), LK_PLACEMENT_SOFTWARE_CHEAPER, "130");
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, (size_t)20 * WHOLE), LK_PLACEMENT_SOFTWARE_CHEAPER, "90");
    cr_assert_eq(lk_placer_place(placer, gcm(), WHOLE, 0), LK_PLACEMENT_DEVICE_CHEAPER, "70");
    lk_placer_free(placer);
}

Test(placement, the_report_counts_by_reason)
{
    lk_placer *placer = placer_at(&board, 1000);
    lk_placer_count(placer, LK_PLACEMENT_URGENT, 2);
    lk_placer_count(placer, LK_PLACEMENT_QUEUED, 100);
    lk_placer_count(placer, LK_PLACEMENT_QUEUED, 50);
    lk_placement told = report(placer);
    cr_assert(told.measured);
    cr_assert_str_eq(told.cipher, gcm()->title);
    cr_assert_eq(told.records[LK_PLACEMENT_URGENT], 1);
    cr_assert_eq(told.records[LK_PLACEMENT_QUEUED], 2);
    cr_assert_eq(told.bytes[LK_PLACEMENT_QUEUED], 150);
    cr_assert(!told.costs[0].device && told.costs[LK_PLACEMENT_LENGTHS - 1].device);
    cr_assert_eq(told.costs[3].device_interval, 512000);
    for (unsigned i = 0; i < LK_PLACEMENT_COUNT; i++)
        cr_assert(lk_placement_name((lk_placement_reason)i)[0] && lk_placement_sentence((lk_placement_reason)i)[0]);
    lk_placer_free(placer);
    cr_assert_not(report(NULL).measured);
}

Test(placement, both_engines_are_measured_by_making_records)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings);
    lk_costs costs;
    cr_assert_eq(lk_costs_measure(slow, slow_engine_software(slow), &costs), LK_OK);
    cr_assert_eq(settings->directions, 0);
    for (size_t i = 0; i < LK_PLACEMENT_LENGTHS; i++) {
        cr_assert_gt(costs.processor[i], 0);
        cr_assert_geq(costs.wait[i], 1);
        cr_assert_gt(costs.interval[i], 0);
        cr_assert_gt(costs.software[LK_CIPHER_CHACHA20_POLY1305][i], 0);
    }
    cr_assert_gt(costs.software[LK_CIPHER_AES_128_GCM][3], costs.software[LK_CIPHER_AES_128_GCM][0]);
    settings->refuses_with = LK_ERROR_ENGINE_FULL;
    cr_assert_eq(lk_costs_measure(slow, slow_engine_software(slow), &costs), LK_ERROR_ENGINE_FULL);
    settings->refuses_with = LK_OK;
    settings->dies_after = settings->finished + 5;
    cr_assert_eq(lk_costs_measure(slow, slow_engine_software(slow), &costs), LK_ERROR_DEVICE_LOST);
    cr_assert_eq(settings->directions, 0);
    lk_engine_free(slow);
}

/* Small records are software's, whole ones the device's. */
static lk_placer *by_length(void)
{
    static const lk_costs costs = {.processor = {100, 100, 100, 100},
                                   .interval = {1, 1, 1, 500000},
                                   .software[LK_CIPHER_AES_128_GCM] = {10, 10, 1000, 9000000}};
    return lk_placer_new(&costs);
}

static lk_operation seal(uint64_t sequence, uint8_t type, size_t length, size_t index)
{
    return (lk_operation){.input = plaintext,
                          .input_length = length,
                          .output = output[index],
                          .output_capacity = LK_RECORD_MAX,
                          .sequence = sequence,
                          .content_type = type};
}

Test(placement, P2_no_engine_seals_what_the_other_one_has_sealed)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair;
    lk_placer *placer = by_length();
    cr_assert_eq(lk_engine_failover_new(slow, slow_engine_software(slow), placer, &pair), LK_OK);
    lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_TLS1_3, gcm(), 1);
    lk_direction *direction = support_open(pair, &parameters);
    cr_assert_eq(settings->directions, 0, "the device has no record of it yet");
    static const struct {
        uint64_t sequence;
        size_t length;
        lk_error status;
        const char *engine;
    } rows[] = {{0, 10, LK_OK, "software"},
                {0, WHOLE, LK_ERROR_SEQUENCE_REUSED, "software"},
                {1, WHOLE, LK_OK, "slow"},
                {1, 10, LK_ERROR_SEQUENCE_REUSED, "software"},
                {0, 10, LK_ERROR_SEQUENCE_REUSED, "software"},
                {2, 10, LK_OK, "software"},
                {2, WHOLE, LK_ERROR_SEQUENCE_REUSED, "software"},
                {3, WHOLE, LK_OK, "slow"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lk_operation operation = seal(rows[i].sequence, 23, rows[i].length, 0);
        cr_expect_eq(support_run(direction, &operation), rows[i].status, "row %zu", i);
        cr_expect_str_eq(operation.engine, rows[i].engine, "row %zu", i);
    }
    settings->dies_after = settings->finished; /* and software alone knows no less */
    lk_operation lost = seal(4, 23, WHOLE, 0), again = seal(4, 23, 10, 0);
    cr_expect_eq(support_run(direction, &lost), LK_OK);
    cr_expect_str_eq(lost.engine, "software");
    cr_expect_eq(support_run(direction, &again), LK_ERROR_SEQUENCE_REUSED);
    lk_direction_close(direction);
    lk_engine_free(pair);
    lk_placer_free(placer);
    lk_engine_free(slow);
}

/* Five whole records are 2.5 ms of this device's time each: the third one would wait for 5 ms. */
Test(placement, an_alert_is_ready_at_once_and_so_is_what_would_wait_too_long)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair;
    lk_costs costs = {.processor = {1, 1, 1, 1},
                      .interval = {1, 1, 1, 2400000},
                      .software[LK_CIPHER_AES_128_GCM] = {9000000, 9000000, 9000000, 9000000}};
    lk_placer *placer = lk_placer_new(&costs);
    cr_assert_eq(lk_engine_failover_new(slow, slow_engine_software(slow), placer, &pair), LK_OK);
    lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_TLS1_3, gcm(), 1);
    lk_direction *direction = support_open(pair, &parameters);
    lk_operation operations[7], *all[7];
    size_t accepted = 0;
    for (size_t i = 0; i < 7; i++) {
        operations[i] = seal(i, i == 5 ? 21 : i == 6 ? 22 : 23, i < 5 ? WHOLE : 2, i);
        all[i] = &operations[i];
    }
    cr_assert_eq(lk_direction_submit(direction, all, 7, &accepted), LK_OK);
    cr_assert_eq(accepted, 7);
    for (size_t i = 0; i < 7; i++)
        cr_expect_eq(operations[i].state, i < 3 ? LK_OPERATION_SUBMITTED : LK_OPERATION_DONE, "%zu", i);
    lk_placement told = report(placer);
    cr_expect_eq(told.records[LK_PLACEMENT_DEVICE_CHEAPER], 3);
    cr_expect_eq(told.records[LK_PLACEMENT_QUEUED], 2);
    cr_expect_eq(told.records[LK_PLACEMENT_URGENT], 2);
    cr_expect_eq(told.bytes[LK_PLACEMENT_URGENT], 4);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(lk_engine_progress(pair, 0), LK_OK);
    for (size_t i = 0; i < 7; i++)
        cr_expect_eq(operations[i].status, LK_OK);
    lk_direction_close(direction);
    lk_engine_free(pair);
    lk_placer_free(placer);
    lk_engine_free(slow);
}

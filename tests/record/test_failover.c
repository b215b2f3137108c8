/* SPDX-License-Identifier: Apache-2.0 */
/* P4: the preferred engine may be lost at any operation, in any way, and not a byte differs. */
#include "record/fallback.h"
#include "record/placement.h"
#include "slow_engine.h"
#include "support.h"
#include "wire.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 4, CONTENT = 90000 };

static uint8_t data[CONTENT];

/* How the scenario is protected; each test runs in a process of its own. */
static uint16_t version = LK_TLS1_3;
static lk_cipher_id cipher = LK_CIPHER_AES_128_GCM;
static bool encrypt_then_mac;
static lk_placer *placer; /* NULL: the device has all that it can take */

/* What one run of the scenario left behind. */
typedef struct outcome {
    uint8_t *wire, *content;
    size_t wire_length, content_length;
    uint64_t fallbacks;
    lk_error reason;
    size_t device_records, software_records;
} outcome;

static void count_engines(const wire_end *end, outcome *result)
{
    for (size_t i = 0; i < end->fact_count; i++) {
        if (!end->facts[i].engine)
            continue;
        bool software = strcmp(end->facts[i].engine, "software") == 0;
        result->software_records += software;
        result->device_records += !software;
        cr_expect_eq(end->facts[i].slot, software ? -1 : SLOW_ENGINE_SLOT);
    }
}

/*
 * Records of many lengths, with a key change after each round, sealed and opened by one failover engine.
 * device says how the preferred engine fares.
 */
static outcome run(const slow_settings *device)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair;
    *settings = *device;
    cr_assert_eq(lk_engine_failover_new(slow, slow_engine_software(slow), placer, &pair), LK_OK);
    wire_end *client = wire_end_new(pair), *server = wire_end_new(pair);
    lk_record_layer_set_version(client->layer, version, 0x0303);
    lk_record_layer_set_version(server->layer, version, 0x0303);
    size_t at = 0;
    for (uint8_t round = 0; round < ROUNDS; round++) {
        wire_key_in_order(client, server, version, lk_cipher_find(cipher), encrypt_then_mac, round);
        for (size_t i = 0; i < 10; i++) {
            size_t length = (i * 997 + round) % 2000 + 1;
            wire_write(client, server, LK_CONTENT_APPLICATION_DATA, data + at, length);
            at += length;
        }
        wire_send(client, server, LK_CONTENT_HANDSHAKE, data + at, 5); /* all is carried before the key changes */
        at += 5;
    }
    outcome result = {.wire = client->sent,
                      .wire_length = client->sent_length,
                      .content = server->content,
                      .content_length = server->length,
                      .fallbacks = lk_engine_failover_count(pair),
                      .reason = lk_engine_failover_reason(pair)};
    client->sent = server->content = NULL;
    count_engines(client, &result);
    count_engines(server, &result);
    wire_end_free(client);
    wire_end_free(server);
    cr_expect_eq(settings->directions, 0);
    lk_engine_free(pair);
    lk_engine_free(slow);
    return result;
}

static void forget(outcome *result)
{
    free(result->wire);
    free(result->content);
}

static void expect_same(const outcome *wanted, const outcome *got, size_t death)
{
    cr_assert_eq(got->wire_length, wanted->wire_length, "lost at %zu", death);
    /* Each run of TLS 1.1 and 1.2 draws other IVs. */
    if (lk_cipher_find(cipher)->kind != LK_KIND_CBC || version <= LK_TLS1_0)
        cr_assert_arr_eq(got->wire, wanted->wire, wanted->wire_length, "lost at %zu", death);
    cr_assert_eq(got->content_length, wanted->content_length, "lost at %zu", death);
    cr_assert_arr_eq(got->content, wanted->content, wanted->content_length, "lost at %zu", death);
}

static const slow_settings healthy = {
    .per_progress = 1, .capacity = 32, .dies_after = SIZE_MAX, .dies_with = LK_ERROR_DEVICE_LOST};

/* Loses the engine before each of its operations in turn. */
static void lose_at_each(slow_settings device)
{
    support_fill(data, sizeof data, 3);
    outcome wanted = run(&healthy);
    cr_assert_eq(wanted.fallbacks, 0);
    cr_assert_eq(wanted.reason, LK_OK);
    cr_assert_eq(wanted.software_records, 0);
    /* BEAST: application data starts with a record of one byte. One of the forty has no more than that. */
    size_t records = ROUNDS * 11 + (version <= LK_TLS1_0 ? ROUNDS * 10 - 1 : 0);
    cr_assert_eq(wanted.device_records, 2 * records);
    for (size_t death = 0; death < wanted.device_records; death++) {
        device.dies_after = death;
        outcome got = run(&device);
        expect_same(&wanted, &got, death);
        cr_assert_eq(got.device_records, death, "lost at %zu", death);
        cr_assert_eq(got.software_records, wanted.device_records - death, "lost at %zu", death);
        cr_assert_gt(got.fallbacks, 0);
        cr_assert_eq(got.reason, device.dies_with);
        forget(&got);
    }
    forget(&wanted);
}

Test(failover, P4_the_streams_are_the_same_wherever_the_engine_is_lost)
{
    lose_at_each(healthy);
}

Test(failover, P4_the_same_when_only_the_operations_tell_of_the_loss)
{
    slow_settings device = healthy;
    device.quiet = true;
    device.dies_with = LK_ERROR_DEVICE_STALLED;
    lose_at_each(device);
}

Test(failover, P4_the_same_when_submitting_tells_of_the_loss)
{
    slow_settings device = healthy;
    device.dies_on_submit = true;
    device.per_progress = 3;
    device.dies_with = LK_ERROR_DEVICE_PROTOCOL;
    lose_at_each(device);
}

Test(failover, P4_the_same_when_the_engine_replaces_keys)
{
    slow_settings device = healthy;
    device.replaces = true;
    lose_at_each(device);
    device.dies_on_submit = true;
    device.per_progress = 3;
    lose_at_each(device);
}

Test(failover, P4_the_same_when_the_engine_is_busy_and_forgets_its_slots)
{
    slow_settings device = healthy;
    device.capacity = 2;
    device.quiet = true;
    device.dies_with = LK_ERROR_ENGINE_STALE;
    lose_at_each(device);
}

Test(failover, P4_the_same_with_cbc_and_an_iv_in_each_record)
{
    version = LK_TLS1_2;
    cipher = LK_CIPHER_AES_128_CBC_SHA256;
    lose_at_each(healthy);
}

Test(failover, P4_the_same_with_the_chained_iv_of_tls_1_0)
{
    version = LK_TLS1_0;
    cipher = LK_CIPHER_AES_256_CBC_SHA;
    lose_at_each(healthy);
}

Test(failover, P4_the_same_with_ssl_3_0)
{
    version = LK_SSL3;
    cipher = LK_CIPHER_AES_128_CBC_SHA;
    lose_at_each(healthy);
}

Test(failover, P4_the_same_with_the_chained_iv_and_encrypt_then_mac)
{
    version = LK_TLS1_0;
    cipher = LK_CIPHER_AES_128_CBC_SHA;
    encrypt_then_mac = true;
    lose_at_each(healthy);
}

/* In a moment, records of more than about 1400 bytes are cheaper on the device. */
static lk_costs by_length(void)
{
    lk_costs costs = {.processor = {100, 100, 100, 100}, .interval = {1, 1, 1, 1}};
    for (unsigned id = 0; id < LK_COSTS_CIPHERS; id++)
        memcpy(costs.software[id], (const uint64_t[]){10, 10, 1000, 10000}, sizeof costs.software[id]);
    return costs;
}

/* Loses the engine before each of its operations in turn, while software makes the other records of the same keys. */
static void lose_at_each_placed(slow_settings device)
{
    lk_costs costs = by_length();
    support_fill(data, sizeof data, 3);
    outcome wanted = run(&healthy); /* not placed */
    placer = lk_placer_new(&costs);
    outcome whole = run(&device);
    expect_same(&wanted, &whole, SIZE_MAX);
    cr_assert_eq(whole.fallbacks, 0);
    cr_assert_gt(whole.device_records, 10);
    cr_assert_gt(whole.software_records, 50);
    for (size_t death = 0; death < whole.device_records; death++) {
        device.dies_after = death;
        outcome got = run(&device);
        expect_same(&wanted, &got, death);
        cr_assert_eq(got.device_records, death, "lost at %zu", death);
        cr_assert_eq(got.device_records + got.software_records, wanted.device_records);
        cr_assert_gt(got.fallbacks, 0);
        forget(&got);
    }
    lk_placer_free(placer);
    placer = NULL;
    forget(&whole);
    forget(&wanted);
}

Test(failover, P4_the_same_when_records_go_where_they_are_cheaper)
{
    lose_at_each_placed(healthy);
}

Test(failover, P4_the_same_when_they_do_and_the_engine_replaces_keys)
{
    slow_settings device = healthy;
    device.replaces = true;
    device.per_progress = 3;
    lose_at_each_placed(device);
    device.dies_on_submit = true;
    lose_at_each_placed(device);
}

Test(failover, P4_the_same_when_they_do_with_cbc)
{
    version = LK_TLS1_2;
    cipher = LK_CIPHER_AES_128_CBC_SHA256;
    lose_at_each_placed(healthy);
}

/* Each record follows from the one before: so all of a direction are made in one place. */
Test(failover, records_with_a_chained_iv_are_placed_together)
{
    lk_costs costs = by_length();
    lk_placement placement;
    version = LK_TLS1_0;
    cipher = LK_CIPHER_AES_128_CBC_SHA;
    support_fill(data, sizeof data, 3);
    outcome wanted = run(&healthy);
    for (int cheap = 0; cheap < 2; cheap++) {
        costs.processor[LK_PLACEMENT_LENGTHS - 1] = cheap ? 1 : 1000000;
        placer = lk_placer_new(&costs);
        outcome got = run(&healthy);
        expect_same(&wanted, &got, SIZE_MAX);
        cr_assert_eq(cheap ? got.software_records : got.device_records, 0);
        cr_assert_eq(got.fallbacks, 0);
        lk_placer_report(placer, &placement);
        cr_assert_eq(placement.records[LK_PLACEMENT_CHAINED], wanted.device_records);
        lk_placer_free(placer);
        forget(&got);
    }
    forget(&wanted);
}

/* Has the engine say of every third of its operations in turn that it cannot be done. */
static void lie_at_each(lk_error status)
{
    slow_settings device = healthy;
    support_fill(data, sizeof data, 3);
    outcome wanted = run(&healthy);
    device.lies_with = status;
    for (device.lies_at = 0; device.lies_at < wanted.device_records; device.lies_at += 3) {
        outcome got = run(&device);
        expect_same(&wanted, &got, device.lies_at);
        cr_assert_eq(got.fallbacks, 1, "the other directions stay");
        cr_assert_eq(got.reason, LK_ERROR_DEVICE_DISAGREES);
        forget(&got);
    }
    forget(&wanted);
}

Test(failover, P6_a_record_that_the_engine_refuses_for_nothing_is_made_in_software)
{
    static const lk_error lies[] = {LK_ERROR_BAD_RECORD_MAC, LK_ERROR_SEQUENCE_REUSED, LK_ERROR_RECORD_OVERFLOW};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
        lie_at_each(lies[i]);
    version = LK_TLS1_0;
    cipher = LK_CIPHER_AES_256_CBC_SHA;
    lie_at_each(LK_ERROR_BAD_RECORD_MAC);
}

/* A lost engine's record and the one that software makes of the same operation. */
Test(failover, P4_a_cbc_record_that_is_made_again_has_the_same_iv_and_the_same_bytes)
{
    static uint8_t output[2][200];
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair, *software = support_software();
    cr_assert_eq(lk_engine_failover_new(slow, slow_engine_software(slow), NULL, &pair), LK_OK);
    lk_direction_parameters parameters =
        support_parameters(LK_SEAL, LK_TLS1_2, lk_cipher_find(LK_CIPHER_AES_128_CBC_SHA), 1);
    lk_direction *directions[] = {support_open(pair, &parameters), support_open(software, &parameters)};
    settings->dies_after = 0;
    for (size_t i = 0; i < 2; i++) {
        lk_operation operation = {.input = data,
                                  .input_length = 100,
                                  .output = output[i],
                                  .output_capacity = sizeof output[i],
                                  .content_type = LK_CONTENT_APPLICATION_DATA,
                                  .iv = "unpredictable IV"};
        cr_assert_eq(support_run(directions[i], &operation), LK_OK);
        cr_expect_str_eq(operation.engine, "software");
        lk_direction_close(directions[i]);
    }
    cr_expect_eq(lk_engine_failover_count(pair), 1);
    cr_expect_arr_eq(output[0], output[1], 5 + 16 + 128);
    cr_expect_arr_eq(output[0] + 5, "unpredictable IV", 16);
    lk_engine_free(software);
    lk_engine_free(pair);
    lk_engine_free(slow);
}

Test(failover, P7_a_direction_that_the_preferred_engine_does_not_take_goes_to_software_and_says_why)
{
    static const lk_error reasons[] = {LK_ERROR_ENGINE_FULL, LK_ERROR_ENGINE_UNSUPPORTED, LK_ERROR_DEVICE_LOST};
    support_fill(data, sizeof data, 3);
    outcome wanted = run(&healthy);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        slow_settings device = healthy;
        device.refuses_with = reasons[i];
        outcome got = run(&device);
        expect_same(&wanted, &got, 0);
        cr_expect_eq(got.device_records, 0);
        cr_expect_eq(got.fallbacks, 2 * ROUNDS);
        cr_expect_eq(got.reason, reasons[i]);
        forget(&got);
    }
    forget(&wanted);
}

Test(failover, P7_each_reason_has_a_name_and_a_sentence_of_its_own)
{
    for (unsigned i = 0; i < LK_FALLBACK_COUNT; i++) {
        cr_expect_gt(strlen(lk_fallback_sentence((lk_fallback)i)), 10);
        for (unsigned j = 0; j < i; j++) {
            cr_expect_str_neq(lk_fallback_name((lk_fallback)i), lk_fallback_name((lk_fallback)j));
            cr_expect_str_neq(lk_fallback_sentence((lk_fallback)i), lk_fallback_sentence((lk_fallback)j));
        }
    }
    cr_expect_eq(lk_fallback_of(LK_OK), LK_FALLBACK_NONE);
    cr_expect_eq(lk_fallback_of(LK_ERROR_ENGINE_STALE), LK_FALLBACK_FORGOTTEN);
    cr_expect_eq(lk_fallback_of(LK_ERROR_BAD_FINISHED), LK_FALLBACK_OTHER);
}

/* One direction on a pair, by itself. */

static uint8_t output[4][256];

static lk_operation sealing(size_t index, uint64_t sequence)
{
    return (lk_operation){.input = (const uint8_t *)"record",
                          .input_length = 6,
                          .output = output[index],
                          .output_capacity = sizeof output[index],
                          .sequence = sequence,
                          .content_type = LK_CONTENT_APPLICATION_DATA};
}

Test(failover, P2_software_goes_on_behind_the_last_number_that_the_lost_engine_sealed)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair;
    cr_assert_eq(lk_engine_failover_new(slow, slow_engine_software(slow), NULL, &pair), LK_OK);
    lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_TLS1_3, lk_cipher_find(0), 1);
    lk_direction *direction = support_open(pair, &parameters);
    lk_operation operation = sealing(0, 5);
    cr_assert_eq(support_run(direction, &operation), LK_OK);
    cr_assert_str_eq(operation.engine, slow_engine_name);
    settings->dies_after = settings->finished;
    operation = sealing(1, 5);
    cr_expect_eq(support_run(direction, &operation), LK_ERROR_SEQUENCE_REUSED);
    operation = sealing(1, 6);
    cr_expect_eq(support_run(direction, &operation), LK_OK);
    cr_expect_str_eq(operation.engine, "software");
    cr_expect_eq(lk_engine_failover_count(pair), 1);
    lk_direction_close(direction);
    lk_engine_free(pair);
    lk_engine_free(slow);
}

Test(failover, a_direction_may_be_closed_with_operations_in_work)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair;
    cr_assert_eq(lk_engine_failover_new(slow, slow_engine_software(slow), NULL, &pair), LK_OK);
    lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_TLS1_3, lk_cipher_find(0), 1);
    lk_direction *direction = support_open(pair, &parameters), *other = support_open(pair, &parameters);
    lk_operation operation = sealing(0, 0);
    size_t accepted;
    cr_assert_eq(lk_direction_submit(direction, (lk_operation *[]){&operation}, 1, &accepted), LK_OK);
    lk_direction_close(direction);
    cr_assert_eq(lk_engine_progress(pair, 0), LK_OK);
    cr_expect_neq(operation.state, LK_OPERATION_DONE, "it was forgotten");
    lk_direction_close(other);
    lk_engine_free(pair);
    lk_engine_free(slow);
}

Test(failover, a_bad_record_is_the_records_fault_and_no_reason_to_fall_back)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair;
    cr_assert_eq(lk_engine_failover_new(slow, slow_engine_software(slow), NULL, &pair), LK_OK);
    lk_engine_capabilities capabilities;
    lk_engine_capabilities_get(pair, &capabilities);
    cr_expect_not(capabilities.immediate);
    lk_direction_parameters parameters = support_parameters(LK_OPEN, LK_TLS1_3, lk_cipher_find(0), 1);
    lk_direction *direction = support_open(pair, &parameters);
    static const uint8_t forged[5 + 20] = {23, 3, 3, 0, 20};
    lk_operation operation = {
        .input = forged, .input_length = sizeof forged, .output = output[0], .output_capacity = sizeof output[0]};
    cr_expect_eq(support_run(direction, &operation), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_str_eq(operation.engine, slow_engine_name);
    cr_expect_eq(lk_engine_failover_count(pair), 0);
    lk_direction_close(direction);
    lk_engine_free(pair);
    lk_engine_free(slow);
}

/* Replacing keys with records of either in flight. */

enum { KEYS = 3, EACH = 4, REPLACED_RECORDS = KEYS * EACH, REPLACED_ROOM = 100 };

static uint8_t made[REPLACED_RECORDS][REPLACED_ROOM];

/* EACH records with each of KEYS keys, submitted without waiting, but that some are finished between. A direction that
 * does not take its next key at once takes it when it has finished some. Returns how many keys were replaced. */
static size_t seal_with_keys(lk_engine *pair, size_t finished_between)
{
    lk_operation operations[REPLACED_RECORDS];
    lk_direction_parameters parameters = support_parameters(LK_SEAL, version, lk_cipher_find(cipher), 0);
    lk_direction *direction = support_open(pair, &parameters);
    size_t replaced = 0, accepted;
    for (size_t i = 0; i < REPLACED_RECORDS; i++) {
        if (i > 0 && i % EACH == 0) {
            parameters = support_parameters(LK_SEAL, version, lk_cipher_find(cipher), (uint8_t)(i / EACH));
            lk_error error = lk_direction_replace(direction, &parameters);
            while (error == LK_ERROR_ENGINE_BUSY) {
                cr_assert_eq(lk_engine_progress(pair, 0), LK_OK);
                error = lk_direction_replace(direction, &parameters);
            }
            replaced += error == LK_OK;
            if (error != LK_OK) { /* in software, where all before is done */
                lk_direction_close(direction);
                direction = support_open(pair, &parameters);
            }
        }
        operations[i] =
            (lk_operation){.input = data + i,
                           .input_length = 20 + i,
                           .output = made[i],
                           .output_capacity = lk_record_sealed_length(version, parameters.cipher, 20 + i, 0),
                           .sequence = i % EACH,
                           .content_type = LK_CONTENT_APPLICATION_DATA};
        cr_assert_eq(lk_direction_submit(direction, (lk_operation *[]){&operations[i]}, 1, &accepted), LK_OK);
        for (size_t k = 0; k < finished_between; k++)
            cr_assert_eq(lk_engine_progress(pair, 0), LK_OK);
    }
    for (size_t i = 0; i < REPLACED_RECORDS; i++) {
        while (operations[i].state != LK_OPERATION_DONE)
            cr_assert_eq(lk_engine_progress(pair, 0), LK_OK);
        cr_assert_eq(operations[i].status, LK_OK);
    }
    lk_direction_close(direction);
    return replaced;
}

static void lose_with_keys_in_flight(slow_settings device)
{
    static uint8_t wanted[REPLACED_RECORDS][REPLACED_ROOM];
    support_fill(data, sizeof data, 3);
    memset(made, 0, sizeof made);
    lk_engine *software = support_software();
    cr_assert_eq(seal_with_keys(software, 0), KEYS - 1);
    memcpy(wanted, made, sizeof made);
    for (size_t between = 0; between < 2; between++) {
        for (size_t death = 0; death <= REPLACED_RECORDS; death++) {
            slow_settings *settings;
            lk_engine *slow = slow_engine_new(&settings), *pair;
            *settings = device;
            *(device.lies_with != LK_OK ? &settings->lies_at : &settings->dies_after) = death;
            cr_assert_eq(lk_engine_failover_new(slow, software, NULL, &pair), LK_OK);
            memset(made, 0, sizeof made);
            size_t replaced = seal_with_keys(pair, between);
            cr_expect_arr_eq(made, wanted, sizeof made, "lost at %zu, %zu finished between", death, between);
            cr_expect(settings->finished == death || device.lies_with != LK_OK);
            cr_expect_eq(lk_engine_failover_count(pair) > 0, death < REPLACED_RECORDS);
            cr_expect(death < REPLACED_RECORDS || replaced == KEYS - 1);
            cr_expect_eq(settings->directions, 0);
            lk_engine_free(pair);
            lk_engine_free(slow);
        }
    }
    lk_engine_free(software);
}

Test(failover, P4_records_of_an_old_and_a_new_key_in_flight_are_made_again_with_their_own)
{
    slow_settings device = healthy;
    device.replaces = true;
    lose_with_keys_in_flight(device);
    device.dies_on_submit = true;
    lose_with_keys_in_flight(device);
    device.quiet = true;
    device.dies_on_submit = false;
    lose_with_keys_in_flight(device);
}

Test(failover, P6_a_key_in_flight_is_kept_by_the_software_that_overrules_a_refusal)
{
    slow_settings device = healthy;
    device.replaces = true;
    device.lies_with = LK_ERROR_SEQUENCE_REUSED;
    lose_with_keys_in_flight(device);
}

Test(failover, P4_the_same_with_keys_of_the_chained_iv)
{
    slow_settings device = healthy;
    device.replaces = true;
    version = LK_TLS1_0;
    cipher = LK_CIPHER_AES_256_CBC_SHA;
    lose_with_keys_in_flight(device);
}

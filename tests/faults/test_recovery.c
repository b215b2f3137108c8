/* SPDX-License-Identifier: Apache-2.0 */
/* A board that was lost: its keys are gone, connections went on, and when it is well again the next ones use it. */
#include "faults/faulty.h"
#include "faults/talk.h"
#include "record/engine.h"

#include <latchkey/device.h>

#include <criterion/criterion.h>
#include <poll.h>

static lk_device *device;
static talk_script script;

static const fault never = {.kind = FAULT_UNPLUGGED, .at = UINT32_MAX};

static talk_result talk(void)
{
    talk_result result;
    talk_run(&script, lk_device_engine(device), NULL, &result);
    cr_assert(talk_complete(&script, &result), "%s; %s", result.diagnosis[0], result.diagnosis[1]);
    return result;
}

static lk_error recover(void)
{
    lk_error error = lk_device_recover(device);
    for (int i = 0; i < 100 && error; i++) {
        poll(NULL, 0, 50);
        error = lk_device_recover(device);
    }
    return error;
}

static void open_with(fault *strikes)
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    cr_assert_eq(lk_transport_register(&faulty_transport), LK_OK);
    script = talk_script_of(0, true);
    faulty_prepare(strikes);
    cr_assert_eq(lk_device_open("faulty:direct", &device, diagnosis), LK_OK, "%s", diagnosis);
}

/* The loss, and all that follows from it. */
static void lost_and_found(fault strikes, lk_fallback reason, bool present)
{
    lk_device_health health;
    fault none = never;
    open_with(&strikes);
    lk_device_set_timeout(device, 500);
    talk_result result = talk();
    cr_assert(strikes.struck);
    cr_assert_gt(result.told[0].fallbacks + result.told[1].fallbacks, 0);
    lk_fallback told = result.told[0].fallback ? result.told[0].fallback : result.told[1].fallback;
    cr_assert_eq(told, reason, "%s", lk_fallback_name(told));
    lk_device_health_get(device, &health);
    cr_assert_neq(health.lost, LK_OK);
    cr_assert_eq(health.losses, 1);
    cr_assert_eq(health.resets, present);
    if (present)
        cr_assert_eq(faulty_live_slots(), 0, "P3: what is lost and still there has forgotten its keys");
    faulty_prepare(&none);
    cr_assert_eq(recover(), LK_OK);
    cr_assert_eq(lk_device_recover(device), LK_OK, "nothing to do");
    result = talk();
    cr_assert_eq(result.told[0].fallbacks + result.told[1].fallbacks, 0);
    cr_assert_gt(result.told[0].sent.device_records, 0);
    lk_device_health_get(device, &health);
    cr_assert_eq(health.lost, LK_OK);
    cr_assert_eq(health.recoveries, 1);
    lk_device_close(device);
    faulty_power_off();
    talk_release();
}

Test(recovery, from_an_answer_that_cannot_be, .timeout = 100)
{
    lost_and_found((fault){.kind = FAULT_WRONG_TAG, .at = 6}, LK_FALLBACK_PROTOCOL, true);
}

Test(recovery, from_a_stall, .timeout = 100)
{
    lost_and_found((fault){.kind = FAULT_IN_STALL, .at = 4}, LK_FALLBACK_STALLED, true);
}

Test(recovery, from_a_missing_answer, .timeout = 100)
{
    lost_and_found((fault){.kind = FAULT_SHORT_COMPLETION, .at = 6, .detail = 5}, LK_FALLBACK_HUNG, true);
}

Test(recovery, from_a_pulled_cable, .timeout = 100)
{
    lost_and_found((fault){.kind = FAULT_UNPLUGGED, .at = 12}, LK_FALLBACK_UNPLUGGED, false);
}

Test(recovery, waits_until_nobody_holds_a_direction, .timeout = 100)
{
    fault strikes = {.kind = FAULT_UNPLUGGED, .at = 0}, none = never;
    lk_direction *direction = NULL;
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
    open_with(&strikes);
    lk_engine *engine = lk_device_engine(device);
    cr_assert_eq(lk_engine_open(engine, &parameters, &direction), LK_OK);
    cr_assert_eq(lk_engine_progress(engine, 0), LK_ERROR_DEVICE_LOST);
    cr_assert_eq(lk_device_heartbeat(device), LK_ERROR_DEVICE_LOST);
    faulty_prepare(&none);
    cr_assert_eq(lk_device_recover(device), LK_ERROR_ENGINE_BUSY);
    lk_direction_close(direction);
    cr_assert_eq(recover(), LK_OK);
    cr_assert_eq(lk_device_heartbeat(device), LK_OK);
    lk_device_close(device);
    faulty_power_off();
}

/* Attempts become fewer for a board that does not come back, not for one that is well for a while each time. */
Test(recovery, of_a_board_that_was_well_for_a_while_begins_at_once, .timeout = 100)
{
    fault strikes[4];
    for (size_t i = 0; i < 4; i++)
        strikes[i] = (fault){.kind = FAULT_UNPLUGGED, .at = 0};
    open_with(&strikes[0]);
    for (size_t i = 1; i < 4; i++) {
        poll(NULL, 0, 700);
        lk_error lost = lk_device_heartbeat(device);
        for (int tries = 0; lost == LK_OK && tries < 100; tries++) {
            poll(NULL, 0, 10);
            lost = lk_device_heartbeat(device);
        }
        cr_assert_eq(lost, LK_ERROR_DEVICE_LOST);
        faulty_prepare(&strikes[i]);
        cr_assert_eq(lk_device_recover(device), LK_OK, "loss %zu", i);
    }
    lk_device_close(device);
    faulty_power_off();
}

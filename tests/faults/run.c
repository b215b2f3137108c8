/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/run.h"

#include <latchkey/device.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __attribute__((format(printf, 2, 3))) bool complain(fault_run *run, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(run->complaint, sizeof run->complaint, format, arguments);
    va_end(arguments);
    return false;
}

static uint64_t device_records(const talk_result *result)
{
    uint64_t count = 0;
    for (int role = 0; role < 2; role++)
        count += result->told[role].sent.device_records + result->told[role].received.device_records;
    return count;
}

/* P7: each record was made by someone, and who falls back says why. */
static bool tells_all(fault_run *run, const talk_script *script, const talk_result *result)
{
    for (int role = 0; role < 2; role++) {
        const lk_connection_statistics *told = &result->told[role];
        const lk_direction_statistics *ways[] = {&told->sent, &told->received};
        for (int i = 0; i < 2; i++)
            if (ways[i]->records != ways[i]->device_records + ways[i]->software_records ||
                ways[i]->bytes != ways[i]->device_bytes + ways[i]->software_bytes)
                return complain(run, "records that nobody made");
        if (script->policy[role] == LK_ENGINE_PREFER_DEVICE && told->fallbacks > 0 && result->reason[role][0] == '\0')
            return complain(run, "a fall back without a reason");
        if (script->policy[role] == LK_ENGINE_REQUIRE_DEVICE && run->opened && told->sent.software_records > 0)
            return complain(run, "software made a record where the board is required");
    }
    return true;
}

static bool keeps_promise(fault_run *run, const talk_script *script, const talk_result *result,
                          const talk_result *wanted)
{
    fault_promise promise = run->fault.struck ? run->fault.promise : FAULT_SAME;
    if (result->hangs)
        return complain(run, "it hangs: %zu of %zu and %zu of %zu bytes have arrived", result->received[1],
                        script->length[0], result->received[0], script->length[1]);
    if (promise == FAULT_SURVIVED)
        return true;
    if (result->wrong)
        return complain(run, "a byte arrived that was not sent");
    if ((promise == FAULT_REFUSED || run->required) && (result->error[0] || result->error[1]))
        return true;
    if (!run->complete)
        return complain(run, "client: %s (%zu of %zu bytes); server: %s (%zu of %zu bytes)",
                        lk_error_name(result->error[0]), result->received[0], script->length[1],
                        lk_error_name(result->error[1]), result->received[1], script->length[0]);
    if (talk_wire_repeats(script) && memcmp(result->wire, wanted->wire, sizeof wanted->wire) != 0)
        return complain(run, "the bytes of the wire are others than without a board");
    return true;
}

bool run_once(const run_settings *settings, fault_run *run)
{
    talk_script script = talk_script_of(run->script, true);
    talk_result result, wanted;
    lk_device *device = NULL;
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    for (int role = 0; role < 2; role++)
        if (run->required && script.policy[role] == LK_ENGINE_PREFER_DEVICE)
            script.policy[role] = LK_ENGINE_REQUIRE_DEVICE;
    talk_run(&script, NULL, "this is how it should be", &wanted);
    if (!talk_complete(&script, &wanted))
        return complain(run, "it fails in software already: %s (%s); %s (%s)", lk_error_name(wanted.error[0]),
                        wanted.diagnosis[0], lk_error_name(wanted.error[1]), wanted.diagnosis[1]);
    faulty_prepare(&run->fault);
    run->opened = lk_device_open(settings->uri, &device, diagnosis) == LK_OK;
    if (run->opened)
        lk_device_set_timeout(device, settings->timeout);
    talk_run(&script, run->opened ? lk_device_engine(device) : NULL, diagnosis, &result);
    lk_device_close(device);
    run->counts = faulty_last_counts();
    run->complete = talk_complete(&script, &result);
    run->fell_back = result.told[0].fallbacks + result.told[1].fallbacks > 0;
    run->device_records = device_records(&result);
    return keeps_promise(run, &script, &result, &wanted) && tells_all(run, &script, &result);
}

fault_run run_without_fault(const run_settings *settings, uint64_t script)
{
    /* Nothing is lost here for being slow (in ms), and what a busy machine does not open in time is opened again. */
    enum { PATIENCE = 60000, TRIES = 5 };
    run_settings patient = {settings->uri, PATIENCE};
    fault_run run = {.script = script, .fault = {.kind = FAULT_UNPLUGGED, .at = UINT32_MAX}};
    for (int i = 0; i < TRIES; i++)
        if (run_once(&patient, &run) && !run.fell_back && run.device_records > 0)
            return run;
    (void)fprintf(stderr, "connection %llu does not run without a fault: %s\n", (unsigned long long)script,
                  run.complaint[0] ? run.complaint
                  : run.opened     ? "it falls back"
                                   : "the board cannot be opened");
    exit(EXIT_FAILURE);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/attachment.h"

#include "tools/report.h"

#include <stdio.h>

lk_error lk_attachment_open(lk_attachment *attachment, const char *uri)
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX] = "";
    const char *name = uri ? uri : "usb:";
    lk_error error;

    *attachment = (lk_attachment){0};
    error = lk_device_open(name, &attachment->device, diagnosis);
    if (error) {
        attachment->device = NULL;
        (void)snprintf(attachment->reason, sizeof attachment->reason, "%s",
                       diagnosis[0] ? diagnosis : lk_error_sentence(error));
        return error;
    }
    attachment->engine = lk_device_engine(attachment->device);
    (void)snprintf(attachment->uri, sizeof attachment->uri, "%s", lk_device_information_get(attachment->device)->uri);
    return LK_OK;
}

void lk_attachment_close(lk_attachment *attachment)
{
    lk_device_close(attachment->device);
    *attachment = (lk_attachment){0};
}

bool lk_attachment_count(const lk_attachment *attachment, lk_device_statistics *statistics)
{
    return attachment->device && lk_device_statistics_get(attachment->device, statistics) == LK_OK;
}

/* Megabytes (10^6 bytes) a second of the board's own time. */
static double goodput(uint64_t bytes, uint64_t cycles, uint32_t clock_hertz)
{
    return cycles ? (double)bytes * clock_hertz / (double)cycles / 1e6 : 0;
}

static void describe_counters(json_t *object, const lk_device_information *information,
                              const lk_device_statistics *earlier, const lk_device_statistics *later)
{
    uint64_t cycles = later->cycles - earlier->cycles, busy_cycles = later->busy_cycles - earlier->busy_cycles;
    uint64_t sealed_bytes = later->sealed_bytes - earlier->sealed_bytes;
    uint64_t opened_bytes = later->opened_bytes - earlier->opened_bytes;
    const struct {
        const char *name;
        uint64_t value;
    } counters[] = {
        {"cycles", cycles},
        {"busy_cycles", busy_cycles},
        {"commands", later->commands - earlier->commands},
        {"completions", later->completions - earlier->completions},
        {"rejected", later->rejected - earlier->rejected},
        {"authentication_failures", later->authentication_failures - earlier->authentication_failures},
        {"sealed_records", later->sealed_records - earlier->sealed_records},
        {"sealed_bytes", sealed_bytes},
        {"opened_records", later->opened_records - earlier->opened_records},
        {"opened_bytes", opened_bytes},
    };
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
        (void)json_object_set_new(object, counters[i].name, json_integer((json_int_t)counters[i].value));
    (void)json_object_set_new(object, "goodput_megabytes_per_second",
                              json_real(goodput(sealed_bytes + opened_bytes, cycles, information->clock_hertz)));
    (void)json_object_set_new(object, "busy_goodput_megabytes_per_second",
                              json_real(goodput(sealed_bytes + opened_bytes, busy_cycles, information->clock_hertz)));
}

json_t *lk_attachment_describe(const lk_attachment *attachment, const lk_device_statistics *earlier,
                               const lk_device_statistics *later)
{
    const lk_device_information *information;
    json_t *object;
    if (!attachment->device)
        return json_null();
    information = lk_device_information_get(attachment->device);
    object = json_pack("{s:s, s:s, s:s, s:I, s:I, s:b}", "uri", information->uri, "product", information->product,
                       "serial", information->serial, "build", (json_int_t)information->build, "clock_hertz",
                       (json_int_t)information->clock_hertz, "answers", later != NULL);
    if (object && later)
        describe_counters(object, information, earlier, later);
    return object;
}

static json_t *describe_latency(const lk_latency *latency)
{
    json_t *buckets = json_array();
    for (unsigned i = 0; i < LK_LATENCY_BUCKETS; i++)
        (void)json_array_append_new(buckets, json_integer((json_int_t)latency->buckets[i]));
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "count", (json_int_t)latency->count, "microseconds",
                     (json_int_t)latency->microseconds, "longest", (json_int_t)latency->longest, "half_below",
                     (json_int_t)lk_device_latency_bound(latency, 500), "99_below",
                     (json_int_t)lk_device_latency_bound(latency, 990), "buckets", buckets);
}

json_t *lk_attachment_describe_health(const lk_attachment *attachment)
{
    lk_device_health health;
    if (!attachment->device)
        return json_null();
    lk_device_health_get(attachment->device, &health);
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "uri", attachment->uri, "state",
                     health.lost ? lk_error_sentence(health.lost) : "well", "up", (json_int_t)(health.lost == LK_OK),
                     "in_flight", (json_int_t)health.in_flight, "heartbeats", (json_int_t)health.heartbeats, "losses",
                     (json_int_t)health.losses, "resets", (json_int_t)health.resets, "recoveries",
                     (json_int_t)health.recoveries, "seal", describe_latency(&health.seal), "open",
                     describe_latency(&health.open));
}

void lk_attachment_care(const lk_attachment *attachment)
{
    if (attachment->device && lk_device_heartbeat(attachment->device) != LK_OK &&
        lk_device_recover(attachment->device) == LK_OK)
        lk_report("%s is there again: connections from here on use it", attachment->uri);
}

const lk_device_information *lk_attachment_information(const lk_attachment *attachment)
{
    return lk_device_information_get(attachment->device);
}

lk_error lk_attachment_selftest(const lk_attachment *attachment, lk_device_selftest *result)
{
    return lk_device_selftest_run(attachment->device, result);
}

lk_error lk_attachment_list(const char *uri, lk_device_found *found, void *context, char reason[LK_REASON_MAX])
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX] = "";
    lk_error error = lk_device_list(uri, found, context, diagnosis);
    (void)snprintf(reason, LK_REASON_MAX, "%s", diagnosis);
    return error;
}

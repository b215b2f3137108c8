/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/placed.h"

static json_t *describe_cost(const lk_placement_cost *cost)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:s}", "length", (json_int_t)cost->length, "software_nanoseconds",
                     (json_int_t)cost->software, "device_processor_nanoseconds", (json_int_t)cost->device_processor,
                     "device_wait_nanoseconds", (json_int_t)cost->device_wait, "device_interval_nanoseconds",
                     (json_int_t)cost->device_interval, "goes_to", cost->device ? "device" : "software");
}

json_t *lk_placed_describe(const lk_config *config)
{
    lk_placement placement;
    lk_config_placement_get(config, &placement);
    if (!placement.measured)
        return json_null();
    json_t *costs = json_array(), *reasons = json_object();
    for (unsigned i = 0; i < LK_PLACEMENT_LENGTHS; i++)
        (void)json_array_append_new(costs, describe_cost(&placement.costs[i]));
    for (unsigned i = 0; i < LK_PLACEMENT_COUNT; i++)
        (void)json_object_set_new(reasons, lk_placement_name((lk_placement_reason)i),
                                  json_pack("{s:I, s:I, s:s}", "records", (json_int_t)placement.records[i], "bytes",
                                            (json_int_t)placement.bytes[i], "meaning",
                                            lk_placement_sentence((lk_placement_reason)i)));
    return json_pack("{s:s, s:I, s:I, s:o, s:o}", "cipher", placement.cipher, "load_thousandths",
                     (json_int_t)placement.load, "queued_bytes", (json_int_t)placement.queued, "costs", costs,
                     "reasons", reasons);
}

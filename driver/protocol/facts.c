/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/facts.h"

#include "protocol/protocol.h"
#include "transport/diagnosis.h"

_Static_assert(LK_FACT_MAGIC == 0 && (int)LK_FACT_HEALTH == LK_FACTS_INFORMATION_WORDS - 1 &&
                   (int)LK_FACT_CYCLES == LK_FACTS_STATISTICS_FIRST &&
                   (int)LK_FACT_LIVE_SLOTS + 2 == LK_FACTS_STATISTICS_FIRST + LK_FACTS_STATISTICS_WORDS,
               "the words are read one after the other, as protocol.def numbers them");

static lk_error check(const lk_device_information *information, uint32_t magic, char *diagnosis)
{
    uint32_t major = information->protocol_version >> 16;
    if (magic != LK_FACT_MAGIC_VALUE)
        return lk_diagnose(
            diagnosis, LK_ERROR_DEVICE_INCOMPATIBLE,
            "the device has our USB identity but does not answer as a record engine; flash its bitstream");
    if (major != LK_PROTOCOL_MAJOR)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_INCOMPATIBLE,
                           "the device speaks protocol %u.%u, this library %d.x; update the %s", (unsigned)major,
                           (unsigned)(information->protocol_version & 0xffff), LK_PROTOCOL_MAJOR,
                           major > LK_PROTOCOL_MAJOR ? "library" : "bitstream");
    if (information->slots == 0 || information->slots > UINT16_MAX + 1u)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_INCOMPATIBLE,
                           "the device claims %u session slots; update its bitstream", (unsigned)information->slots);
    if (information->record_max < LK_RECORD_BYTES_MAX)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_INCOMPATIBLE,
                           "the device takes payloads of %u bytes at most, and %d are needed; update its bitstream",
                           (unsigned)information->record_max, LK_RECORD_BYTES_MAX);
    return LK_OK;
}

lk_error lk_facts_information(lk_reader *reader, lk_device_information *information, char *diagnosis)
{
    uint32_t magic = lk_reader_u32_little(reader);
    information->protocol_version = lk_reader_u32_little(reader);
    information->build = lk_reader_u32_little(reader);
    information->clock_hertz = lk_reader_u32_little(reader);
    information->slots = lk_reader_u32_little(reader);
    information->lanes = lk_reader_u32_little(reader);
    information->record_max = lk_reader_u32_little(reader);
    information->ciphers = lk_reader_u32_little(reader);
    information->versions = lk_reader_u32_little(reader);
    information->health = lk_reader_u32_little(reader);
    if (reader->failed)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_PROTOCOL, "the device gave fewer facts than were asked for");
    return check(information, magic, diagnosis);
}

static uint64_t pair(lk_reader *reader)
{
    uint64_t low = lk_reader_u32_little(reader);
    return low | (uint64_t)lk_reader_u32_little(reader) << 32;
}

lk_error lk_facts_statistics(lk_reader *reader, lk_device_statistics *statistics)
{
    statistics->cycles = pair(reader);
    statistics->busy_cycles = pair(reader);
    statistics->commands = pair(reader);
    statistics->completions = pair(reader);
    statistics->rejected = pair(reader);
    statistics->authentication_failures = pair(reader);
    statistics->sealed_records = pair(reader);
    statistics->sealed_bytes = pair(reader);
    statistics->opened_records = pair(reader);
    statistics->opened_bytes = pair(reader);
    statistics->live_slots = pair(reader);
    return reader->failed ? LK_ERROR_DEVICE_PROTOCOL : LK_OK;
}

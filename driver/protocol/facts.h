/* SPDX-License-Identifier: Apache-2.0 */
/* What a device says of itself, from the words of READ_FACTS. */
#ifndef LK_PROTOCOL_FACTS_H
#define LK_PROTOCOL_FACTS_H

#include "base/reader.h"

#include <latchkey/device.h>

enum {
    LK_FACTS_INFORMATION_WORDS = 10,         /* from word 0 */
    LK_FACTS_SELFTEST_VERSION = 1 << 16 | 1, /* of the protocol: from here on there is a selftest */
    LK_FACTS_STATISTICS_FIRST = 32,
    LK_FACTS_STATISTICS_WORDS = 22
};

/**
 * Takes the words from word 0 on, and checks that this host can work with such a device.
 * diagnosis: as in lk_device_open(). @return DEVICE_PROTOCOL (too few bytes), DEVICE_INCOMPATIBLE.
 */
lk_error lk_facts_information(lk_reader *reader, lk_device_information *information, char *diagnosis);

/** Takes the words from LK_FACTS_STATISTICS_FIRST on. @return DEVICE_PROTOCOL. */
lk_error lk_facts_statistics(lk_reader *reader, lk_device_statistics *statistics);

#endif

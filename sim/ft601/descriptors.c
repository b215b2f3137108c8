/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/ft601/descriptors.h"

enum {
    GET_STATUS = 0,
    CLEAR_FEATURE = 1,
    SET_ADDRESS = 5,
    GET_DESCRIPTOR = 6,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    SET_INTERFACE = 11,
    DEVICE = 1,
    CONFIGURATION = 2,
    STRING = 3,
    STANDARD_IN = 0x80,
    VENDOR_IN = 0xC0,
    TYPE = 0x60,
    CHIP_CONFIGURATION = 0xCF, /* vendor request; wValue 1 reads */
    FIFO_MODE_245 = 0,
    ONE_CHANNEL = 2
};

static const uint8_t device[] = {18,   DEVICE, 0x00, 0x02, 0,    0, 0, 64, /* USB 2.0 */
                                 0x03, 0x04,   0x1F, 0x60, 0x00, 0, 1, 2,  /* 0403:601F */
                                 3,    1};

static const uint8_t configuration[] = {
    9,    CONFIGURATION,
    55,   0,
    2,    1,
    0,    0xC0,
    48, /* two interfaces */
    9,    4,
    0,    0,
    2,    0xFF,
    0,    0,
    0, /* for sessions: */
    7,    5,
    0x01, 2,
    0,    2,
    0, /* bulk OUT, commands to the chip */
    7,    5,
    0x81, 3,
    64,   0,
    9, /* interrupt IN, notifications */
    9,    4,
    1,    0,
    2,    0xFF,
    0,    0,
    0, /* for data: */
    7,    5,
    0x02, 2,
    0,    2,
    0, /* bulk OUT */
    7,    5,
    0x82, 2,
    0,    2,
    0, /* bulk IN */
};

static const uint8_t languages[] = {4, STRING, 0x09, 0x04};
static const uint8_t maker[] = {10, STRING, 'F', 0, 'T', 0, 'D', 0, 'I', 0};
static const uint8_t product[] = {12, STRING, 'F', 0, 'T', 0, '6', 0, '0', 0, '1', 0};
static const uint8_t serial[] = {10, STRING, '0', 0, '0', 0, '0', 0, '1', 0};
static const uint8_t status[2] = {1, 0}; /* self-powered; no endpoint is halted */
static const uint8_t configured[1] = {1};

/* Vendor, product, strings, power, clock, mode, channels, features, GPIO. */
static const uint8_t chip[152] = {
    [0] = 0x03, [1] = 0x04, [2] = 0x1F, [3] = 0x60, [138] = FIFO_MODE_245, [139] = ONE_CHANNEL};

typedef struct answer {
    uint8_t type, index;
    const uint8_t *data;
    size_t length;
} answer;

static const answer descriptors[] = {
    {DEVICE, 0, device, sizeof device},       {CONFIGURATION, 0, configuration, sizeof configuration},
    {STRING, 0, languages, sizeof languages}, {STRING, 1, maker, sizeof maker},
    {STRING, 2, product, sizeof product},     {STRING, 3, serial, sizeof serial},
};

static const uint8_t *descriptor(const uint8_t setup[8], size_t *length)
{
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
        if (descriptors[i].type == setup[3] && descriptors[i].index == setup[2]) {
            *length = descriptors[i].length;
            return descriptors[i].data;
        }
    }
    return NULL;
}

const uint8_t *lk_ft601_answer(const uint8_t setup[8], size_t *length)
{
    if (setup[0] == VENDOR_IN && setup[1] == CHIP_CONFIGURATION && setup[2] == 1) {
        *length = sizeof chip;
        return chip;
    }
    if ((setup[0] & TYPE) != 0)
        return NULL;
    switch (setup[1]) {
    case GET_DESCRIPTOR:
        return setup[0] == STANDARD_IN ? descriptor(setup, length) : NULL;
    case GET_STATUS:
        *length = sizeof status;
        return status;
    case GET_CONFIGURATION:
        *length = sizeof configured;
        return configured;
    default:
        return NULL;
    }
}

bool lk_ft601_accepts(const uint8_t setup[8])
{
    uint8_t request = setup[1];
    return (setup[0] & TYPE) == 0 && (request == SET_ADDRESS || request == SET_CONFIGURATION ||
                                      request == SET_INTERFACE || request == CLEAR_FEATURE);
}

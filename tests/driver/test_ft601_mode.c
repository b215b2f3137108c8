/* SPDX-License-Identifier: Apache-2.0 */
/* A chip 0403:601F may be in anybody's device: what is not in the mode of a board of ours is left alone. */
#include "transport/ft601.h"

#include <latchkey/device.h>

#include <criterion/criterion.h>
#include <string.h>

enum { CONFIGURATION_BYTES = 152, MODE = 138, CHANNELS = 139, MODE_245 = 0, MODE_600 = 1, ONE_CHANNEL = 2 };

/* The way to a chip that answers one request, and counts everything else. */
typedef struct fake_chip {
    lk_transport transport;
    uint8_t configuration[CONFIGURATION_BYTES];
    size_t length; /* that it answers with */
    lk_error error;
    unsigned requests, transfers, closed;
} fake_chip;

static lk_error fake_control(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value,
                             uint16_t index, uint8_t *data, uint16_t length, size_t *actual, int timeout)
{
    fake_chip *chip = (fake_chip *)transport;
    (void)index;
    (void)timeout;
    chip->requests++;
    cr_assert(request_type == 0xC0 && request == 0xCF && value == 1, "only the configuration is read");
    *actual = chip->length < length ? chip->length : length;
    memcpy(data, chip->configuration, *actual);
    return chip->error;
}

static lk_error fake_submit(lk_transport *transport, lk_transfer *transfer)
{
    (void)transfer;
    ((fake_chip *)transport)->transfers++;
    return LK_ERROR_DEVICE_LOST;
}

static void fake_close(lk_transport *transport)
{
    ((fake_chip *)transport)->closed++;
}

static const lk_transport_methods methods = {.control = fake_control, .submit = fake_submit, .close = fake_close};
static fake_chip chip;
static char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];

static void begin(void)
{
    chip = (fake_chip){.transport = {&methods}, .length = CONFIGURATION_BYTES};
    chip.configuration[MODE] = MODE_245;
    chip.configuration[CHANNELS] = ONE_CHANNEL;
}

TestSuite(ft601_mode, .init = begin);

static lk_error open_chip(lk_transport **transport)
{
    return lk_ft601_transport_new(&chip.transport, 100, transport, diagnosis);
}

static void expect_refusal(lk_error error, const char *word)
{
    lk_transport *transport;
    cr_expect_eq(open_chip(&transport), error);
    cr_expect_null(transport);
    cr_expect_not_null(strstr(diagnosis, word), "%s", diagnosis);
    cr_expect_eq(chip.closed, 1);
    cr_expect_eq(chip.transfers, 0, "nothing is sent to it");
}

Test(ft601_mode, one_channel_of_245_fifo_is_taken)
{
    lk_transport *transport;
    cr_assert_eq(open_chip(&transport), LK_OK);
    cr_expect_eq(chip.requests, 1);
    cr_expect_eq(chip.transfers, 0, "nothing is sent before somebody asks");
    transport->methods->close(transport);
    cr_expect_eq(chip.closed, 1);
}

Test(ft601_mode, another_mode_is_refused)
{
    chip.configuration[MODE] = MODE_600;
    expect_refusal(LK_ERROR_DEVICE_UNAVAILABLE, "245 FIFO");
}

Test(ft601_mode, several_channels_are_refused)
{
    chip.configuration[CHANNELS] = 0;
    expect_refusal(LK_ERROR_DEVICE_UNAVAILABLE, "one channel");
}

Test(ft601_mode, a_short_answer_is_refused)
{
    chip.length = CHANNELS;
    expect_refusal(LK_ERROR_DEVICE_UNAVAILABLE, "mode");
}

Test(ft601_mode, an_error_is_told)
{
    chip.error = LK_ERROR_DEVICE_STALLED;
    expect_refusal(LK_ERROR_DEVICE_STALLED, "does not tell its mode");
}

Test(ft601_mode, a_chip_that_is_lost_is_told_of_at_the_first_request)
{
    lk_transport *transport;
    cr_assert_eq(open_chip(&transport), LK_OK);
    cr_expect_eq(transport->methods->control(transport, 0x40, 2, 0, 0, NULL, 0, NULL, 100), LK_ERROR_DEVICE_LOST);
    transport->methods->close(transport);
}

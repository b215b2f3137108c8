/* SPDX-License-Identifier: Apache-2.0 */
/* `latchkey selftest`: a board tests its ciphers with known answers, and this says what came of it. */
#include "tools/attachment.h"
#include "tools/command.h"
#include "tools/options.h"
#include "tools/report.h"

#include <stdio.h>

enum { OPTION_DEVICE = LK_OPTION_OWN };

/* The bit map of docs/suites.md, in words. */
static const char *const cipher_titles[] = {
#define LK_CIPHER(name, bit, title, kind, mac, key, mac_key, salt, explicit_nonce, block, tag) [bit] = (title),
#include "suite/suites.def"
};

static int print(const lk_attachment *attachment, const lk_device_selftest *result)
{
    const lk_device_information *information = lk_attachment_information(attachment);
    char uri[LK_DEVICE_TEXT_MAX], serial[LK_DEVICE_TEXT_MAX];
    unsigned ran = 0, failed = 0;
    lk_text_sanitize(uri, sizeof uri, information->uri);
    lk_text_sanitize(serial, sizeof serial, information->serial);
    (void)printf("%s, serial %s\n", uri, serial);
    for (size_t i = 0; i < sizeof cipher_titles / sizeof cipher_titles[0]; i++) {
        if (!cipher_titles[i] || !(result->ran >> i & 1))
            continue;
        bool bad = result->failed >> i & 1;
        (void)printf("  %-40s%s\n", cipher_titles[i], bad ? "FAILED" : "passed");
        ran++;
        failed += bad;
    }
    if (ran == 0)
        (void)printf("Verdict: FAILED: the board has tested nothing\n");
    else if (failed > 0)
        (void)printf("Verdict: FAILED: %u of %u ciphers; the board does without them\n", failed, ran);
    else
        (void)printf("Verdict: passed: all %u ciphers\n", ran);
    return ran > 0 && failed == 0 ? LK_EXIT_OK : LK_EXIT_FAILURE;
}

static int run(const char *uri)
{
    lk_attachment attachment;
    lk_device_selftest result;
    int status = LK_EXIT_FAILURE;
    lk_error error = lk_attachment_open(&attachment, uri);
    if (error)
        return lk_report_error(uri ? uri : "usb:", error, attachment.reason);
    error = lk_attachment_selftest(&attachment, &result);
    if (error == LK_ERROR_ENGINE_UNSUPPORTED)
        status = lk_report_error(lk_attachment_information(&attachment)->uri, error,
                                 "this board's bitstream has no selftest; update it");
    else if (error)
        status = lk_report_error(lk_attachment_information(&attachment)->uri, error, NULL);
    else
        status = print(&attachment, &result);
    lk_attachment_close(&attachment);
    return status;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    const char **uri = state->input;
    switch (key) {
    case OPTION_DEVICE:
        *uri = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is not expected: name a device with --device URI", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int lk_command_selftest(int count, char **arguments)
{
    static const struct argp_option table[] = {
        {"device", OPTION_DEVICE, "URI", 0,
         "the board: usb:, usb:serial=S or usbip:HOST:PORT[/BUSID] (default: $LATCHKEY_DEVICE, otherwise usb:)", 0},
        {0}};
    static const struct argp argp = {
        .options = table,
        .parser = parse,
        .doc = "Has a board test each of its ciphers with known answers, and prints what failed. The board must not be "
               "in use: its keys are erased.\vExit status: 0 when all passed, 1 when one failed or the board does not "
               "answer, 2 for a mistake on the command line."};
    lk_options defaults;
    lk_options_initialize(&defaults);
    const char *uri = defaults.device;
    return argp_parse(&argp, count, arguments, 0, NULL, &uri) ? LK_EXIT_USAGE : run(uri);
}

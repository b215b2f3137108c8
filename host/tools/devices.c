/* SPDX-License-Identifier: Apache-2.0 */
/* `latchkey devices`: which boards are attached, and what they say of themselves. */
#include "tools/attachment.h"
#include "tools/command.h"
#include "tools/options.h"
#include "tools/report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

typedef struct lk_devices_command {
    const char *uri;
    bool json;
    json_t *list;
    size_t usable, unusable;
} lk_devices_command;

enum { OPTION_DEVICE = LK_OPTION_OWN, OPTION_JSON };

/* The bit maps of docs/suites.md, in words. */
static const char *const cipher_titles[] = {
#define LK_CIPHER(name, bit, title, kind, mac, key, mac_key, salt, explicit_nonce, block, tag) [bit] = (title),
#include "suite/suites.def"
};
static const char *const version_titles[] = {
#define LK_VERSION(name, wire, bit, title) [bit] = (title),
#include "suite/suites.def"
};

static json_t *name_bits(uint32_t bits, const char *const *titles, size_t count)
{
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++)
        if (titles[i] && (bits >> i & 1))
            (void)json_array_append_new(names, json_string(titles[i]));
    return names;
}

static json_t *describe(const lk_device_information *information, lk_error error)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:I, s:{s:i, s:i}, s:I, s:I, s:I, s:I, s:o, s:o, s:I}", "uri", information->uri, "state",
        error ? lk_error_name(error) : "usable", "product", information->product, "serial", information->serial,
        "build", (json_int_t)information->build, "protocol", "major", (int)(information->protocol_version >> 16),
        "minor", (int)(information->protocol_version & 0xffff), "clock_hertz", (json_int_t)information->clock_hertz,
        "slots", (json_int_t)information->slots, "lanes", (json_int_t)information->lanes, "record_max",
        (json_int_t)information->record_max, "ciphers",
        name_bits(information->ciphers, cipher_titles, sizeof cipher_titles / sizeof cipher_titles[0]), "versions",
        name_bits(information->versions, version_titles, sizeof version_titles / sizeof version_titles[0]), "health",
        (json_int_t)information->health);
}

static void collect(void *context, const lk_device_information *information, lk_error error)
{
    lk_devices_command *devices = context;
    (void)json_array_append_new(devices->list, describe(information, error));
    *(error ? &devices->unusable : &devices->usable) += 1;
}

static const char *text_of(const json_t *device, const char *key)
{
    const char *text = json_string_value(json_object_get(device, key));
    return text ? text : "";
}

static json_int_t number_of(const json_t *device, const char *key)
{
    return json_integer_value(json_object_get(device, key));
}

static void print_names(const char *title, const json_t *names)
{
    (void)printf("  %-10s", title);
    for (size_t i = 0; i < json_array_size(names); i++)
        (void)printf("%s%s", i ? ", " : "", json_string_value(json_array_get(names, i)));
    (void)printf("%s\n", json_array_size(names) ? "" : "none");
}

/* The bits of docs/protocol.md. */
static const char *health_text(json_int_t health)
{
    enum { FRAMING_LOST = 1, SELFTEST_FAILED = 2 };
    if (health & SELFTEST_FAILED)
        return "faulty: a cipher failed the selftest, and is not offered (see latchkey selftest)";
    if (health & FRAMING_LOST)
        return "waits for a reset: a command could not be read";
    return health ? "faulty (see docs/protocol.md)" : "well";
}

static void print_device(const json_t *device)
{
    const json_t *protocol = json_object_get(device, "protocol");
    char uri[LK_DEVICE_TEXT_MAX], product[LK_DEVICE_TEXT_MAX], serial[LK_DEVICE_TEXT_MAX];
    lk_text_sanitize(uri, sizeof uri, text_of(device, "uri"));
    lk_text_sanitize(product, sizeof product, text_of(device, "product"));
    lk_text_sanitize(serial, sizeof serial, text_of(device, "serial"));
    (void)printf("%s\n", uri);
    (void)printf("  %-10s%s\n", "product", product);
    (void)printf("  %-10s%s\n", "serial", serial);
    if (strcmp(text_of(device, "state"), "usable") != 0) {
        (void)printf("  %-10snot usable: %s\n", "state", text_of(device, "state"));
        return;
    }
    (void)printf("  %-10s0x%08" PRIx64 "\n", "build", (uint64_t)number_of(device, "build"));
    (void)printf("  %-10s%" JSON_INTEGER_FORMAT ".%" JSON_INTEGER_FORMAT "\n", "protocol", number_of(protocol, "major"),
                 number_of(protocol, "minor"));
    (void)printf("  %-10s%.3f MHz\n", "clock", (double)number_of(device, "clock_hertz") / 1e6);
    print_names("ciphers", json_object_get(device, "ciphers"));
    print_names("versions", json_object_get(device, "versions"));
    (void)printf("  %-10s%" JSON_INTEGER_FORMAT "\n", "slots", number_of(device, "slots"));
    (void)printf("  %-10s%" JSON_INTEGER_FORMAT "\n", "lanes", number_of(device, "lanes"));
    (void)printf("  %-10s%s\n", "health", health_text(number_of(device, "health")));
}

static void print(const lk_devices_command *devices)
{
    if (devices->json) {
        (void)json_dumpf(devices->list, stdout, JSON_INDENT(2));
        (void)printf("\n");
        return;
    }
    for (size_t i = 0; i < json_array_size(devices->list); i++)
        print_device(json_array_get(devices->list, i));
}

static int list(lk_devices_command *devices)
{
    char reason[LK_REASON_MAX] = "";
    const char *uri = devices->uri ? devices->uri : "usb:";
    lk_error error = lk_attachment_list(uri, collect, devices, reason);
    if (error)
        return lk_report_error(uri, error, reason);
    print(devices);
    if (devices->usable == 0 && devices->unusable == 0) {
        lk_report("%s: no board is attached; plug one in, or name another place with --device usbip:HOST:PORT", uri);
        return LK_EXIT_FAILURE;
    }
    return devices->usable > 0 ? LK_EXIT_OK : LK_EXIT_FAILURE;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    lk_devices_command *devices = state->input;
    switch (key) {
    case OPTION_DEVICE:
        devices->uri = argument;
        return 0;
    case OPTION_JSON:
        devices->json = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is not expected: name a device with --device URI", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int lk_command_devices(int count, char **arguments)
{
    static const struct argp_option table[] = {
        {"device", OPTION_DEVICE, "URI", 0,
         "where to look: usb:, usb:serial=S or usbip:HOST:PORT[/BUSID] (default: $LATCHKEY_DEVICE, otherwise usb:)", 0},
        {"json", OPTION_JSON, NULL, 0, "print a JSON array", 0},
        {0}};
    static const struct argp argp = {.options = table,
                                     .parser = parse,
                                     .doc = "Lists the boards that are attached, with what they say of themselves."};
    lk_devices_command devices = {.list = json_array()};
    lk_options defaults;
    int status;
    lk_options_initialize(&defaults);
    devices.uri = defaults.device;
    if (!devices.list)
        return lk_report_error("devices", LK_ERROR_NO_MEMORY, NULL);
    status = argp_parse(&argp, count, arguments, 0, NULL, &devices) ? LK_EXIT_USAGE : list(&devices);
    json_decref(devices.list);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <latchkey/device.h>

#include "engine.h"
#include "identity.h"
#include "inside.h"
#include "protocol/facts.h"
#include "transport/diagnosis.h"
#include "transport/registry.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPEN_TIMEOUT = 5000,    /* ms, as lk_device_open() promises */
    CONTROL_TIMEOUT = 2000, /* ms for one control request; a simulated board is slow */
    CLOSE_TIMEOUT = 1000,   /* ms for the last one */
    VENDOR_IN = 0xc0,       /* request types: vendor, device */
    VENDOR_OUT = 0x40,
    WORD = 4
};

/* ns between attempts at a device that is lost: from half a second to half a minute. */
#define PAUSE_FIRST INT64_C(500000000)
#define PAUSE_MOST  INT64_C(32000000000)

struct lk_device {
    lk_slot_engine engine;
    lk_transport *transport; /* borrowed from the engine's link, for control requests; NULL after it was closed */
    lk_health health;
    size_t slot_limit;  /* as it was asked for */
    int64_t try_next;   /* ns of the monotonic clock: when recovery may be tried */
    int64_t pause;      /* ns until the one after that */
    int64_t well_since; /* when it was opened again last; 0: it was not, or that is accounted for */
    lk_device_information information;
};

static lk_error stream_reset(lk_transport *transport, int timeout)
{
    return transport->methods->control(transport, VENDOR_OUT, LK_REQUEST_STREAM_RESET, 0, 0, NULL, 0, NULL, timeout);
}

/* Reads fact words; data takes words * 4 bytes. */
static lk_error facts_read(lk_transport *transport, uint16_t first, uint16_t words, uint8_t *data, lk_reader *reader)
{
    size_t wanted = (size_t)words * WORD;
    size_t actual = 0;
    lk_error error = transport->methods->control(transport, VENDOR_IN, LK_REQUEST_READ_FACTS, 0, first, data,
                                                 (uint16_t)wanted, &actual, CONTROL_TIMEOUT);
    *reader = lk_reader_over(data, actual < wanted ? actual : wanted);
    return error;
}

static lk_error information_read(lk_transport *transport, lk_uri *uri, lk_device_information *information,
                                 char *diagnosis)
{
    uint8_t data[LK_FACTS_INFORMATION_WORDS * WORD];
    lk_identity identity = {{0}, {0}};
    lk_reader reader;
    lk_error error = lk_identity_read(transport, CONTROL_TIMEOUT, &identity);
    memcpy(information->product, identity.product, sizeof information->product);
    memcpy(information->serial, identity.serial, sizeof information->serial);
    if (strcmp(uri->scheme, "usb") == 0 || strcmp(uri->scheme, "ft601") == 0)
        memcpy(uri->serial, identity.serial, sizeof uri->serial);
    lk_uri_format(uri, information->uri);
    if (error)
        return lk_diagnose(diagnosis, error, "the device's descriptors cannot be read: %s", lk_error_sentence(error));
    error = facts_read(transport, 0, LK_FACTS_INFORMATION_WORDS, data, &reader);
    if (error)
        return lk_diagnose(diagnosis, error, "the device's facts cannot be read: %s", lk_error_sentence(error));
    return lk_facts_information(&reader, information, diagnosis);
}

static lk_error transport_open(const char *text, lk_uri *uri, lk_transport **transport, char *diagnosis)
{
    lk_error error = lk_uri_parse(text, uri, diagnosis);
    if (error)
        return error;
    const lk_transport_scheme *scheme = lk_transport_find(uri->scheme);
    if (!scheme) {
        lk_diagnose(diagnosis, LK_ERROR_DEVICE_UNAVAILABLE, "this program has no support for %s: devices", uri->scheme);
        return LK_ERROR_DEVICE_UNAVAILABLE;
    }
    error = scheme->open(uri, OPEN_TIMEOUT, transport, diagnosis);
    return !error && !*transport ? LK_ERROR_DEVICE_UNAVAILABLE : error; /* a registered scheme may be anyone's */
}

static void apply_slot_limit(lk_device *device)
{
    lk_slot_engine *engine = &device->engine;
    engine->slot_limit = device->slot_limit < engine->slot_count ? device->slot_limit : engine->slot_count;
}

/* Brings an empty device up on an open transport, which it takes over. */
static lk_error device_start(lk_device *device, lk_transport *transport, lk_uri *uri, char *diagnosis)
{
    lk_device_information *information = &device->information;
    lk_error error = information_read(transport, uri, information, diagnosis);
    if (!error) {
        error = stream_reset(transport, CONTROL_TIMEOUT);
        if (error)
            lk_diagnose(diagnosis, error, "the device cannot be reset: %s", lk_error_sentence(error));
    }
    if (error) {
        transport->methods->close(transport);
        return error;
    }
    device->transport = transport;
    error = lk_slot_engine_init(&device->engine, transport, information->slots, information->ciphers,
                                information->versions, LK_LINK_TIMEOUT);
    if (error)
        lk_diagnose(diagnosis, error, "the device's transfers cannot be started: %s", lk_error_sentence(error));
    device->engine.health = &device->health;
    apply_slot_limit(device);
    return error;
}

/* As lk_device_open(); what became known of the device is in *information also on failure. */
static lk_error device_open(const char *text, lk_device **opened, lk_device_information *information, char *diagnosis)
{
    lk_uri uri;
    lk_transport *transport = NULL;
    *opened = NULL;
    lk_error error = transport_open(text, &uri, &transport, diagnosis);
    if (error)
        return error;
    lk_device *device = calloc(1, sizeof *device);
    if (!device) {
        transport->methods->close(transport);
        return lk_diagnose(diagnosis, LK_ERROR_NO_MEMORY, "%s", lk_error_sentence(LK_ERROR_NO_MEMORY));
    }
    device->slot_limit = SIZE_MAX;
    error = device_start(device, transport, &uri, diagnosis);
    *information = device->information;
    if (error)
        free(device);
    else
        *opened = device;
    return error;
}

lk_error lk_device_open(const char *uri, lk_device **device, char *diagnosis)
{
    char ignored[LK_DEVICE_DIAGNOSIS_MAX];
    lk_device_information information;
    if (!diagnosis)
        diagnosis = ignored;
    diagnosis[0] = '\0';
    return device_open(uri, device, &information, diagnosis);
}

void lk_device_close(lk_device *device)
{
    if (!device)
        return;
    lk_error lost = device->transport ? lk_slot_engine_check(&device->engine) : LK_ERROR_DEVICE_LOST;
    if (lost != LK_ERROR_DEVICE_LOST && lost != LK_ERROR_DEVICE_INHERITED)
        stream_reset(device->transport, CLOSE_TIMEOUT); /* it is being closed either way */
    if (device->transport)
        lk_slot_engine_release(&device->engine);
    free(device);
}

void lk_device_set_timeout(lk_device *device, int timeout)
{
    device->engine.link.timeout = timeout;
}

/* Kept on both sides of a loss: a board that comes back may be another one. */
void lk_device_set_slot_limit(lk_device *device, size_t slots)
{
    device->slot_limit = slots;
    apply_slot_limit(device);
}

lk_engine *lk_device_engine(lk_device *device)
{
    return &device->engine.base;
}

const lk_device_information *lk_device_information_get(const lk_device *device)
{
    return &device->information;
}

lk_error lk_device_statistics_get(lk_device *device, lk_device_statistics *statistics)
{
    uint8_t data[LK_FACTS_STATISTICS_WORDS * WORD];
    lk_reader reader;
    memset(statistics, 0, sizeof *statistics);
    lk_error error = lk_slot_engine_check(&device->engine);
    if (error)
        return error;
    error = facts_read(device->transport, LK_FACTS_STATISTICS_FIRST, LK_FACTS_STATISTICS_WORDS, data, &reader);
    return error ? error : lk_facts_statistics(&reader, statistics);
}

void lk_device_health_get(const lk_device *device, lk_device_health *health)
{
    lk_health_get(&device->health, health);
}

lk_error lk_device_heartbeat(lk_device *device)
{
    lk_error error = lk_slot_engine_beat(&device->engine);
    return error ? error : lk_engine_progress(&device->engine.base, 0);
}

bool lk_device_usable(const lk_device *device)
{
    return device->transport && !device->engine.link.lost && !device->engine.settled;
}

size_t lk_device_slots_taken(const lk_device *device)
{
    return lk_slot_engine_taken(&device->engine);
}

size_t lk_device_slots_most(const lk_device *device)
{
    return device->engine.slot_limit;
}

void lk_device_vacate(lk_device *device)
{
    lk_roster_vacate(&device->engine.base.roster);
}

/* As it is while it is not there: operations and directions end with DEVICE_LOST. */
static void be_absent(lk_device *device)
{
    device->transport = NULL;
    device->engine.link.lost = LK_ERROR_DEVICE_LOST;
    device->engine.settled = true;
}

lk_error lk_device_suspend(lk_device *device)
{
    if (!device->transport)
        return LK_OK;
    if (lk_slot_engine_in_use(&device->engine))
        return LK_ERROR_ENGINE_BUSY;
    if (lk_slot_engine_check(&device->engine) == LK_OK)
        (void)stream_reset(device->transport, CLOSE_TIMEOUT);
    lk_slot_engine_release(&device->engine);
    be_absent(device);
    device->try_next = device->pause = 0; /* wanted again, it is opened at once */
    return LK_OK;
}

/* Opens the way to the device once more, and brings it up. */
static lk_error reopen(lk_device *device)
{
    char ignored[LK_DEVICE_DIAGNOSIS_MAX];
    lk_uri uri;
    int timeout = device->engine.link.timeout;
    lk_transport *transport = NULL;
    if (device->transport)
        lk_slot_engine_release(&device->engine);
    device->transport = NULL;
    lk_error error = transport_open(device->information.uri, &uri, &transport, ignored);
    if (!error)
        error = device_start(device, transport, &uri, ignored);
    if (error)
        be_absent(device);
    device->engine.link.timeout = timeout;
    return error;
}

lk_error lk_device_recover(lk_device *device)
{
    lk_error lost = lk_slot_engine_check(&device->engine);
    if (!lost || lost == LK_ERROR_DEVICE_INHERITED)
        return lost;
    if (device->transport && lk_slot_engine_in_use(&device->engine))
        return LK_ERROR_ENGINE_BUSY;
    int64_t now = lk_health_now();
    if (device->well_since != 0 && now - device->well_since > device->pause)
        device->pause = device->try_next = 0; /* that was long enough to begin anew */
    device->well_since = 0;
    if (now < device->try_next)
        return LK_ERROR_DEVICE_LOST;
    lk_error error = reopen(device);
    device->pause = device->pause == 0 ? PAUSE_FIRST : device->pause < PAUSE_MOST ? 2 * device->pause : PAUSE_MOST;
    device->try_next = lk_health_now() + device->pause;
    if (!error) {
        device->well_since = lk_health_now();
        lk_health_recover(&device->health);
    }
    return error;
}

lk_error lk_device_selftest_run(lk_device *device, lk_device_selftest *result)
{
    enum { FIRST = LK_FACT_CIPHERS, WORDS = LK_FACT_SELFTEST_FAILED + 1 - FIRST };
    uint8_t data[WORDS * WORD];
    uint32_t words[WORDS];
    lk_reader reader;
    memset(result, 0, sizeof *result);
    lk_error error = lk_slot_engine_check(&device->engine);
    if (error)
        return error;
    if (device->information.protocol_version < LK_FACTS_SELFTEST_VERSION)
        return LK_ERROR_ENGINE_UNSUPPORTED;
    if (lk_slot_engine_in_use(&device->engine))
        return LK_ERROR_ENGINE_BUSY;
    error = device->transport->methods->control(device->transport, VENDOR_OUT, LK_REQUEST_SELFTEST, 0, 0, NULL, 0, NULL,
                                                CONTROL_TIMEOUT);
    if (!error)
        error = facts_read(device->transport, FIRST, WORDS, data, &reader);
    if (error)
        return error;
    for (size_t i = 0; i < WORDS; i++)
        words[i] = lk_reader_u32_little(&reader);
    if (reader.failed)
        return LK_ERROR_DEVICE_PROTOCOL;
    result->ciphers = device->engine.ciphers = device->information.ciphers = words[0];
    device->information.health = words[LK_FACT_HEALTH - FIRST];
    result->ran = words[LK_FACT_SELFTEST_RAN - FIRST];
    result->failed = words[LK_FACT_SELFTEST_FAILED - FIRST];
    return LK_OK;
}

typedef struct listing {
    lk_device_found *found;
    void *context;
} listing;

static void listing_add(void *context, const char *uri, lk_error error)
{
    const listing *list = context;
    lk_device_information information;
    lk_device *device = NULL;
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    memset(&information, 0, sizeof information);
    if (!error)
        error = device_open(uri, &device, &information, diagnosis);
    if (information.uri[0] == '\0') {
        size_t length = strnlen(uri, sizeof information.uri - 1);
        memcpy(information.uri, uri, length);
    }
    lk_device_close(device);
    list->found(list->context, &information, error);
}

lk_error lk_device_list(const char *text, lk_device_found *found, void *context, char *diagnosis)
{
    char ignored[LK_DEVICE_DIAGNOSIS_MAX];
    listing list = {found, context};
    lk_uri uri;
    if (!diagnosis)
        diagnosis = ignored;
    diagnosis[0] = '\0';
    lk_error error = lk_uri_parse(text, &uri, diagnosis);
    if (error)
        return error;
    const lk_transport_scheme *scheme = lk_transport_find(uri.scheme);
    if (!scheme)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_UNAVAILABLE, "this program has no support for %s: devices",
                           uri.scheme);
    return scheme->list(&uri, OPEN_TIMEOUT, listing_add, &list, diagnosis);
}

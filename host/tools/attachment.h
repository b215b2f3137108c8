/* SPDX-License-Identifier: Apache-2.0 */
/* The device that a run of the command uses, or the reason why there is none. Builds without LATCHKEY_USB have absent.c
 * instead. */
#ifndef LK_TOOLS_ATTACHMENT_H
#define LK_TOOLS_ATTACHMENT_H

#include <latchkey/device.h>

#include <jansson.h>
#include <stdbool.h>

enum { LK_REASON_MAX = LK_DEVICE_DIAGNOSIS_MAX + 64 };

typedef struct lk_attachment {
    lk_device *device; /* NULL when there is none */
    lk_engine *engine;
    char uri[LK_DEVICE_TEXT_MAX];
    char reason[LK_REASON_MAX]; /* why there is none, "" when there is one */
} lk_attachment;

/**
 * Opens the device that the URI names; NULL means any board on USB.
 * @return what lk_device_open() says; reason then holds a sentence.
 */
lk_error lk_attachment_open(lk_attachment *attachment, const char *uri);

/** Closes the device, if there is one. */
void lk_attachment_close(lk_attachment *attachment);

/** The device's counters; false when there is no device, or it does not answer. */
bool lk_attachment_count(const lk_attachment *attachment, lk_device_statistics *statistics);

/**
 * The device and what it did between two readings of its counters, as a JSON object; JSON null without a device. later
 * may be NULL, when the device did not answer any more: then there are no counters in it.
 */
json_t *lk_attachment_describe(const lk_attachment *attachment, const lk_device_statistics *earlier,
                               const lk_device_statistics *later);

/** lk_device_health_get() as a JSON object; JSON null without a device. May be called from any thread. */
json_t *lk_attachment_describe_health(const lk_attachment *attachment);

/** Between connections: asks the device for a sign of life, and brings one back that was lost; says so. */
void lk_attachment_care(const lk_attachment *attachment);

/** What the device said when it was opened. There is one. */
const lk_device_information *lk_attachment_information(const lk_attachment *attachment);

/** lk_device_selftest_run(), in builds without devices too. */
lk_error lk_attachment_selftest(const lk_attachment *attachment, lk_device_selftest *result);

/** lk_device_list(), in builds without devices too. reason receives its diagnosis. */
lk_error lk_attachment_list(const char *uri, lk_device_found *found, void *context, char reason[LK_REASON_MAX]);

#endif

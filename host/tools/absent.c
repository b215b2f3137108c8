/* SPDX-License-Identifier: Apache-2.0 */
/* What stands for devices in a build without them (LATCHKEY_USB=OFF). */
#include "tools/attachment.h"

#include <stdio.h>

#define ABSENCE "this build has no support for devices; build it with -DLATCHKEY_USB=ON"

lk_error lk_attachment_open(lk_attachment *attachment, const char *uri)
{
    (void)uri;
    *attachment = (lk_attachment){0};
    (void)snprintf(attachment->reason, sizeof attachment->reason, "%s", ABSENCE);
    return LK_ERROR_DEVICE_UNAVAILABLE;
}

void lk_attachment_close(lk_attachment *attachment)
{
    *attachment = (lk_attachment){0};
}

bool lk_attachment_count(const lk_attachment *attachment, lk_device_statistics *statistics)
{
    (void)attachment;
    (void)statistics;
    return false;
}

json_t *lk_attachment_describe(const lk_attachment *attachment, const lk_device_statistics *earlier,
                               const lk_device_statistics *later)
{
    (void)attachment;
    (void)earlier;
    (void)later;
    return json_null();
}

const lk_device_information *lk_attachment_information(const lk_attachment *attachment)
{
    static const lk_device_information none;
    (void)attachment;
    return &none;
}

lk_error lk_attachment_selftest(const lk_attachment *attachment, lk_device_selftest *result)
{
    (void)attachment;
    *result = (lk_device_selftest){0};
    return LK_ERROR_DEVICE_UNAVAILABLE;
}

lk_error lk_attachment_list(const char *uri, lk_device_found *found, void *context, char reason[LK_REASON_MAX])
{
    (void)uri;
    (void)found;
    (void)context;
    (void)snprintf(reason, LK_REASON_MAX, "%s", ABSENCE);
    return LK_ERROR_DEVICE_UNAVAILABLE;
}

json_t *lk_attachment_describe_health(const lk_attachment *attachment)
{
    (void)attachment;
    return json_null();
}

void lk_attachment_care(const lk_attachment *attachment)
{
    (void)attachment;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/protocol.h"

#include <stddef.h>

typedef struct status_row {
    uint8_t status;
    lk_error error;
    const char *name;
} status_row;

static const status_row rows[] = {
#define LK_STATUS(name, value, error, meaning) {value, LK_ERROR_##error, #name},
#include "protocol/protocol.def"
};

static const status_row *status_find(uint8_t status)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].status == status)
            return &rows[i];
    return NULL;
}

bool lk_status_known(uint8_t status)
{
    return status_find(status) != NULL;
}

lk_error lk_status_error(uint8_t status)
{
    const status_row *row = status_find(status);
    return row ? row->error : LK_ERROR_DEVICE_PROTOCOL;
}

const char *lk_status_name(uint8_t status)
{
    const status_row *row = status_find(status);
    return row ? row->name : "unknown";
}

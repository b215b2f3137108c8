/* SPDX-License-Identifier: Apache-2.0 */
#include <latchkey/error.h>

#include <stddef.h>

typedef struct error_row {
    const char *name;
    int alert;
    const char *sentence;
} error_row;

static const error_row errors[] = {
#define ERROR_ROW(name, alert, sentence) {#name, alert, sentence},
    LK_ERROR_TABLE(ERROR_ROW)
#undef ERROR_ROW
};

static const error_row unknown_error = {"UNKNOWN", LK_ALERT_INTERNAL_ERROR, "an unknown error"};

static const error_row *error_find(lk_error error)
{
    if ((unsigned)error >= LK_ERROR_COUNT)
        return &unknown_error;
    return &errors[error];
}

const char *lk_error_name(lk_error error)
{
    return error_find(error)->name;
}

const char *lk_error_sentence(lk_error error)
{
    return error_find(error)->sentence;
}

int lk_error_alert(lk_error error)
{
    return error_find(error)->alert;
}

typedef struct alert_row {
    int alert;
    const char *name;
    const char *sentence;
} alert_row;

static const alert_row alerts[] = {
#define ALERT_ROW(number, name, sentence) {LK_ALERT_##number, name, sentence},
    LK_ALERT_TABLE(ALERT_ROW)
#undef ALERT_ROW
};

static const alert_row unknown_alert = {LK_ALERT_NONE, "unknown", "an alert without a name"};

static const alert_row *alert_find(int alert)
{
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
        if (alerts[i].alert == alert)
            return &alerts[i];
    return &unknown_alert;
}

const char *lk_alert_name(int alert)
{
    return alert_find(alert)->name;
}

const char *lk_alert_sentence(int alert)
{
    return alert_find(alert)->sentence;
}

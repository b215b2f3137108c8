/* SPDX-License-Identifier: Apache-2.0 */
#include "transport/diagnosis.h"

#include <latchkey/device.h>

#include <stdarg.h>
#include <stdio.h>

lk_error lk_diagnose(char *diagnosis, lk_error error, const char *format, ...)
{
    if (diagnosis) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(diagnosis, LK_DEVICE_DIAGNOSIS_MAX, format, arguments);
        va_end(arguments);
    }
    return error;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/report.h"

#include <stdarg.h>

enum { LINE_MAX_LENGTH = 1024 };

void lk_text_sanitize(char *to, size_t capacity, const char *from)
{
    size_t length = 0;
    if (capacity == 0)
        return;
    for (; from[length] != '\0' && length + 1 < capacity; length++) {
        to[length] = '?';
        if (from[length] >= ' ' && from[length] <= '~')
            to[length] = from[length];
    }
    to[length] = '\0';
}

void lk_report(const char *format, ...)
{
    char line[LINE_MAX_LENGTH], clean[LINE_MAX_LENGTH];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    lk_text_sanitize(clean, sizeof clean, line);
    (void)fprintf(stderr, "latchkey: %s\n", clean);
}

int lk_report_error(const char *doing, lk_error error, const char *particulars)
{
    const char *cause = particulars && particulars[0] ? particulars : lk_error_sentence(error);
    lk_report("%s: %s [%s]", doing, cause, lk_error_name(error));
    return LK_EXIT_FAILURE;
}

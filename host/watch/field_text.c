/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/field_text.h"

#include "watch/field_names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 72 /* characters, beyond which a list goes on in the next line */, SHOWN_BYTES = 48 };

static void tell(lk_fields *fields)
{
    fields->teller(fields->teller_context, fields->name, fields->text);
    fields->name = "";
    fields->length = 0;
    fields->text[0] = '\0';
}

__attribute__((format(printf, 2, 0))) static void append(lk_fields *fields, const char *format, va_list arguments)
{
    size_t room = sizeof fields->text - fields->length;
    int length = vsnprintf(fields->text + fields->length, room, format, arguments);
    if (length > 0)
        fields->length += (size_t)length < room ? (size_t)length : room - 1;
}

__attribute__((format(printf, 2, 3))) static void add(lk_fields *fields, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append(fields, format, arguments);
    va_end(arguments);
}

void lk_field_begin(lk_fields *fields, const char *name)
{
    fields->name = name;
    fields->listed = false;
    fields->length = 0;
    fields->text[0] = '\0';
}

void lk_field_item(lk_fields *fields, const char *format, ...)
{
    va_list arguments;
    if (fields->listed)
        add(fields, ",");
    if (fields->length > WIDTH)
        tell(fields);
    if (fields->length > 0)
        add(fields, " ");
    fields->listed = true;
    va_start(arguments, format);
    append(fields, format, arguments);
    va_end(arguments);
}

void lk_field_end(lk_fields *fields)
{
    if (fields->length > 0 || !fields->listed)
        tell(fields);
}

void lk_field_print(lk_fields *fields, const char *name, const char *format, ...)
{
    va_list arguments;
    lk_field_begin(fields, name);
    va_start(arguments, format);
    append(fields, format, arguments);
    va_end(arguments);
    tell(fields);
}

void lk_field_bytes(lk_fields *fields, const char *name, lk_reader bytes)
{
    lk_field_begin(fields, name);
    for (size_t i = 0; bytes.left > 0 && i < SHOWN_BYTES; i++)
        add(fields, "%02x", lk_reader_u8(&bytes));
    if (bytes.left > 0)
        add(fields, "... and %zu bytes more", bytes.left);
    if (fields->length == 0)
        add(fields, "empty");
    tell(fields);
}

void lk_field_length(lk_fields *fields, const char *name, lk_reader bytes)
{
    lk_field_print(fields, name, "%zu byte%s", bytes.left, bytes.left == 1 ? "" : "s");
}

void lk_field_copy(char *to, size_t capacity, lk_reader bytes)
{
    size_t length = 0;
    for (; bytes.left > 0 && length + 1 < capacity; length++) {
        uint8_t byte = lk_reader_u8(&bytes);
        to[length] = (char)(byte >= ' ' && byte <= '~' ? byte : '?');
    }
    to[length] = '\0';
}

static void list(lk_fields *fields, const char *name, lk_registry registry, lk_reader numbers)
{
    char text[LK_NUMBER_NAME_MAX];
    lk_field_begin(fields, name);
    while (numbers.left >= 2)
        lk_field_item(fields, "%s", lk_number_name(registry, lk_reader_u16(&numbers), text));
    if (numbers.left > 0)
        lk_field_item(fields, "(malformed: half a number)");
    lk_field_end(fields);
}

void lk_field_suites(lk_fields *fields, lk_reader numbers)
{
    list(fields, "cipher_suites", LK_REGISTRY_SUITE, numbers);
}

void lk_field_signatures(lk_fields *fields, const char *name, lk_reader numbers)
{
    list(fields, name, LK_REGISTRY_SIGNATURE, numbers);
}

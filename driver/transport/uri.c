/* SPDX-License-Identifier: Apache-2.0 */
#include "transport/uri.h"

#include "transport/diagnosis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Copies a part of a text as a string; false when it does not fit. */
static bool part_copy(char *to, size_t capacity, const char *from, size_t length)
{
    if (length >= capacity)
        return false;
    memcpy(to, from, length);
    to[length] = '\0';
    return true;
}

static lk_error parse_usb(lk_uri *uri, char *diagnosis)
{
    static const char key[] = "serial=";
    if (uri->rest[0] == '\0')
        return LK_OK;
    if (strncmp(uri->rest, key, sizeof key - 1) != 0)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI,
                           "\"%s\" after %s: is not understood; write %s: or %s:serial=S", uri->rest, uri->scheme,
                           uri->scheme, uri->scheme);
    const char *serial = uri->rest + sizeof key - 1;
    if (serial[0] == '\0')
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI, "the serial number is empty; write %s: for the first board",
                           uri->scheme);
    memmove(uri->serial, serial, strlen(serial) + 1); /* shorter than rest, so it fits */
    return LK_OK;
}

/* A decimal port, 1 to 65535; 0 for anything else. */
static uint16_t port_parse(const char *text, size_t length)
{
    uint32_t port = 0;
    if (length == 0 || length > 5)
        return 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        port = port * 10 + (uint32_t)(text[i] - '0');
    }
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* The host at the start of text, and where it ends; NULL when there is none that could be one. */
static const char *host_parse(lk_uri *uri, const char *text)
{
    const char *from = text;
    const char *end;
    const char *after;
    if (text[0] == '[') {
        from = text + 1;
        end = strchr(from, ']');
        after = end ? end + 1 : NULL;
    } else {
        end = text + strcspn(text, ":/");
        after = end;
    }
    if (!end || end == from || !part_copy(uri->host, sizeof uri->host, from, (size_t)(end - from)))
        return NULL;
    return after;
}

static lk_error parse_usbip(lk_uri *uri, char *diagnosis)
{
    const char *next = host_parse(uri, uri->rest);
    if (!next || (*next != '\0' && *next != ':' && *next != '/'))
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI,
                           "no host in \"usbip:%s\"; write usbip:HOST:PORT/BUSID, an IPv6 address in brackets",
                           uri->rest);
    uri->port = LK_USBIP_PORT;
    if (*next == ':') {
        size_t length = strcspn(next + 1, "/");
        uri->port = port_parse(next + 1, length);
        if (uri->port == 0)
            return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI, "\"%.*s\" is not a port; write a number from 1 to 65535",
                               (int)length, next + 1);
        next += 1 + length;
    }
    if (*next == '\0')
        return LK_OK;
    size_t length = strlen(next + 1);
    if (length == 0 || strchr(next + 1, '/') || !part_copy(uri->busid, sizeof uri->busid, next + 1, length))
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI,
                           "\"%s\" is not a bus id; write one such as 1-1, at most %d characters, or leave /BUSID out",
                           next + 1, LK_URI_BUSID_MAX - 1);
    return LK_OK;
}

lk_error lk_uri_parse(const char *text, lk_uri *uri, char *diagnosis)
{
    memset(uri, 0, sizeof *uri);
    const char *colon = strchr(text, ':');
    if (!colon || colon == text || !part_copy(uri->scheme, sizeof uri->scheme, text, (size_t)(colon - text)))
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI,
                           "\"%.64s\" does not begin with a scheme; write usb:, usb:serial=S or usbip:HOST:PORT/BUSID",
                           text);
    if (!part_copy(uri->rest, sizeof uri->rest, colon + 1, strlen(colon + 1)))
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI, "the device name is longer than %d characters",
                           LK_DEVICE_TEXT_MAX - 1);
    if (strcmp(uri->scheme, "usb") == 0 || strcmp(uri->scheme, "ft601") == 0)
        return parse_usb(uri, diagnosis);
    if (strcmp(uri->scheme, "usbip") == 0)
        return parse_usbip(uri, diagnosis);
    return LK_OK;
}

void lk_uri_format(const lk_uri *uri, char *text)
{
    int written;
    if (uri->serial[0])
        written = snprintf(text, LK_DEVICE_TEXT_MAX, "%s:serial=%s", uri->scheme, uri->serial);
    else if (uri->host[0])
        written = snprintf(text, LK_DEVICE_TEXT_MAX, strchr(uri->host, ':') ? "%s:[%s]:%u%s%s" : "%s:%s:%u%s%s",
                           uri->scheme, uri->host, (unsigned)uri->port, uri->busid[0] ? "/" : "", uri->busid);
    else
        written = snprintf(text, LK_DEVICE_TEXT_MAX, "%s:%s", uri->scheme, uri->rest);
    if (written < 0)
        text[0] = '\0';
}

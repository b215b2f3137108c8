/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/psk.h"
#include "tools/files.h"
#include "tools/report.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PSK_MAX = 64, IDENTITY_MAX = 128 };

/* Hexadecimal digits and blanks. Returns how many bytes they are, 0 when there is anything else or too much. */
static size_t parse_hexadecimal(const uint8_t *text, size_t length, uint8_t *bytes)
{
    size_t digits = 0;
    for (size_t i = 0; i < length; i++) {
        char digit[2] = {(char)text[i], '\0'};
        if (isspace(text[i]))
            continue;
        if (!isxdigit(text[i]) || digits == 2 * PSK_MAX)
            return 0;
        uint8_t value = (uint8_t)strtoul(digit, NULL, 16);
        bytes[digits / 2] = (uint8_t)(digits % 2 ? bytes[digits / 2] << 4 | value : value);
        digits++;
    }
    return digits % 2 ? 0 : digits / 2;
}

int lk_psk_use(const lk_setup *setup, const char *option)
{
    const char *path = strrchr(option, ':') + 1;
    size_t identity_length = (size_t)(path - 1 - option), length = 0;
    char identity[IDENTITY_MAX + 2] = "";
    uint8_t key[PSK_MAX + 1] = {0}, *text = NULL;
    if (lk_file_read(path, &text, &length)) {
        lk_report("the pre-shared key %s cannot be read: %s", path, strerror(errno));
        return LK_EXIT_FAILURE;
    }
    memcpy(identity, option, identity_length < sizeof identity ? identity_length : sizeof identity - 1);
    size_t key_length = parse_hexadecimal(text, length, key);
    explicit_bzero(text, length);
    free(text);
    int status = lk_setup_check(setup, "--psk", lk_config_set_psk(setup->config, identity, key, key_length));
    explicit_bzero(key, sizeof key);
    const char *hash = setup->options->psk_hash ? setup->options->psk_hash : "SHA256";
    if (!status)
        status = lk_setup_check(setup, "--psk-hash", lk_config_set_psk_hash(setup->config, hash));
    return status;
}

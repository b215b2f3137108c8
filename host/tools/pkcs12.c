/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/pkcs12.h"
#include "tools/files.h"
#include "tools/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PASSPHRASE_MAX = 1024 };

/* The first line of a file. */
static int read_passphrase(const char *path, char passphrase[PASSPHRASE_MAX])
{
    uint8_t *text = NULL;
    size_t length = 0;
    if (lk_file_read(path, &text, &length)) {
        lk_report("the passphrase %s cannot be read: %s", path, strerror(errno));
        return LK_EXIT_FAILURE;
    }
    size_t line = 0;
    while (line < length && text[line] != '\n' && text[line] != '\r')
        line++;
    bool fits = line < PASSPHRASE_MAX;
    if (fits)
        memcpy(passphrase, text, line);
    passphrase[fits ? line : 0] = '\0';
    explicit_bzero(text, length);
    free(text);
    if (!fits)
        lk_report("the passphrase %s is longer than %d bytes", path, PASSPHRASE_MAX - 1);
    return fits ? LK_EXIT_OK : LK_EXIT_FAILURE;
}

int lk_pkcs12_use(const lk_setup *setup, const char *option)
{
    char passphrase[PASSPHRASE_MAX];
    const char *colon = strrchr(option, ':');
    char *path = strndup(option, (size_t)(colon - option));
    if (!path)
        return LK_EXIT_FAILURE;
    int status = read_passphrase(colon + 1, passphrase);
    if (!status)
        status = lk_setup_check(setup, "--pkcs12", lk_config_use_pkcs12_file(setup->config, path, passphrase));
    explicit_bzero(passphrase, sizeof passphrase);
    free(path);
    return status;
}

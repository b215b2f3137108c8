/* SPDX-License-Identifier: Apache-2.0 */
/* How a configuration exchanges keys up to TLS 1.2: DH parameters, a pre-shared key, whose preference counts. */
#include "connection/config.h"

#include "base/secret.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

enum { DH_BITS_MIN = 512, DH_BITS_MAX = 8192 };

void lk_config_prefer_client_suites(lk_config *config, bool wanted)
{
    config->settings.client_preference = wanted;
}

lk_error lk_config_set_dh_minimum(lk_config *config, unsigned bits)
{
    if (bits < DH_BITS_MIN || bits > DH_BITS_MAX)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "a DH group has %d to %d bits here, and not %u",
                              DH_BITS_MIN, DH_BITS_MAX, bits);
    config->settings.dh_minimum = (int)bits;
    return LK_OK;
}

static lk_error read_parameters(lk_config *config, const char *path, EVP_PKEY **parameters)
{
    errno = 0;
    BIO *file = BIO_new_file(path, "r");
    int cause = errno;
    *parameters = file ? PEM_read_bio_Parameters(file, NULL) : NULL;
    BIO_free(file);
    ERR_clear_error();
    if (!file)
        return lk_config_fail(config, LK_ERROR_FILE_UNREADABLE, "%s cannot be read: %s", path,
                              cause ? strerror(cause) : "unknown cause");
    if (*parameters && EVP_PKEY_is_a(*parameters, "DH"))
        return LK_OK;
    EVP_PKEY_free(*parameters);
    return lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s holds no PEM DH PARAMETERS", path);
}

lk_error lk_config_use_dh_parameters_file(lk_config *config, const char *path)
{
    EVP_PKEY *parameters = NULL;
    lk_error error = read_parameters(config, path, &parameters);
    if (error)
        return error;
    int bits = EVP_PKEY_get_bits(parameters);
    if (bits < config->settings.dh_minimum || bits > DH_BITS_MAX) {
        EVP_PKEY_free(parameters);
        return lk_config_fail(config, LK_ERROR_WEAK_PARAMETERS, "%s holds a group of %d bits: %d to %d are taken", path,
                              bits, config->settings.dh_minimum, DH_BITS_MAX);
    }
    EVP_PKEY_free(config->settings.dh_parameters);
    config->settings.dh_parameters = parameters;
    return LK_OK;
}

lk_error lk_config_set_psk(lk_config *config, const char *identity, const uint8_t *key, size_t length)
{
    lk_psk psk = {.identity_length = strlen(identity),
                  .length = length,
                  .external = config->settings.psk.external,
                  .hash = config->settings.psk.hash};
    if (psk.identity_length == 0 || psk.identity_length > sizeof psk.identity || length == 0 || length > sizeof psk.key)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                              "a pre-shared key has 1 to %d bytes, and its identity 1 to %d", LK_PSK_MAX,
                              LK_PSK_IDENTITY_MAX);
    memcpy(psk.identity, identity, psk.identity_length);
    memcpy(psk.key, key, length);
    config->settings.psk = psk;
    lk_secret_wipe(&psk, sizeof psk);
    return LK_OK;
}

lk_error lk_config_set_psk_hash(lk_config *config, const char *hash)
{
    static const lk_hash hashes[] = {LK_HASH_SHA256, LK_HASH_SHA384};
    lk_psk *psk = &config->settings.psk;
    psk->external = false;
    for (size_t i = 0; hash && !psk->external && i < sizeof hashes / sizeof hashes[0]; i++) {
        psk->hash = hashes[i];
        psk->external = strcmp(hash, lk_hash_name(hashes[i])) == 0;
    }
    return !hash || psk->external ? LK_OK
                                  : lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                                                   "'%s' is no hash of TLS 1.3: write SHA256 or SHA384", hash);
}

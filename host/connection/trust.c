/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration demands of peers' certificates beside a path to a root: pinned keys, revocation lists, depth,
 * and the word of the application. */
#include "connection/credentials.h"
#include "connection/inside.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

static const char pin_prefix[] = "sha256//";

enum { PIN_PREFIX = sizeof pin_prefix - 1, PIN_TEXT = 44 /* base64 of 32 bytes, one '=' at its end */ };

/* One of a list. */
static bool parse_pin(const char *text, size_t length, uint8_t pin[LK_PIN_BYTES])
{
    uint8_t decoded[PIN_TEXT / 4 * 3];
    if (length != PIN_PREFIX + PIN_TEXT || memcmp(text, pin_prefix, PIN_PREFIX) != 0 || text[length - 1] != '=' ||
        text[length - 2] == '=')
        return false;
    if (EVP_DecodeBlock(decoded, (const unsigned char *)text + PIN_PREFIX, PIN_TEXT) != sizeof decoded)
        return false;
    memcpy(pin, decoded, LK_PIN_BYTES);
    return true;
}

lk_error lk_config_pin_keys(lk_config *config, const char *list)
{
    lk_chain_rules read = {0};
    for (const char *next = list; next; next = strchr(next, ';') ? strchr(next, ';') + 1 : NULL) {
        size_t length = strcspn(next, ";");
        if (read.pin_count == LK_PINS_MAX)
            return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "more than %d keys are pinned", LK_PINS_MAX);
        if (!parse_pin(next, length, read.pins[read.pin_count++]))
            return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                                  "\"%.*s\" pins no key: write sha256// and 44 characters of base64", (int)length,
                                  next);
    }
    memcpy(config->settings.rules.pins, read.pins, sizeof read.pins);
    config->settings.rules.pin_count = read.pin_count;
    return LK_OK;
}

static lk_error read_crls(lk_config *config, const char *path, STACK_OF(X509_CRL) * crls)
{
    BIO *file = NULL;
    X509_CRL *crl = NULL;
    lk_error error = lk_credentials_open(config, path, &file);
    while (!error && (crl = PEM_read_bio_X509_CRL(file, NULL, NULL, NULL)))
        if (sk_X509_CRL_push(crls, crl) <= 0) {
            X509_CRL_free(crl);
            error = LK_ERROR_NO_MEMORY;
        }
    BIO_free(file);
    unsigned long last = ERR_peek_last_error();
    bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    if (!error && (!at_end || sk_X509_CRL_num(crls) == 0))
        error = lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s holds something that is no PEM revocation list: %s",
                               path, lk_credentials_complaint());
    ERR_clear_error();
    return error;
}

lk_error lk_config_use_crl_file(lk_config *config, const char *path, bool whole_chain)
{
    lk_chain_rules *rules = &config->settings.rules;
    STACK_OF(X509_CRL) *crls = path ? sk_X509_CRL_new_null() : NULL;
    lk_error error = path && !crls ? LK_ERROR_NO_MEMORY : LK_OK;
    if (!error && path)
        error = read_crls(config, path, crls);
    if (error) {
        sk_X509_CRL_pop_free(crls, X509_CRL_free);
        return error;
    }
    sk_X509_CRL_pop_free(rules->crls, X509_CRL_free);
    rules->crls = crls;
    rules->crls_of_all = whole_chain;
    return LK_OK;
}

lk_error lk_config_set_verify_depth(lk_config *config, unsigned depth)
{
    if (depth > LK_CHAIN_MAX)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "no chain has %u certificates between leaf and root",
                              depth);
    config->settings.rules.depth = (int)depth;
    return LK_OK;
}

void lk_config_set_certificate_judge(lk_config *config, lk_certificate_judge *judge, void *context)
{
    config->judge = judge;
    config->judge_context = context;
    config->settings.judged = judge;
}

lk_error lk_connection_judge(void *context, const lk_chain_verdict *verdict, const char *diagnosis,
                             const lk_certificate_chain *chain)
{
    const lk_connection *connection = context;
    lk_der certificates[LK_CHAIN_MAX];
    for (size_t i = 0; i < chain->count; i++)
        certificates[i] = (lk_der){chain->rows[i].bytes, chain->rows[i].length};
    lk_certificate_verdict told = {.error = verdict->error,
                                   .reason =
                                       verdict->error && !*diagnosis ? lk_error_sentence(verdict->error) : diagnosis,
                                   .depth = verdict->depth,
                                   .certificates = certificates,
                                   .count = chain->count};
    return connection->config->judge(connection->config->judge_context, connection, &told);
}

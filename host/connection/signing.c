/* SPDX-License-Identifier: Apache-2.0 */
/* A private key that is elsewhere: the application has a token, an HSM or another process sign. */
#include "connection/credentials.h"
#include "connection/inside.h"

lk_error lk_config_use_signer(lk_config *config, const char *chain_path, lk_key_signer *signer, void *context)
{
    lk_certificate_chain chain = {0};
    if (!signer)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "there is no function that signs");
    lk_error error = lk_credentials_read_chain(config, chain_path, &chain);
    EVP_PKEY *key = error ? NULL : lk_certificate_chain_key(&chain);
    if (!error && (!key || lk_signature_authentication(key) == LK_AUTH_ANY))
        error = lk_config_fail(config, LK_ERROR_FILE_MALFORMED,
                               "the first certificate in %s has no key that signs in TLS", chain_path);
    if (!error && EVP_PKEY_up_ref(key) != 1)
        error = LK_ERROR_CRYPTO;
    if (error) {
        lk_certificate_chain_clear(&chain);
        return error;
    }
    lk_credentials_use(config, &chain, key, signer, context);
    return LK_OK;
}

lk_error lk_connection_sign(void *context, const lk_signature_scheme *scheme, const uint8_t *data, size_t length,
                            uint8_t *signature, size_t *signature_length)
{
    lk_connection *connection = context;
    const lk_config *config = connection->config;
    lk_signature_request request = {.scheme = scheme->number, .name = scheme->title, .data = data, .length = length};
    *signature_length = LK_SIGNATURE_MAX;
    return config->signer(config->signer_context, connection, &request, signature, signature_length);
}

lk_error lk_connection_give_signature(lk_connection *connection, const uint8_t *signature, size_t length)
{
    if (connection->failure)
        return connection->failure;
    lk_error error = lk_handshake_give_signature(connection->handshake, signature, length);
    return error == LK_ERROR_KEY_REFUSED ? lk_connection_fail(connection, error) : error;
}

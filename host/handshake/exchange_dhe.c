/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DHE: RFC 5246 sections 7.4.3 and 7.4.7.2, RFC 7919. Every handshake has a key pair of its own, on both sides: so that
 * the length of a premaster secret without its leading zeros, which shows in the time of hashing it, tells nothing that
 * could be asked for twice (Raccoon).
 */
#include "handshake/exchange.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

/* "p", "g" and the public value of a message, or of a key. */
typedef struct dh_values {
    BIGNUM *prime, *generator, *public_value;
} dh_values;

static void values_free(dh_values *values)
{
    BN_free(values->prime);
    BN_free(values->generator);
    BN_free(values->public_value);
}

static BIGNUM *number_of(const lk_reader *vector)
{
    return BN_bin2bn(vector->next, (int)vector->left, NULL);
}

/* 1 < number < p-1: what is outside has an order that tells the secret. */
static bool in_range(const BIGNUM *number, const BIGNUM *prime)
{
    BIGNUM *last = BN_dup(prime);
    bool good = last && BN_sub_word(last, 1) == 1 && BN_cmp(number, BN_value_one()) > 0 && BN_cmp(number, last) < 0;
    BN_free(last);
    return good;
}

static const char *group_title(const lk_handshake *handshake)
{
    return handshake->group ? handshake->group->title : "a group of the server's own";
}

/* A fresh pair with the parameters of a key. */
static lk_error new_pair(EVP_PKEY *parameters, EVP_PKEY **key)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL);
    *key = NULL;
    int done = context && EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_generate(context, key) == 1;
    EVP_PKEY_CTX_free(context);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}

static lk_error begin(lk_handshake *handshake)
{
    return handshake->group ? lk_key_exchange_new(handshake->group, &handshake->key_pair)
                            : new_pair(handshake->settings->dh_parameters, &handshake->key_pair);
}

static bool compose_number(const EVP_PKEY *key, const char *name, lk_writer *body)
{
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1)
        return false;
    lk_writer_vector vector = lk_writer_begin(body, 2);
    uint8_t *room = lk_writer_reserve(body, (size_t)BN_num_bytes(number));
    lk_writer_end(body, vector);
    if (room)
        BN_bn2bin(number, room);
    BN_free(number);
    return room;
}

static lk_error compose_server(lk_handshake *handshake, lk_writer *body)
{
    const EVP_PKEY *key = handshake->key_pair;
    lk_handshake_mean(handshake, "server's share of %s", group_title(handshake));
    return compose_number(key, OSSL_PKEY_PARAM_FFC_P, body) && compose_number(key, OSSL_PKEY_PARAM_FFC_G, body) &&
                   compose_number(key, OSSL_PKEY_PARAM_PUB_KEY, body)
               ? LK_OK
               : LK_ERROR_CRYPTO;
}

static lk_error judge(lk_handshake *handshake, const dh_values *values)
{
    int bits = BN_num_bits(values->prime);
    if (bits < handshake->settings->dh_minimum)
        return lk_handshake_fail(handshake, LK_ERROR_WEAK_PARAMETERS, "%s (a prime of %d bits, and %d is the least)",
                                 lk_error_sentence(LK_ERROR_WEAK_PARAMETERS), bits, handshake->settings->dh_minimum);
    if (bits > 8 * LK_DH_BYTES_MAX)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER, "the server's prime of %d bits is too long",
                                 bits);
    if (!BN_is_odd(values->prime) || !in_range(values->generator, values->prime))
        return LK_ERROR_ILLEGAL_PARAMETER;
    return in_range(values->public_value, values->prime) ? LK_OK : LK_ERROR_BAD_KEY_SHARE;
}

static EVP_PKEY *key_of(const dh_values *values)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    if (context && builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_P, values->prime) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_G, values->generator) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PUB_KEY, values->public_value) == 1)
        parameters = OSSL_PARAM_BLD_to_param(builder);
    if (!parameters || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* The row of the group that the server took, where it is one that has a name; for observers. */
static const lk_group *group_of(const EVP_PKEY *key)
{
    char name[32];
    size_t length = 0, count = 0;
    const lk_group *groups = lk_group_table(&count);
    if (EVP_PKEY_get_group_name(key, name, sizeof name, &length) == 1)
        for (size_t i = 0; i < count; i++)
            if (groups[i].curve && strcmp(groups[i].curve, name) == 0)
                return &groups[i];
    ERR_clear_error(); /* most have no name */
    return NULL;
}

static lk_error parse_server(lk_handshake *handshake, lk_reader *body)
{
    lk_reader prime = lk_reader_vector16(body), generator = lk_reader_vector16(body),
              public_value = lk_reader_vector16(body);
    if (body->failed || prime.left == 0 || generator.left == 0 || public_value.left == 0)
        return LK_ERROR_DECODE;
    dh_values values = {number_of(&prime), number_of(&generator), number_of(&public_value)};
    lk_error error =
        values.prime && values.generator && values.public_value ? judge(handshake, &values) : LK_ERROR_NO_MEMORY;
    if (!error) {
        EVP_PKEY_free(handshake->peer_key);
        handshake->peer_key = key_of(&values);
        error = handshake->peer_key ? LK_OK : LK_ERROR_CRYPTO;
    }
    values_free(&values);
    if (error)
        return error;
    handshake->group = group_of(handshake->peer_key);
    lk_handshake_mean(handshake, "server's share of %s", group_title(handshake));
    return LK_OK;
}

static lk_error compose_client(lk_handshake *handshake, lk_writer *body)
{
    EVP_PKEY_free(handshake->key_pair);
    lk_error error = new_pair(handshake->peer_key, &handshake->key_pair);
    lk_handshake_mean(handshake, "client's share of %s", group_title(handshake));
    if (error)
        return error;
    return compose_number(handshake->key_pair, OSSL_PKEY_PARAM_PUB_KEY, body) ? LK_OK : LK_ERROR_CRYPTO;
}

/* The client's value beside the parameters of this side. */
static EVP_PKEY *peer_of(EVP_PKEY *ours, lk_reader *public_value)
{
    dh_values values = {.public_value = number_of(public_value)};
    EVP_PKEY *key = NULL;
    if (values.public_value && EVP_PKEY_get_bn_param(ours, OSSL_PKEY_PARAM_FFC_P, &values.prime) == 1 &&
        EVP_PKEY_get_bn_param(ours, OSSL_PKEY_PARAM_FFC_G, &values.generator) == 1 &&
        in_range(values.public_value, values.prime))
        key = key_of(&values);
    values_free(&values);
    return key;
}

static lk_error parse_client(lk_handshake *handshake, lk_reader *body)
{
    lk_reader public_value = lk_reader_vector16(body);
    lk_handshake_mean(handshake, "client's share of %s", group_title(handshake));
    if (!lk_reader_finished(body) || public_value.left == 0)
        return LK_ERROR_DECODE;
    EVP_PKEY_free(handshake->peer_key);
    handshake->peer_key = public_value.left <= LK_DH_BYTES_MAX ? peer_of(handshake->key_pair, &public_value) : NULL;
    return handshake->peer_key ? LK_OK : LK_ERROR_BAD_KEY_SHARE;
}

/* RFC 5246 section 8.1.2: "Leading bytes of Z that contain all zero bits are stripped before it is used as the
 * pre_master_secret." TLS 1.3 keeps them: key_exchange.c. */
static lk_error premaster(lk_handshake *handshake, uint8_t *out, size_t *length)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, handshake->key_pair, NULL);
    *length = LK_PREMASTER_MAX;
    int done = context && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_CTX_set_dh_pad(context, 0) == 1 &&
               EVP_PKEY_derive_set_peer(context, handshake->peer_key) == 1 &&
               EVP_PKEY_derive(context, out, length) == 1;
    EVP_PKEY_CTX_free(context);
    return done ? LK_OK : LK_ERROR_BAD_KEY_SHARE;
}

const lk_exchange_row lk_exchange_dhe = {.exchange = LK_EXCHANGE_DHE,
                                         .announced = true,
                                         .begin = begin,
                                         .compose_server = compose_server,
                                         .parse_server = parse_server,
                                         .compose_client = compose_client,
                                         .parse_client = parse_client,
                                         .premaster = premaster};

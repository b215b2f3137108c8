/* SPDX-License-Identifier: Apache-2.0 */
#include "suite/suite.h"

enum { WHOLE_TAG_LENGTH = 16 };

/* Indexed by the cipher's bit, so that a hole in the numbers is a row without a title. */
static const lk_cipher ciphers[] = {
#define LK_CIPHER(name, bit, title_, kind_, mac_, key, mac_key, salt, explicit_nonce, block, tag)                      \
    [bit] = {.id = LK_CIPHER_##name,                                                                                   \
             .title = (title_),                                                                                        \
             .kind = LK_KIND_##kind_,                                                                                  \
             .mac = LK_MAC_##mac_,                                                                                     \
             .key_length = (key),                                                                                      \
             .mac_key_length = (mac_key),                                                                              \
             .salt_length = (salt),                                                                                    \
             .explicit_nonce_length = (explicit_nonce),                                                                \
             .block_length = (block),                                                                                  \
             .tag_length = (tag)},
#include "suite/suites.def"
};

static const lk_suite suites[] = {
#define LK_SUITE(number_, name, title_, lowest, highest, exchange_, authentication_, cipher_, hash_)                   \
    {.number = (number_),                                                                                              \
     .title = (title_),                                                                                                \
     .lowest_version = LK_##lowest,                                                                                    \
     .highest_version = LK_##highest,                                                                                  \
     .exchange = LK_EXCHANGE_##exchange_,                                                                              \
     .authentication = LK_AUTH_##authentication_,                                                                      \
     .cipher = &ciphers[LK_CIPHER_##cipher_],                                                                          \
     .hash = LK_HASH_##hash_},
#include "suite/suites.def"
};

typedef struct version_row {
    uint16_t wire;
    uint8_t bit;
    const char *title;
} version_row;

static const version_row versions[] = {
#define LK_VERSION(name, wire_, bit_, title_) {.wire = (wire_), .bit = (bit_), .title = (title_)},
#include "suite/suites.def"
};

const lk_suite *lk_suite_table(size_t *count)
{
    *count = sizeof suites / sizeof suites[0];
    return suites;
}

const lk_suite *lk_suite_find(uint16_t number)
{
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (suites[i].number == number)
            return &suites[i];
    return NULL;
}

bool lk_suite_allows(const lk_suite *suite, uint16_t version)
{
    return suite->lowest_version <= version && version <= suite->highest_version;
}

bool lk_suite_default(const lk_suite *suite)
{
    bool fresh = suite->exchange == LK_EXCHANGE_ANY || suite->exchange == LK_EXCHANGE_ECDHE;
    bool strong = suite->cipher->kind == LK_KIND_AEAD && suite->cipher->tag_length >= WHOLE_TAG_LENGTH;
    return strong && fresh && suite->authentication != LK_AUTH_NONE;
}

bool lk_cipher_is_ccm(const lk_cipher *cipher)
{
    return cipher->id == LK_CIPHER_AES_128_CCM || cipher->id == LK_CIPHER_AES_128_CCM_8;
}

const lk_cipher *lk_cipher_find(unsigned id)
{
    if (id >= sizeof ciphers / sizeof ciphers[0] || !ciphers[id].title)
        return NULL;
    return &ciphers[id];
}

bool lk_cipher_allows(const lk_cipher *cipher, uint16_t version)
{
    if (cipher->kind == LK_KIND_AEAD)
        return version == LK_TLS1_2 || version == LK_TLS1_3;
    if (version == LK_SSL3)
        return cipher->mac == LK_MAC_SHA1 || cipher->mac == LK_MAC_MD5;
    return LK_TLS1_0 <= version && version <= LK_TLS1_2;
}

static const version_row *version_find(uint16_t version)
{
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (versions[i].wire == version)
            return &versions[i];
    return NULL;
}

const char *lk_version_title(uint16_t version)
{
    const version_row *row = version_find(version);
    return row ? row->title : "unknown";
}

uint32_t lk_version_bit(uint16_t version)
{
    const version_row *row = version_find(version);
    return row ? UINT32_C(1) << row->bit : 0;
}

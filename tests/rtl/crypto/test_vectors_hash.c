/* SPDX-License-Identifier: Apache-2.0 */
/* lk_sha1, lk_sha256 and lk_record_mac against the vectors of NIST's CAVP and of RFC 2202 and RFC 4231. */
#include "rtl/crypto/mac_model.h"
#include "rtl/crypto/vectors.h"

#include <criterion/criterion.h>

#include <string.h>

enum { MESSAGE_MAX = 8192, DIGESTS_A_SEED = 1000, SEEDS = 10 };

static mac_model *model;

static void open_model(void)
{
    model = mac_model_new();
    cr_assert_not_null(model);
}

static void close_model(void)
{
    mac_model_free(model);
}

TestSuite(vectors_hash, .init = open_model, .fini = close_model);

static size_t digest_size(bool sha256)
{
    return sha256 ? MAC_SHA256 : MAC_SHA1;
}

/* The hardware compresses; the padding is here (FIPS 180-4 section 5.1.1). */
static void hash(bool sha256, const uint8_t *message, size_t length, uint8_t *digest)
{
    static uint8_t padded[MESSAGE_MAX + 2 * MAC_BLOCK];
    size_t total = (length + 9 + MAC_BLOCK - 1) / MAC_BLOCK * MAC_BLOCK;
    cr_assert_leq(length, MESSAGE_MAX);
    memset(padded, 0, total);
    memcpy(padded, message, length);
    padded[length] = 0x80;
    for (size_t i = 0; i < sizeof length; i++) {
        padded[total - 1 - i] = (uint8_t)(8 * length >> (8 * i));
    }
    mac_model_hash_state(model, sha256, NULL, digest);
    for (size_t done = 0; done < total; done += MAC_BLOCK) {
        mac_model_hash_block(model, sha256, padded + done, false);
    }
    mac_model_hash_state(model, sha256, NULL, digest);
}

static void check_messages(bool sha256, const char *path)
{
    static uint8_t message[MESSAGE_MAX];
    vectors *file = vectors_open(path);
    while (vectors_next(file)) {
        uint8_t wanted[MAC_SHA256], got[MAC_SHA256];
        size_t length = vectors_number(file, "Len") / 8;
        vectors_bytes(file, "Msg", message, sizeof message); /* of no bytes, the file has one */
        cr_assert_eq(vectors_bytes(file, "MD", wanted, sizeof wanted), digest_size(sha256));
        hash(sha256, message, length, got);
        cr_assert_arr_eq(got, wanted, digest_size(sha256), "%s: length %zu", path, length);
        vectors_use(file);
    }
    vectors_close(file);
}

Test(vectors_hash, sha_1_gives_the_digests_of_cavp)
{
    check_messages(false, "hashes/SHA1/SHA1ShortMsg.rsp");
    check_messages(false, "hashes/SHA1/SHA1LongMsg.rsp");
}

Test(vectors_hash, sha_256_gives_the_digests_of_cavp)
{
    check_messages(true, "hashes/SHA2/SHA256ShortMsg.rsp");
    check_messages(true, "hashes/SHA2/SHA256LongMsg.rsp");
}

/* The Secure Hash Algorithm Validation System, section 6.4: each message is the three digests before it. */
static void check_chains(bool sha256, const char *path)
{
    size_t size = digest_size(sha256);
    uint8_t last[3 * MAC_SHA256], wanted[MAC_SHA256], got[MAC_SHA256];
    vectors *file = vectors_open(path);
    cr_assert(vectors_next(file) && vectors_bytes(file, "Seed", got, sizeof got) == size);
    for (size_t seed = 0; seed < SEEDS; seed++) {
        cr_assert(vectors_next(file) && vectors_number(file, "COUNT") == seed);
        for (size_t i = 0; i < 3; i++) {
            memcpy(last + size * i, got, size);
        }
        for (int i = 0; i < DIGESTS_A_SEED; i++) {
            hash(sha256, last, 3 * size, got);
            memmove(last, last + size, 2 * size);
            memcpy(last + 2 * size, got, size);
        }
        vectors_bytes(file, "MD", wanted, sizeof wanted);
        cr_assert_arr_eq(got, wanted, size, "%s: %zu", path, seed);
        vectors_use(file);
    }
    vectors_close(file);
}

Test(vectors_hash, sha_1_gives_the_first_chains_of_cavp)
{
    check_chains(false, "hashes/SHA1/SHA1Monte.rsp");
}

Test(vectors_hash, sha_256_gives_the_first_chains_of_cavp)
{
    check_chains(true, "hashes/SHA2/SHA256Monte.rsp");
}

/* RFC 2104: a key longer than a block is hashed first, and a shorter one filled up with zeros: to the length that fits
 * here. */
static bool fits_key(bool sha256, uint8_t *key, size_t length)
{
    if (length > MAC_BLOCK) {
        uint8_t digest[MAC_SHA256];
        hash(sha256, key, length, digest);
        length = digest_size(sha256);
        memcpy(key, digest, length);
    }
    if (length < digest_size(sha256)) {
        memset(key + length, 0, digest_size(sha256) - length);
    }
    return length <= digest_size(sha256);
}

/* The first bytes of a message take the place of the header. Those of every vector but a few are long enough, and their
 * keys short enough. */
static void check_macs(bool sha256, const char *path)
{
    uint8_t key[MESSAGE_MAX], message[MESSAGE_MAX], wanted[MAC_SHA256], got[MAC_SHA256];
    const mac_kind kind = {.sha256 = sha256};
    vectors *file = vectors_open(path);
    while (vectors_next(file)) {
        size_t key_length = vectors_bytes(file, "Key", key, sizeof key);
        size_t length = vectors_bytes(file, "Msg", message, sizeof message);
        if (!fits_key(sha256, key, key_length) || length < MAC_HEADER) {
            continue;
        }
        cr_assert_eq(vectors_number(file, "Len"), 8 * length);
        cr_assert_eq(vectors_bytes(file, "MD", wanted, sizeof wanted), digest_size(sha256));
        mac_model_key(model, kind, key);
        cr_assert_neq(mac_model_message(model, kind,
                                        &(mac_message){.header = message,
                                                       .data = message + MAC_HEADER,
                                                       .length = length - MAC_HEADER,
                                                       .stream = length - MAC_HEADER},
                                        got)
                          .mac,
                      0);
        cr_assert_arr_eq(got, wanted, digest_size(sha256), "%s: length %zu", path, length);
        vectors_use(file);
    }
    vectors_close(file);
}

Test(vectors_hash, hmac_sha_1_gives_the_macs_of_rfc_2202)
{
    check_macs(false, "HMAC/rfc-2202-sha1.txt");
}

Test(vectors_hash, hmac_sha_256_gives_the_macs_of_rfc_4231)
{
    check_macs(true, "HMAC/rfc-4231-sha256.txt");
}

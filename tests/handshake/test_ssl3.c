/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of SSL 3.0, against hashes put together by hand. */
#include "handshake/ssl3.h"
#include "handshake/transcript.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <string.h>

enum { RANDOM = 32, MASTER = 48, ROOM = 600 };

typedef struct text {
    uint8_t bytes[ROOM];
    size_t length;
} text;

static void add(text *to, const void *bytes, size_t length)
{
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static void add_run(text *to, uint8_t byte, size_t length)
{
    memset(to->bytes + to->length, byte, length);
    to->length += length;
}

static void hash(const EVP_MD *algorithm, const text *of, uint8_t *out)
{
    cr_assert_eq(EVP_Digest(of->bytes, of->length, out, NULL, algorithm, NULL), 1);
}

static void fill(uint8_t *bytes, size_t length, uint8_t seed)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(seed + 11 * i);
}

/* RFC 6101 section 6.2.2: "key_block = MD5(master_secret + SHA(`A' + master_secret + ...)) + MD5(... `BB' ...". */
Test(ssl3, keys_are_md5_of_the_secret_and_sha_1_of_letters_secret_and_randoms)
{
    uint8_t secret[MASTER], first[RANDOM], second[RANDOM], out[104], expected[16];
    fill(secret, sizeof secret, 1);
    fill(first, sizeof first, 2);
    fill(second, sizeof second, 3);
    cr_assert_eq(lk_ssl3_expand(secret, sizeof secret, first, second, out, sizeof out), LK_OK);
    for (size_t turn = 1; (turn - 1) * 16 < sizeof out; turn++) {
        text inner = {.length = 0}, outer = {.length = 0};
        uint8_t middle[20];
        add_run(&inner, (uint8_t)('A' + turn - 1), turn);
        add(&inner, secret, sizeof secret);
        add(&inner, first, sizeof first);
        add(&inner, second, sizeof second);
        hash(EVP_sha1(), &inner, middle);
        add(&outer, secret, sizeof secret);
        add(&outer, middle, sizeof middle);
        hash(EVP_md5(), &outer, expected);
        size_t left = sizeof out - (turn - 1) * 16;
        cr_expect_arr_eq(out + (turn - 1) * 16, expected, left < 16 ? left : 16, "turn %zu", turn);
    }
}

Test(ssl3, there_are_as_many_keys_as_letters)
{
    uint8_t secret[MASTER] = {0}, random[RANDOM] = {0}, out[417];
    cr_expect_eq(lk_ssl3_expand(secret, sizeof secret, random, random, out, 416), LK_OK);
    cr_expect_eq(lk_ssl3_expand(secret, sizeof secret, random, random, out, 417), LK_ERROR_INVALID_ARGUMENT);
}

/* RFC 6101 section 5.6.9: "md5_hash = MD5(master_secret + pad2 + MD5(handshake_messages + Sender + master_secret +
 * pad1))", and the like with SHA-1 and shorter pads. */
static void nested(const EVP_MD *algorithm, size_t pad, const char *sender, const uint8_t *master, uint8_t *out)
{
    text inner = {.length = 0}, outer = {.length = 0};
    uint8_t middle[EVP_MAX_MD_SIZE];
    add(&inner, "one message, and another", 24);
    add(&inner, sender, strlen(sender));
    add(&inner, master, MASTER);
    add_run(&inner, 0x36, pad);
    hash(algorithm, &inner, middle);
    add(&outer, master, MASTER);
    add_run(&outer, 0x5c, pad);
    add(&outer, middle, (size_t)EVP_MD_get_size(algorithm));
    hash(algorithm, &outer, out);
}

Test(ssl3, the_transcript_is_hashed_with_the_master_secret_twice)
{
    static const char *const senders[] = {"CLNT", "SRVR", ""};
    uint8_t master[MASTER], out[36], md5[16], sha1[20];
    lk_transcript transcript = {0};
    fill(master, sizeof master, 5);
    cr_assert_eq(lk_transcript_add(&transcript, (const uint8_t *)"one message,", 12), LK_OK);
    cr_assert_eq(lk_transcript_choose(&transcript, LK_HASH_MD5_SHA1), LK_OK);
    cr_assert_eq(lk_transcript_add(&transcript, (const uint8_t *)" and another", 12), LK_OK);
    for (size_t i = 0; i < sizeof senders / sizeof senders[0]; i++) {
        nested(EVP_md5(), 48, senders[i], master, md5);
        nested(EVP_sha1(), 40, senders[i], master, sha1);
        cr_assert_eq(lk_transcript_ssl3(&transcript, senders[i], master, out), LK_OK);
        cr_expect_arr_eq(out, md5, sizeof md5, "%s", senders[i]);
        cr_expect_arr_eq(out + sizeof md5, sha1, sizeof sha1, "%s", senders[i]);
    }
    lk_transcript_free(&transcript);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The key schedule of TLS 1.3 gives the values of RFC 8448 section 3, "Simple 1-RTT Handshake". */
#include "handshake/hex.h"
#include "handshake/key_exchange.h"
#include "handshake/key_schedule.h"
#include "handshake/transcript.h"

#include <criterion/criterion.h>

static const char client_private[] = "49af42ba7f7994852d713ef2784bcbcaa7911de26adc5642cb634540e7ea5005";
static const char server_public[] = "c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f";
static const char shared_secret[] = "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d";
static const char client_hello[] =
    "010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7000006130113031302010000910000000b"
    "0009000006736572766572ff01000100000a00140012001d0017001800190100010101020103010400230000003300260024001d002099"
    "381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020001e0403050306030203080408"
    "05080604010501060102010402050206020202002d00020101001c00024001";
static const char server_hello[] =
    "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024001d0020c98288"
    "76112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304";
static const char encrypted_extensions[] =
    "080000240022000a00140012001d00170018001901000101010201030104001c0002400100000000";
static const char certificate[] =
    "0b0001b9000001b50001b0308201ac30820115a003020102020102300d06092a864886f70d01010b0500300e310c300a06035504031303"
    "727361301e170d3136303733303031323335395a170d3236303733303031323335395a300e310c300a0603550403130372736130819f30"
    "0d06092a864886f70d010101050003818d0030818902818100b4bb498f8279303d980836399b36c6988c0c68de55e1bdb826d3901a2461"
    "eafd2de49a91d015abbc9a95137ace6c1af19eaa6af98c7ced43120998e187a80ee0ccb0524b1b018c3e0b63264d449a6d38e22a5fda43"
    "0846748030530ef0461c8ca9d9efbfae8ea6d1d03e2bd193eff0ab9a8002c47428a6d35a8d88d79f7f1e3f0203010001a31a3018300906"
    "03551d1304023000300b0603551d0f0404030205a0300d06092a864886f70d01010b05000381810085aad2a0e5b9276b908c65f73a7267"
    "170618a54c5f8a7b337d2df7a594365417f2eae8f8a58c8f8172f9319cf36b7fd6c55b80f21a03015156726096fd335e5e67f2dbf10270"
    "2e608ccae6bec1fc63a42a99be5c3eb7107c3c54e9b9eb2bd5203b1c3b84e0a8b2f759409ba3eac9d91d402dcc0cc8f8961229ac9187b4"
    "2b4de10000";
static const char certificate_verify[] =
    "0f000084080400805a747c5d88fa9bd2e55ab085a61015b7211f824cd484145ab3ff52f1fda8477b0b7abc90db78e2d33a5c141a078653"
    "fa6bef780c5ea248eeaaa785c4f394cab6d30bbe8d4859ee511f602957b15411ac027671459e46445c9ea58c181e818e95b8c3fb0bf327"
    "8409d3be152a3da5043e063dda65cdf5aea20d53dfacd42f74f3";
static const char server_verify_data[] = "9b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718";
static const char client_verify_data[] = "a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61";

typedef struct handshake_trace {
    lk_key_schedule schedule;
    lk_transcript transcript;
    uint8_t client_handshake[LK_HASH_MAX], server_handshake[LK_HASH_MAX];
    uint8_t hash[LK_HASH_MAX];
} handshake_trace;

static void say(handshake_trace *trace, const char *message)
{
    uint8_t bytes[1024];
    size_t length = hex_bytes(message, bytes, sizeof bytes);
    cr_assert_eq(lk_transcript_add(&trace->transcript, bytes, length), LK_OK);
}

static void hear_hash(handshake_trace *trace)
{
    cr_assert_eq(lk_transcript_now(&trace->transcript, trace->hash), LK_OK);
}

/* The trace up to its handshake secrets. */
static void say_hellos(handshake_trace *trace)
{
    uint8_t shared[32];
    hex_bytes(shared_secret, shared, sizeof shared);
    say(trace, client_hello);
    cr_assert_eq(lk_transcript_choose(&trace->transcript, LK_HASH_SHA256), LK_OK);
    say(trace, server_hello);
    hear_hash(trace);
    cr_assert_eq(lk_key_schedule_start(&trace->schedule, LK_HASH_SHA256), LK_OK);
    hex_assert("early secret", trace->schedule.secret, 32,
               "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
    cr_assert_eq(lk_key_schedule_handshake(&trace->schedule, shared, sizeof shared), LK_OK);
    cr_assert_eq(lk_key_schedule_derive(&trace->schedule, "c hs traffic", trace->hash, trace->client_handshake), LK_OK);
    cr_assert_eq(lk_key_schedule_derive(&trace->schedule, "s hs traffic", trace->hash, trace->server_handshake), LK_OK);
}

static void say_server_flight(handshake_trace *trace)
{
    say(trace, encrypted_extensions);
    say(trace, certificate);
    say(trace, certificate_verify);
}

static void assert_keys(const char *what, const uint8_t *secret, const char *key, const char *iv)
{
    lk_direction_parameters parameters = {.cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
    cr_assert_eq(lk_traffic_keys(LK_HASH_SHA256, secret, &parameters), LK_OK);
    hex_assert(what, parameters.key, 16, key);
    hex_assert(what, parameters.iv, 12, iv);
}

Test(key_schedule, the_key_exchange_gives_the_shared_secret_of_the_trace)
{
    uint8_t private_key[32], peer[32], shared[LK_SHARED_MAX];
    hex_bytes(client_private, private_key, sizeof private_key);
    hex_bytes(server_public, peer, sizeof peer);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, private_key, sizeof private_key);
    cr_assert_not_null(key);
    const lk_group *group = lk_group_find(0x001d);
    cr_assert_eq(lk_key_exchange_derive(group, key, peer, sizeof peer, shared), LK_OK);
    hex_assert("shared secret", shared, group->shared_length, shared_secret);
    EVP_PKEY_free(key);
}

Test(key_schedule, handshake_secrets_and_keys_are_those_of_the_trace)
{
    handshake_trace trace = {0};
    say_hellos(&trace);
    hex_assert("transcript hash", trace.hash, 32, "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
    hex_assert("handshake secret", trace.schedule.secret, 32,
               "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac");
    hex_assert("client handshake traffic secret", trace.client_handshake, 32,
               "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21");
    hex_assert("server handshake traffic secret", trace.server_handshake, 32,
               "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
    assert_keys("server handshake keys", trace.server_handshake, "3fce516009c21727d0f2e4e86ee403bc",
                "5d313eb2671276ee13000b30");
    assert_keys("client handshake keys", trace.client_handshake, "dbfaa693d1762c5b666af5d950258d01",
                "5bd3c71b836e0b76bb73265f");
    lk_transcript_free(&trace.transcript);
}

Test(key_schedule, both_finished_are_those_of_the_trace)
{
    handshake_trace trace = {0};
    uint8_t verify_data[LK_HASH_MAX];
    say_hellos(&trace);
    say_server_flight(&trace);
    hear_hash(&trace);
    cr_assert_eq(lk_finished_verify_data(LK_HASH_SHA256, trace.server_handshake, trace.hash, verify_data), LK_OK);
    hex_assert("server Finished", verify_data, 32, server_verify_data);
    say(&trace, "14000020");
    say(&trace, server_verify_data);
    hear_hash(&trace);
    cr_assert_eq(lk_finished_verify_data(LK_HASH_SHA256, trace.client_handshake, trace.hash, verify_data), LK_OK);
    hex_assert("client Finished", verify_data, 32, client_verify_data);
    lk_transcript_free(&trace.transcript);
}

Test(key_schedule, application_secrets_and_keys_are_those_of_the_trace)
{
    handshake_trace trace = {0};
    uint8_t secret[LK_HASH_MAX];
    say_hellos(&trace);
    say_server_flight(&trace);
    say(&trace, "14000020");
    say(&trace, server_verify_data);
    hear_hash(&trace);
    hex_assert("transcript hash", trace.hash, 32, "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13");
    cr_assert_eq(lk_key_schedule_master(&trace.schedule), LK_OK);
    hex_assert("master secret", trace.schedule.secret, 32,
               "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919");
    cr_assert_eq(lk_key_schedule_derive(&trace.schedule, "c ap traffic", trace.hash, secret), LK_OK);
    hex_assert("client application traffic secret", secret, 32,
               "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");
    assert_keys("client application keys", secret, "17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9");
    cr_assert_eq(lk_key_schedule_derive(&trace.schedule, "s ap traffic", trace.hash, secret), LK_OK);
    hex_assert("server application traffic secret", secret, 32,
               "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
    assert_keys("server application keys", secret, "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984");
    lk_transcript_free(&trace.transcript);
}

Test(key_schedule, a_retry_puts_the_hash_of_the_first_hello_in_its_place)
{
    lk_transcript retried = {0}, synthetic = {0};
    uint8_t message[4 + 32] = {254, 0, 0, 32};
    uint8_t got[LK_HASH_MAX], expected[LK_HASH_MAX];
    cr_assert_eq(lk_hash_of(LK_HASH_SHA256, (const uint8_t *)"hello", 5, message + 4), LK_OK);
    cr_assert_eq(lk_transcript_choose(&synthetic, LK_HASH_SHA256), LK_OK);
    cr_assert_eq(lk_transcript_add(&synthetic, message, sizeof message), LK_OK);
    cr_assert_eq(lk_transcript_now(&synthetic, expected), LK_OK);

    cr_assert_eq(lk_transcript_add(&retried, (const uint8_t *)"hello", 5), LK_OK);
    cr_assert_eq(lk_transcript_choose(&retried, LK_HASH_SHA256), LK_OK);
    cr_assert_eq(lk_transcript_retry(&retried), LK_OK);
    cr_assert_eq(lk_transcript_now(&retried, got), LK_OK);
    cr_assert_arr_eq(got, expected, 32);
    lk_transcript_free(&retried);
    lk_transcript_free(&synthetic);
}

Test(key_schedule, a_label_that_does_not_fit_is_refused)
{
    static char label[300];
    uint8_t secret[32] = {0}, out[32];
    memset(label, 'x', sizeof label - 1);
    cr_assert_eq(lk_hkdf_expand_label(LK_HASH_SHA256, secret, label, NULL, 0, out, sizeof out),
                 LK_ERROR_INVALID_ARGUMENT);
}

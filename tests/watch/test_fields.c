/* SPDX-License-Identifier: Apache-2.0 */
/* Messages are told field by field, of one's own connections as of those of others; and keep to themselves what is
 * theirs.
 */
#include "handshake/extensions.h"
#include "watch/field_names.h"
#include "watch/fields.h"
#include "watch/overheard.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* What the client itself tells while it talks, in the lines of overheard_observe(). */
static overheard *own_trace(uint16_t version, const char *suites, const char *key)
{
    loopback *pair = loopback_new(key);
    overheard *heard = overheard_new(pair);
    lk_config *client = pair->side[LK_CLIENT].config, *server = pair->side[LK_SERVER].config;
    lk_config_set_observer(client, overheard_observe, heard);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(lk_config_set_versions(pair->side[role].config, version, version), LK_OK);
        cr_assert_eq(lk_config_set_suites(pair->side[role].config, suites), LK_OK);
    }
    cr_assert_eq(lk_config_set_alpn(client, "h2,http/1.1"), LK_OK);
    cr_assert_eq(lk_config_set_alpn(server, "http/1.1"), LK_OK);
    loopback_establish(pair);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"hello", 5);
    loopback_free(pair);
    overheard_assert_not(heard, "malformed");
    return heard;
}

Test(fields, a_live_trace_of_tls_1_3_names_what_the_hellos_hold)
{
    overheard *heard = own_trace(LK_VERSION_TLS1_3, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256", "EC");
    overheard_assert(heard, "client field client_version: TLS 1.2 (0x0303)\n");
    overheard_assert(heard, "client field cipher_suites: TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256\n");
    overheard_assert(heard, "client field server_name: localhost\n");
    overheard_assert(heard, "client field alpn: h2, http/1.1\n");
    overheard_assert(heard, "client field supported_groups: x25519, secp256r1, secp384r1");
    overheard_assert(heard, "client field supported_versions: TLS 1.3\n");
    overheard_assert(heard, "client field key_share: x25519 (32 bytes)\n");
    overheard_assert(heard, "client field signature_algorithms: ecdsa_secp256r1_sha256,");
    overheard_assert(heard, "server field cipher_suite: TLS_AES_256_GCM_SHA384\n");
    overheard_assert(heard, "server field alpn: http/1.1\n");
    overheard_assert(heard, "server field   issuer: ");
    overheard_assert(heard, "server field   key: EC, 256 bits\n");
    overheard_assert(heard, "server field algorithm: ecdsa_secp256r1_sha256\n");
    overheard_assert(heard, "server field verify_data: 48 bytes\n");
    overheard_free(heard);
}

Test(fields, the_key_exchanges_of_older_versions_are_told)
{
    overheard *heard = own_trace(LK_VERSION_TLS1_2, "ECDHE-RSA-AES128-GCM-SHA256", "RSA");
    overheard_assert(heard, "server field curve: x25519\n");
    overheard_assert(heard, "server field algorithm: rsa_pss_rsae_sha256\n");
    overheard_assert(heard, "client field public: 32 bytes\n");
    overheard_assert(heard, "client field extended_master_secret: offered\n");
    overheard_assert(heard, "server field extended_master_secret: agreed on\n");
    overheard_assert(heard, "client field renegotiation_info: known; a first handshake\n");
    overheard_free(heard);
    heard = own_trace(LK_VERSION_TLS1_0, "DHE-RSA-AES128-SHA", "RSA");
    overheard_assert(heard, "server field dh_p: 2048 bits\n");
    overheard_assert(heard, "server field signature: 256 bytes\n");
    overheard_assert_not(heard, "field algorithm");
    overheard_free(heard);
    heard = own_trace(LK_VERSION_SSL3, "AES128-SHA", "RSA");
    overheard_assert(heard, "client field encrypted premaster: 256 bytes\n");
    overheard_assert(heard, "client field verify_data: 36 bytes\n");
    overheard_free(heard);
}

/* Fields of one message. */
static overheard *fields_of(lk_field_context context, uint8_t type, const void *body, size_t length);

static void take_field(void *context, const char *name, const char *text)
{
    overheard_observe(context, &(lk_event){.kind = LK_EVENT_FIELD, .name = name, .meaning = text});
}

static overheard *fields_of(lk_field_context context, uint8_t type, const void *body, size_t length)
{
    overheard *heard = calloc(1, sizeof *heard);
    cr_assert_not_null(heard);
    lk_fields_tell(context, type, lk_reader_over(body, length), take_field, heard);
    return heard;
}

Test(fields, numbers_without_a_name_and_grease_are_told_as_numbers)
{
    char text[LK_NUMBER_NAME_MAX];
    cr_assert_str_eq(lk_number_name(LK_REGISTRY_SUITE, 0x1301, text), "TLS_AES_128_GCM_SHA256");
    cr_assert_str_eq(lk_number_name(LK_REGISTRY_SUITE, 0x00ff, text), "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
    cr_assert_str_eq(lk_number_name(LK_REGISTRY_SUITE, 0xfefe, text), "0xfefe");
    cr_assert_str_eq(lk_number_name(LK_REGISTRY_EXTENSION, 0x5a5a, text), "GREASE 0x5a5a");
    cr_assert_str_eq(lk_number_name(LK_REGISTRY_VERSION, 0x0300, text), "SSL 3.0");
    cr_assert_str_eq(lk_number_name(LK_REGISTRY_GROUP, 4588, text), "X25519MLKEM768");
    cr_assert_str_eq(lk_number_name(LK_REGISTRY_SIGNATURE, 0x0201, text), "rsa_pkcs1_sha1");
    cr_assert_not(lk_number_is_grease(0x0a1a));
}

Test(fields, tickets_are_told_by_their_length_alone)
{
    const lk_field_context context = {.version = LK_TLS1_3};
    overheard *heard = fields_of(context, 4, "\0\0\x1c\x20\1\2\3\4\1\0\0\6secret\0\0", 20);
    overheard_assert(heard, "field ticket: 6 bytes\n");
    overheard_assert_not(heard, "secret");
    overheard_assert_not(heard, "736563726574");
    overheard_assert_not(heard, "malformed");
    overheard_free(heard);
}

Test(fields, what_ends_too_early_or_too_late_is_malformed)
{
    const lk_field_context context = {.version = LK_TLS1_2};
    overheard *heard = fields_of(context, 2, "\3\3", 2);
    overheard_assert(heard, "field malformed: the message ends within a field");
    overheard_free(heard);
    heard = fields_of(context, 24, "\0\0", 2);
    overheard_assert(heard, "field malformed: 1 bytes too many");
    overheard_free(heard);
}

Test(fields, nothing_that_is_no_ascii_comes_from_a_peer)
{
    static const char hello[] = "\3\3"
                                "01234567890123456789012345678901"
                                "\0"
                                "\0\2\x13\1"
                                "\1\0"
                                "\0\x11"
                                "\0\0\0\x0d\0\x0b\0\0\x08"
                                "a\x1b[2J\0\xff"
                                "b";
    overheard *heard = fields_of((lk_field_context){0}, 1, hello, sizeof hello - 1);
    overheard_assert(heard, "field server_name: a?[2J??b\n");
    overheard_free(heard);
}

Test(fields, a_long_list_is_told_in_several_lines)
{
    uint8_t hello[2 + 32 + 1 + 2 + 200 + 2] = {3, 3};
    size_t at = 35;
    hello[at++] = 0;
    hello[at++] = 200;
    for (int i = 0; i < 100; i++) {
        hello[at++] = 0x13;
        hello[at++] = 1;
    }
    hello[at++] = 1;
    hello[at++] = 0;
    overheard *heard = fields_of((lk_field_context){0}, 1, hello, at);
    unsigned suites = 0, lines = 0;
    for (const char *next = heard->told; (next = strstr(next, "TLS_AES_128_GCM_SHA256")); next++)
        suites++;
    for (const char *next = heard->told; (next = strstr(next, "server field : ")); next++)
        lines++;
    cr_assert_eq(suites, 100, "%s", heard->told);
    cr_assert_gt(lines, 10);
    overheard_free(heard);
}

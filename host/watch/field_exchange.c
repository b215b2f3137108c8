/* SPDX-License-Identifier: Apache-2.0 */
/* The key exchange up to TLS 1.2, and signatures, field by field: RFC 5246 section 7.4, RFC 8422 section 5, RFC 4279.
 */
#include "watch/field_names.h"
#include "watch/field_text.h"

enum { NAMED_CURVE = 3 };

/* A signature as every message has it: from TLS 1.2 on with its scheme in front. */
static void signature(lk_fields *fields, lk_reader *body)
{
    char text[LK_NUMBER_NAME_MAX];
    if (fields->context.version >= LK_TLS1_2)
        lk_field_print(fields, "algorithm", "%s", lk_number_name(LK_REGISTRY_SIGNATURE, lk_reader_u16(body), text));
    lk_reader bytes = lk_reader_vector16(body);
    if (!body->failed)
        lk_field_length(fields, "signature", bytes);
}

void lk_field_certificate_verify(lk_fields *fields, lk_reader *body)
{
    signature(fields, body);
}

static void ecdhe_share(lk_fields *fields, lk_reader *body)
{
    char text[LK_NUMBER_NAME_MAX];
    uint8_t type = lk_reader_u8(body);
    if (type != NAMED_CURVE) {
        lk_field_print(fields, "curve_type", "%u, which is no named one", type);
        return;
    }
    lk_field_print(fields, "curve", "%s", lk_number_name(LK_REGISTRY_GROUP, lk_reader_u16(body), text));
    lk_field_length(fields, "public", lk_reader_vector8(body));
}

/* Bits of a number in network order. */
static unsigned bits(lk_reader number)
{
    while (number.left > 0 && number.next[0] == 0)
        lk_reader_u8(&number);
    unsigned count = (unsigned)number.left * 8;
    for (unsigned mask = 0x80; number.left > 0 && !(number.next[0] & mask); mask >>= 1)
        count--;
    return count;
}

static void dhe_share(lk_fields *fields, lk_reader *body)
{
    lk_reader prime = lk_reader_vector16(body), generator = lk_reader_vector16(body), share = lk_reader_vector16(body);
    if (body->failed)
        return;
    lk_field_print(fields, "dh_p", "%u bits", bits(prime));
    lk_field_bytes(fields, "dh_g", generator);
    lk_field_print(fields, "dh_Ys", "%u bits", bits(share));
}

void lk_field_server_key_exchange(lk_fields *fields, lk_reader *body)
{
    const lk_suite *suite = fields->context.suite;
    lk_exchange exchange = suite ? suite->exchange : LK_EXCHANGE_ANY;
    if (exchange == LK_EXCHANGE_PSK)
        lk_field_length(fields, "psk_identity_hint", lk_reader_vector16(body));
    else if (exchange == LK_EXCHANGE_ECDHE)
        ecdhe_share(fields, body);
    else if (exchange == LK_EXCHANGE_DHE)
        dhe_share(fields, body);
    if (suite && (suite->authentication == LK_AUTH_RSA || suite->authentication == LK_AUTH_ECDSA))
        signature(fields, body);
    if (!suite) {
        lk_field_length(fields, "content", *body);
        *body = lk_reader_over(body->next, 0);
    }
}

void lk_field_client_key_exchange(lk_fields *fields, lk_reader *body)
{
    const lk_suite *suite = fields->context.suite;
    lk_reader all = *body;
    switch (suite ? suite->exchange : LK_EXCHANGE_ANY) {
    case LK_EXCHANGE_ECDHE:
        lk_field_length(fields, "public", lk_reader_vector8(body));
        break;
    case LK_EXCHANGE_DHE:
        lk_field_print(fields, "dh_Yc", "%u bits", bits(lk_reader_vector16(body)));
        break;
    case LK_EXCHANGE_PSK:
        lk_field_length(fields, "psk_identity", lk_reader_vector16(body));
        break;
    case LK_EXCHANGE_RSA: /* SSL 3.0 has no length in front (RFC 5246 section 7.4.7.1 has the story) */
        lk_field_length(fields, "encrypted premaster",
                        fields->context.version == LK_SSL3 ? all : lk_reader_vector16(body));
        if (fields->context.version == LK_SSL3)
            *body = lk_reader_over(all.next, 0);
        break;
    default:
        lk_field_length(fields, "content", all);
        *body = lk_reader_over(all.next, 0);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ServerHello and HelloRetryRequest: RFC 8446 sections 4.1.3 and 4.1.4, RFC 5246 section 7.4.1.3. */
#include "handshake/exchange.h"
#include "handshake/extensions.h"
#include "handshake/keys.h"
#include "handshake/messages.h"
#include "handshake/renegotiation.h"
#include "handshake/resume.h"

#include <openssl/rand.h>
#include <string.h>

enum { COMPRESSION_NONE = 0, SENTINEL_LENGTH = 8, SENTINEL_PREFIX = 7 };

/* "set to the special value of the SHA-256 of "HelloRetryRequest"" */
static const uint8_t retry_random[LK_RANDOM_LENGTH] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                       0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                       0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/* The last bytes of a random of a server that speaks more than it picks: "DOWNGRD" and this. */
enum { SENTINEL_TLS1_2 = 1, SENTINEL_OLDER = 0 };
static const uint8_t sentinel[SENTINEL_PREFIX] = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};

bool lk_hello_retry_request_is(lk_reader body)
{
    lk_reader_u16(&body);
    const uint8_t *random = lk_reader_bytes(&body, LK_RANDOM_LENGTH);
    return random && memcmp(random, retry_random, LK_RANDOM_LENGTH) == 0;
}

static void compose(lk_handshake *handshake, lk_place place, const uint8_t *random, lk_writer *body)
{
    /* TLS 1.3: "the legacy_version field MUST be set to 0x0303" */
    lk_writer_u16(body, handshake->version < LK_TLS1_2 ? handshake->version : LK_TLS1_2);
    lk_writer_bytes(body, random, LK_RANDOM_LENGTH);
    lk_writer_vector session_id = lk_writer_begin(body, 1);
    /* The client's, where a session is gone on with and in TLS 1.3 (legacy_session_id_echo); a new one, or none. */
    lk_writer_bytes(body, handshake->session_id, handshake->session_id_length);
    lk_writer_end(body, session_id);
    lk_writer_u16(body, handshake->suite->number);
    lk_writer_u8(body, COMPRESSION_NONE);
    lk_extensions_compose(handshake, place, body);
}

static void mean(lk_handshake *handshake)
{
    lk_handshake_mean(handshake, "server picks %s, %s%s%s%s", lk_version_title(handshake->version),
                      handshake->suite->title, handshake->group ? ", " : "",
                      handshake->group ? handshake->group->title : "",
                      handshake->external  ? ", and takes the pre-shared key"
                      : handshake->resumed ? ", and goes on with the session"
                                           : "");
}

/* "TLS 1.3 servers which negotiate TLS 1.2 or below in response to a ClientHello MUST set the last 8 bytes of their
 * Random value specially", and servers of TLS 1.2 that negotiate TLS 1.1 or below should. */
static void write_sentinel(lk_handshake *handshake)
{
    uint8_t *end = handshake->server_random + LK_RANDOM_LENGTH - SENTINEL_LENGTH;
    if (handshake->version >= LK_TLS1_3 || handshake->version == handshake->highest_version ||
        handshake->highest_version < LK_TLS1_2)
        return;
    memcpy(end, sentinel, SENTINEL_PREFIX);
    end[SENTINEL_PREFIX] = handshake->version == LK_TLS1_2 ? SENTINEL_TLS1_2 : SENTINEL_OLDER;
}

static lk_error begin_exchange(lk_handshake *handshake)
{
    if (handshake->version >= LK_TLS1_3)
        return lk_key_exchange_new(handshake->group, &handshake->key_pair);
    const lk_exchange_row *exchange = lk_exchange_of(handshake);
    return exchange->begin ? exchange->begin(handshake) : LK_OK;
}

lk_error lk_server_hello_compose(lk_handshake *handshake, lk_writer *body)
{
    lk_place place = handshake->version >= LK_TLS1_3 ? LK_IN_SERVER_HELLO_1_3 : LK_IN_SERVER_HELLO_1_2;
    if (RAND_bytes(handshake->server_random, LK_RANDOM_LENGTH) != 1)
        return LK_ERROR_CRYPTO;
    write_sentinel(handshake);
    bool abbreviated = handshake->resumed && handshake->version < LK_TLS1_3;
    lk_error error = abbreviated ? LK_OK : begin_exchange(handshake);
    if (!error && handshake->version >= LK_TLS1_3)
        error = lk_keys_exchange(handshake);
    if (!error)
        error = lk_transcript_choose(&handshake->transcript, lk_handshake_hash(handshake));
    if (error)
        return error;
    if (abbreviated)
        handshake->group = NULL;
    compose(handshake, place, handshake->server_random, body);
    mean(handshake);
    return LK_OK;
}

lk_error lk_hello_retry_request_compose(lk_handshake *handshake, lk_writer *body)
{
    lk_error error = lk_transcript_choose(&handshake->transcript, lk_handshake_hash(handshake));
    if (!error)
        error = lk_transcript_retry(&handshake->transcript);
    handshake->retried = true;
    /* RFC 8446 section 4.2.10: a server that sends this "skips early data by skipping all records with an external
     * content type of "application_data"". */
    if (handshake->offer.early_data)
        lk_record_layer_skip_early_data(handshake->layer);
    compose(handshake, LK_IN_HELLO_RETRY_REQUEST, retry_random, body);
    lk_handshake_mean(handshake, "server asks for a share of %s instead", handshake->group->title);
    return error;
}

/* What both messages begin with. */
typedef struct server_hello {
    uint16_t version;
    const uint8_t *random;
    lk_reader session_id;
    uint16_t suite;
    uint8_t compression;
    lk_reader extensions;
} server_hello;

static lk_error parse(server_hello *hello, lk_reader *body)
{
    hello->version = lk_reader_u16(body);
    hello->random = lk_reader_bytes(body, LK_RANDOM_LENGTH);
    hello->session_id = lk_reader_vector8(body);
    hello->suite = lk_reader_u16(body);
    hello->compression = lk_reader_u8(body);
    hello->extensions = lk_reader_over(NULL, 0);
    if (!body->failed && body->left > 0)
        hello->extensions = lk_reader_vector16(body);
    return lk_reader_finished(body) && hello->session_id.left <= LK_SESSION_ID_MAX ? LK_OK : LK_ERROR_DECODE;
}

static lk_error take_version(lk_handshake *handshake, const server_hello *hello)
{
    lk_reader content;
    uint16_t version = hello->version;
    /* RFC 8446 section 4.2.1: "If the "supported_versions" extension in the ServerHello contains a version not offered
     * by the client or contains a version prior to TLS 1.3, the client MUST abort the handshake with an
     * "illegal_parameter" alert." */
    if (lk_extensions_find(hello->extensions, LK_EXTENSION_SUPPORTED_VERSIONS, &content)) {
        version = lk_reader_u16(&content);
        if (!lk_reader_finished(&content))
            return LK_ERROR_DECODE;
        if (version < LK_TLS1_3 || !lk_handshake_speaks(handshake, version) || hello->version != LK_TLS1_2)
            return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                     "the server picks version 0x%04x, which was not offered", version);
    } else if (version > LK_TLS1_2 || !lk_handshake_speaks(handshake, version)) {
        return lk_handshake_fail(
            handshake, LK_ERROR_PROTOCOL_VERSION, "%s (ours: %s to %s; the server answers with %s)",
            lk_error_sentence(LK_ERROR_PROTOCOL_VERSION), lk_version_title(handshake->lowest_version),
            lk_version_title(handshake->highest_version), lk_version_title(version));
    }
    if (handshake->retried && version != handshake->version)
        return LK_ERROR_ILLEGAL_PARAMETER;
    lk_handshake_set_version(handshake, version);
    return LK_OK;
}

static lk_error check_sentinel(lk_handshake *handshake, const uint8_t *random)
{
    const uint8_t *end = random + LK_RANDOM_LENGTH - SENTINEL_LENGTH;
    if (handshake->version >= LK_TLS1_3 || memcmp(end, sentinel, SENTINEL_PREFIX) != 0)
        return LK_OK;
    /* "TLS 1.3 clients receiving a ServerHello indicating TLS 1.2 or below MUST check that the last 8 bytes are not
     * equal to either of these values. TLS 1.2 clients SHOULD also check that the last 8 bytes are not equal to the
     * second value if the ServerHello indicates TLS 1.1 or below." */
    bool any = handshake->highest_version >= LK_TLS1_3 && end[SENTINEL_PREFIX] <= SENTINEL_TLS1_2;
    bool older = handshake->highest_version >= LK_TLS1_2 && handshake->version < LK_TLS1_2 &&
                 end[SENTINEL_PREFIX] == SENTINEL_OLDER;
    return any || older ? LK_ERROR_DOWNGRADE : LK_OK;
}

static lk_error take_suite(lk_handshake *handshake, uint16_t number)
{
    const lk_suite *suite = NULL;
    for (size_t i = 0; i < handshake->suite_count; i++)
        if (handshake->suites[i]->number == number)
            suite = handshake->suites[i];
    /* "A client which receives a cipher suite that was not offered MUST abort the handshake with an "illegal_parameter"
     * alert"; and a second answer must name the suite of the first. */
    if (!suite || !lk_suite_allows(suite, handshake->version) || (handshake->suite && handshake->suite != suite))
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the server picks suite 0x%04x, which was not offered for %s", number,
                                 lk_version_title(handshake->version));
    handshake->suite = suite;
    return lk_transcript_choose(&handshake->transcript, lk_handshake_hash(handshake));
}

static bool is_echoed(const lk_handshake *handshake, const server_hello *hello)
{
    return hello->session_id.left == handshake->session_id_length &&
           memcmp(hello->session_id.next, handshake->session_id, hello->session_id.left) == 0;
}

static lk_error check_session_id(const lk_handshake *handshake, const server_hello *hello)
{
    bool echoed = is_echoed(handshake, hello);
    /* TLS 1.3: "A client which receives a legacy_session_id_echo field that does not match what it sent in the
     * ClientHello MUST abort the handshake with an "illegal_parameter" alert." In TLS 1.2 an echo goes on
     * with a session, which must have been offered. */
    if (handshake->version >= LK_TLS1_3)
        return echoed ? LK_OK : LK_ERROR_ILLEGAL_PARAMETER;
    bool resumes = echoed && hello->session_id.left > 0;
    return resumes && !lk_resume_offers_classic(handshake) ? LK_ERROR_ILLEGAL_PARAMETER : LK_OK;
}

/* What holds for both messages: version, session, suite, compression, extensions. */
static lk_error take(lk_handshake *handshake, server_hello *hello, lk_place place)
{
    lk_error error = take_version(handshake, hello);
    if (!error)
        error = check_sentinel(handshake, hello->random);
    if (!error)
        error = check_session_id(handshake, hello);
    if (!error && hello->compression != COMPRESSION_NONE)
        error = LK_ERROR_ILLEGAL_PARAMETER;
    if (!error)
        error = take_suite(handshake, hello->suite);
    if (!error && handshake->version < LK_TLS1_3)
        place = LK_IN_SERVER_HELLO_1_2;
    return error ? error : lk_extensions_parse(handshake, place, &hello->extensions);
}

lk_error lk_server_hello_parse(lk_handshake *handshake, lk_reader *body)
{
    server_hello hello;
    lk_error error = parse(&hello, body);
    if (!error)
        error = take(handshake, &hello, LK_IN_SERVER_HELLO_1_3);
    if (error)
        return error;
    memcpy(handshake->server_random, hello.random, LK_RANDOM_LENGTH);
    if (handshake->version >= LK_TLS1_3) {
        if (!lk_extensions_seen(handshake, LK_EXTENSION_KEY_SHARE))
            return lk_handshake_fail(handshake, LK_ERROR_MISSING_EXTENSION, "the ServerHello has no key_share");
        mean(handshake);
        return LK_OK;
    }
    /* RFC 5746 section 4.1: a client that wants to be safe from servers that renegotiate insecurely "MUST terminate the
     * handshake" when the extension does not come back. Whoever speaks SSL 3.0 has chosen to. */
    handshake->secure_renegotiation = lk_extensions_seen(handshake, LK_EXTENSION_RENEGOTIATION_INFO);
    if (!handshake->secure_renegotiation && handshake->version > LK_SSL3)
        return lk_handshake_fail(
            handshake, LK_ERROR_RENEGOTIATION_INSECURE,
            "the server does not know secure renegotiation (RFC 5746): it must be brought up to date");
    error = lk_renegotiation_check_hello(handshake, handshake->extended_master_secret);
    if (error)
        return error;
    handshake->group = NULL; /* ServerKeyExchange will say it */
    if (lk_resume_offers_classic(handshake) && is_echoed(handshake, &hello))
        error = lk_resume_accepted_classic(handshake);
    /* The session that begins has the server's id, or none. */
    handshake->session_id_length = hello.session_id.left;
    lk_reader_copy(&hello.session_id, handshake->session_id, hello.session_id.left);
    mean(handshake);
    return error;
}

lk_error lk_hello_retry_request_parse(lk_handshake *handshake, lk_reader *body)
{
    server_hello hello;
    lk_error error = parse(&hello, body);
    /* "If a client receives a second HelloRetryRequest in the same connection [...], it MUST abort the handshake with
     * an "unexpected_message" alert." */
    if (!error && handshake->retried)
        error = LK_ERROR_UNEXPECTED_MESSAGE;
    if (!error)
        error = take(handshake, &hello, LK_IN_HELLO_RETRY_REQUEST);
    if (!error && handshake->version < LK_TLS1_3)
        error = LK_ERROR_ILLEGAL_PARAMETER;
    /* "Clients MUST abort the handshake with an "illegal_parameter" alert if the HelloRetryRequest would not result in
     * any change in the ClientHello." */
    if (!error && !lk_extensions_seen(handshake, LK_EXTENSION_KEY_SHARE) &&
        !lk_extensions_seen(handshake, LK_EXTENSION_COOKIE))
        error = LK_ERROR_ILLEGAL_PARAMETER;
    if (!error)
        error = lk_transcript_retry(&handshake->transcript);
    if (error)
        return error;
    handshake->retried = true;
    lk_handshake_mean(handshake, "server asks for a share of %s", handshake->group->title);
    return LK_OK;
}

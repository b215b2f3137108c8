/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever alters a handshake on its way gets a named error out of it: never a handshake that both sides call complete
 * with different views of it, and never a crash. The clear engine makes the messages behind the keys as alterable as
 * the hellos.
 */
#include "connection/clear_engine.h"
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

enum {
    HEADER = 5,
    MESSAGE_HEADER = 4,
    TICKET = 4,
    TAG = 16,
    NONCE = 8,
    RECORDS_MAX = 16,
    DENSE = 96,
    STRIDE = 7,
    SESSION_MAX = 8192
};

typedef struct tamper_plan {
    uint16_t version;
    bool keyed[2]; /* TLS 1.2: change_cipher_spec of that sender has passed */
    /* what the dry run saw: length of the handshake message in each record, 0 for another record */
    size_t seen[2][RECORDS_MAX];
    /* what to do to one record */
    lk_role sender;
    unsigned number;
    enum { LEAVE, CUT, FLIP, FLIP_HEADER, DROP, SWAP } deed;
    size_t at;
    uint8_t kept[LOOPBACK_RECORD_MAX]; /* SWAP */
    size_t kept_length;
} tamper_plan;

/* Where the handshake message of a record stands. False when it holds none. */
static bool find_message(tamper_plan *tampering, lk_role sender, const uint8_t *record, size_t length, size_t *start,
                         size_t *size)
{
    *start = HEADER;
    *size = length - HEADER;
    if (record[0] == 20)
        tampering->keyed[sender] = tampering->version == LK_VERSION_TLS1_2;
    if (record[0] == 22 && tampering->keyed[sender]) {
        *start += NONCE;
        *size -= NONCE + TAG;
    } else if (record[0] == 23) {
        *size -= TAG + 1;
        /* a ticket is no part of the handshake: that it is whole is the record layer's to say */
        return tampering->version == LK_VERSION_TLS1_3 && record[length - TAG - 1] == 22 && record[HEADER] != TICKET;
    }
    return record[0] == 22;
}

static void set_length(uint8_t *record, size_t length)
{
    record[3] = (uint8_t)((length - HEADER) >> 8);
    record[4] = (uint8_t)(length - HEADER);
}

/* Shortens a message to that many bytes of body, with lengths that agree. */
static void cut(uint8_t *record, size_t *length, size_t start, size_t size, size_t body)
{
    cr_assert_gt(size, MESSAGE_HEADER + body, "nothing to cut: the message is shorter than in the dry run");
    size_t removed = size - MESSAGE_HEADER - body;
    memmove(record + start + size - removed, record + start + size, *length - start - size);
    *length -= removed;
    record[start + 1] = 0;
    record[start + 2] = (uint8_t)(body >> 8);
    record[start + 3] = (uint8_t)body;
    set_length(record, *length);
}

static void swap(tamper_plan *tampering, unsigned number, uint8_t *record, size_t *length)
{
    if (number == tampering->number) {
        memcpy(tampering->kept, record, *length);
        tampering->kept_length = *length;
        *length = 0;
    } else if (number == tampering->number + 1) {
        memcpy(record + *length, tampering->kept, tampering->kept_length);
        *length += tampering->kept_length;
    }
}

static void alter(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    tamper_plan *tampering = context;
    size_t start = 0, size = 0;
    bool message = find_message(tampering, sender, record, *length, &start, &size);
    if (number < RECORDS_MAX && tampering->deed == LEAVE)
        tampering->seen[sender][number] = message ? size : 0;
    if (sender != tampering->sender)
        return;
    if (tampering->deed == SWAP)
        swap(tampering, number, record, length);
    if (number != tampering->number)
        return;
    if (tampering->deed == CUT)
        cut(record, length, start, size, tampering->at);
    else if (tampering->deed == FLIP)
        record[start + tampering->at] ^= (uint8_t)(1u << tampering->at % 8);
    else if (tampering->deed == FLIP_HEADER)
        record[tampering->at / 8] ^= (uint8_t)(1u << tampering->at % 8);
    else if (tampering->deed == DROP)
        *length = 0;
}

typedef struct tamper_scene {
    loopback *pair;
    lk_engine *engine;
    uint8_t session[SESSION_MAX]; /* that every run goes on with */
    size_t session_length;        /* 0: full handshakes */
    tamper_plan tampering;
} tamper_scene;

static void scene_clear(tamper_scene *scene)
{
    memset(scene->tampering.keyed, 0, sizeof scene->tampering.keyed);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        loopback_side *side = &scene->pair->side[role];
        lk_connection_free(side->connection);
        side->connection = NULL;
        side->records = 0;
        side->key_log[0] = '\0';
    }
}

static void scene_run(tamper_scene *scene)
{
    loopback *pair = scene->pair;
    scene_clear(scene);
    loopback_connect(pair, "localhost");
    if (scene->session_length > 0)
        cr_assert_eq(lk_connection_resume(pair->side[LK_CLIENT].connection, scene->session, scene->session_length),
                     LK_OK);
    loopback_handshake(pair);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_connection_received_end(pair->side[role].connection);
        pair->side[role].result = lk_connection_handshake(pair->side[role].connection);
    }
}

/* The client has a certificate, and the server asks for it. */
static void know_client(loopback *pair)
{
    certificate_files files =
        certificates_issue(pair->certificates, "client", &(certificate_request){.key = "RSA", .purpose = "clientAuth"});
    cr_assert_eq(lk_config_use_certificate_files(pair->side[LK_CLIENT].config, files.chain, files.key), LK_OK);
    cr_assert_eq(lk_config_trust_file(pair->side[LK_SERVER].config, pair->certificates->root), LK_OK);
    cr_assert_eq(lk_config_ask_client_certificate(pair->side[LK_SERVER].config, LK_CLIENT_OPTIONAL), LK_OK);
}

static void scene_begin(tamper_scene *scene, uint16_t version, bool mutual)
{
    memset(scene, 0, sizeof *scene);
    scene->pair = loopback_new("RSA"); /* its signatures are all of one length, as is each message from run to run */
    if (mutual)
        know_client(scene->pair);
    scene->engine = clear_engine_new();
    scene->tampering.version = version;
    scene->pair->alter = alter;
    scene->pair->alter_context = &scene->tampering;
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_config *config = scene->pair->side[role].config;
        cr_assert_eq(lk_config_set_versions(config, version, LK_VERSION_TLS1_3), LK_OK);
        cr_assert_eq(lk_config_set_engine(config, scene->engine, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
    }
    cr_assert_eq(lk_config_set_versions(scene->pair->side[LK_SERVER].config, version, version), LK_OK);
    scene_run(scene);
    cr_assert(loopback_established(scene->pair), "the handshake fails although nobody alters it: %s",
              lk_connection_diagnosis(scene->pair->side[LK_CLIENT].connection));
}

/* Keeps the first session, for all that follow. */
static void keep_first(void *context, const lk_connection *connection, const uint8_t *session, size_t length)
{
    tamper_scene *scene = context;
    (void)connection;
    if (scene->session_length > 0)
        return;
    cr_assert_leq(length, sizeof scene->session);
    memcpy(scene->session, session, length);
    scene->session_length = length;
}

/* The scene goes on with a session, which it has to make first. */
static void scene_resume(tamper_scene *scene)
{
    loopback *pair = scene->pair;
    lk_config_set_session_keeper(pair->side[LK_CLIENT].config, keep_first, scene);
    scene_clear(scene);
    loopback_establish(pair);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"!", 1); /* the ticket of TLS 1.3 comes before it */
    cr_assert_gt(scene->session_length, 0);
    memset(scene->tampering.seen, 0, sizeof scene->tampering.seen);
    scene_run(scene);
    cr_assert(loopback_established(pair));
    cr_assert(lk_connection_resumed(pair->side[LK_CLIENT].connection));
}

static void scene_end(tamper_scene *scene)
{
    loopback_free(scene->pair);
    lk_engine_free(scene->engine);
}

/* An error that names a fault of the peer's, rather than of this side. */
static bool is_named(lk_error error)
{
    return error == LK_ERROR_PEER_ALERT || error == LK_ERROR_TRUNCATED ||
           (error > LK_ERROR_PEER_ALERT && error < LK_ERROR_SEQUENCE_REUSED);
}

/* Both sides either ended with a named error, or completed and wait; and they did not both complete. */
static void assert_refused(tamper_scene *scene, const char *deed)
{
    const tamper_plan *tampering = &scene->tampering;
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_error result = scene->pair->side[role].result;
        cr_assert(result == LK_OK || is_named(result), "%s of record %u at %zu: role %d says %s", deed,
                  tampering->number, tampering->at, (int)role, lk_error_name(result));
    }
    cr_assert_not(loopback_established(scene->pair), "%s of record %u of %s at %zu goes unnoticed", deed,
                  tampering->number, tampering->sender == LK_CLIENT ? "client" : "server", tampering->at);
}

/* Does a deed at every place of every message; every place of short ones, a sample of the others. */
static void for_every_place(tamper_scene *scene, int deed, size_t skipped, const char *name)
{
    tamper_plan *tampering = &scene->tampering;
    size_t done = 0;
    for (lk_role sender = LK_CLIENT; sender <= LK_SERVER; sender++)
        for (unsigned number = 0; number < RECORDS_MAX; number++)
            for (size_t at = 0; at + skipped < tampering->seen[sender][number]; at += at < DENSE ? 1 : STRIDE) {
                tampering->sender = sender;
                tampering->number = number;
                tampering->at = at;
                tampering->deed = deed;
                scene_run(scene);
                assert_refused(scene, name);
                done++;
            }
    cr_assert_gt(done, 200, "hardly anything was tried");
}

Test(tamper, a_tls_1_3_message_cut_short_anywhere_is_refused)
{
    tamper_scene scene;
    scene_begin(&scene, LK_VERSION_TLS1_3, false);
    for_every_place(&scene, CUT, MESSAGE_HEADER, "cut");
    scene_end(&scene);
}

Test(tamper, a_tls_1_2_message_cut_short_anywhere_is_refused)
{
    tamper_scene scene;
    scene_begin(&scene, LK_VERSION_TLS1_2, false);
    for_every_place(&scene, CUT, MESSAGE_HEADER, "cut");
    scene_end(&scene);
}

Test(tamper, a_tls_1_3_message_with_a_bit_flipped_anywhere_is_refused)
{
    tamper_scene scene;
    scene_begin(&scene, LK_VERSION_TLS1_3, false);
    for_every_place(&scene, FLIP, 0, "flip");
    scene_end(&scene);
}

Test(tamper, a_tls_1_2_message_with_a_bit_flipped_anywhere_is_refused)
{
    tamper_scene scene;
    scene_begin(&scene, LK_VERSION_TLS1_2, false);
    for_every_place(&scene, FLIP, 0, "flip");
    scene_end(&scene);
}

/* What is not part of the transcript may change without harm, but only if both sides still agree on everything. */
static void assert_refused_or_same(tamper_scene *scene, const char *deed)
{
    if (loopback_established(scene->pair))
        cr_assert_str_eq(scene->pair->side[LK_CLIENT].key_log, scene->pair->side[LK_SERVER].key_log);
    else
        assert_refused(scene, deed);
}

static void tamper_with_messages_of_known_client(uint16_t version, int deed, size_t skipped, const char *name)
{
    tamper_scene scene;
    scene_begin(&scene, version, true);
    for_every_place(&scene, deed, skipped, name);
    scene_end(&scene);
}

Test(tamper, messages_with_a_client_certificate_cut_short_anywhere_are_refused)
{
    tamper_with_messages_of_known_client(LK_VERSION_TLS1_2, CUT, MESSAGE_HEADER, "cut");
    tamper_with_messages_of_known_client(LK_VERSION_TLS1_3, CUT, MESSAGE_HEADER, "cut");
}

Test(tamper, messages_with_a_client_certificate_and_a_bit_flipped_anywhere_are_refused)
{
    tamper_with_messages_of_known_client(LK_VERSION_TLS1_2, FLIP, 0, "flip");
    tamper_with_messages_of_known_client(LK_VERSION_TLS1_3, FLIP, 0, "flip");
}

static void tamper_with_records(uint16_t version)
{
    tamper_scene scene;
    scene_begin(&scene, version, true);
    for (lk_role sender = LK_CLIENT; sender <= LK_SERVER; sender++)
        for (unsigned number = 0; scene.tampering.seen[sender][number] > 0 || number < 3; number++) {
            scene.tampering.sender = sender;
            scene.tampering.number = number;
            scene.tampering.deed = DROP;
            scene_run(&scene);
            assert_refused_or_same(&scene, "drop");
            scene.tampering.deed = FLIP_HEADER;
            for (scene.tampering.at = 0; scene.tampering.at < 8 * HEADER; scene.tampering.at++) {
                scene_run(&scene);
                assert_refused_or_same(&scene, "header flip");
            }
        }
    scene_end(&scene);
}

Test(tamper, a_tls_1_3_record_with_another_header_or_missing_is_refused_or_harmless)
{
    tamper_with_records(LK_VERSION_TLS1_3);
}

Test(tamper, a_tls_1_2_record_with_another_header_or_missing_is_refused_or_harmless)
{
    tamper_with_records(LK_VERSION_TLS1_2);
}

static void tamper_with_messages_of_known_session(uint16_t version, int deed, size_t skipped, const char *name)
{
    tamper_scene scene;
    scene_begin(&scene, version, false);
    scene_resume(&scene);
    for_every_place(&scene, deed, skipped, name);
    scene_end(&scene);
}

Test(tamper, messages_that_go_on_with_a_session_cut_short_anywhere_are_refused)
{
    tamper_with_messages_of_known_session(LK_VERSION_TLS1_2, CUT, MESSAGE_HEADER, "cut");
    tamper_with_messages_of_known_session(LK_VERSION_TLS1_3, CUT, MESSAGE_HEADER, "cut");
}

Test(tamper, messages_that_go_on_with_a_session_and_a_bit_flipped_anywhere_are_refused)
{
    tamper_with_messages_of_known_session(LK_VERSION_TLS1_2, FLIP, 0, "flip");
    tamper_with_messages_of_known_session(LK_VERSION_TLS1_3, FLIP, 0, "flip");
}

static void swap_neighbours(uint16_t version)
{
    tamper_scene scene;
    size_t done = 0;
    scene_begin(&scene, version, true);
    scene.tampering.sender = LK_SERVER;
    scene.tampering.deed = SWAP;
    for (unsigned number = 0; number + 1 < RECORDS_MAX; number++) {
        if (scene.tampering.seen[LK_SERVER][number] == 0 || scene.tampering.seen[LK_SERVER][number + 1] == 0)
            continue;
        scene.tampering.number = number;
        scene_run(&scene);
        cr_assert_eq(scene.pair->side[LK_CLIENT].result, LK_ERROR_UNEXPECTED_MESSAGE, "records %u and %u: %s", number,
                     number + 1, lk_connection_diagnosis(scene.pair->side[LK_CLIENT].connection));
        done++;
    }
    cr_assert_geq(done, 3);
    scene_end(&scene);
}

Test(tamper, tls_1_3_messages_in_another_order_are_unexpected)
{
    swap_neighbours(LK_VERSION_TLS1_3);
}

Test(tamper, tls_1_2_messages_in_another_order_are_unexpected)
{
    swap_neighbours(LK_VERSION_TLS1_2);
}

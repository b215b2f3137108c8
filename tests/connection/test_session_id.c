/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions up to TLS 1.2 are gone on with by their id, as long as the server has them; otherwise all is agreed anew. */
#include "connection/config.h"
#include "connection/sessions.h"
#include "handshake/resumption.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

/* A pair whose server gives no tickets. */
static loopback *pair_by_id(kept_session *kept)
{
    loopback *pair = sessions_pair(LK_VERSION_TLS1_2, kept);
    lk_config_set_tickets(sessions_config(pair, LK_SERVER), false);
    return pair;
}

static size_t cached(loopback *pair)
{
    return lk_session_cache_count(sessions_config(pair, LK_SERVER)->cache);
}

/* The kept session, to look into or to forge. */
static lk_resumption parsed(const kept_session *kept)
{
    lk_resumption session;
    lk_reader reader = lk_reader_over(kept->bytes, kept->length);
    cr_assert_eq(lk_resumption_parse(&session, &reader), LK_OK);
    return session;
}

static void put_back(kept_session *kept, lk_resumption *session)
{
    lk_writer writer = lk_writer_into(kept->bytes, sizeof kept->bytes);
    lk_resumption_compose(session, &writer);
    cr_assert_not(writer.failed);
    kept->length = writer.length;
    lk_resumption_clear(session);
}

Test(session_id, a_session_is_gone_on_with_again_and_again)
{
    kept_session kept;
    loopback *pair = pair_by_id(&kept);
    sessions_establish_first(pair, &kept);
    lk_resumption session = parsed(&kept);
    cr_assert_eq(session.id_length, 32);
    cr_assert_eq(session.ticket_length, 0);
    lk_resumption_clear(&session);
    for (int again = 0; again < 3; again++) {
        sessions_establish_again(pair, &kept, true);
        cr_assert_eq(kept.count, 1, "a session that goes on is no new one");
        sessions_hang_up(pair);
    }
    cr_assert_eq(cached(pair), 1);
    loopback_free(pair);
}

Test(session_id, a_client_that_takes_no_tickets_is_given_an_id)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_2, &kept);
    lk_config_set_tickets(sessions_config(pair, LK_CLIENT), false);
    sessions_establish_first(pair, &kept);
    sessions_establish_again(pair, &kept, true);
    loopback_free(pair);
}

Test(session_id, a_client_that_takes_a_ticket_is_given_no_id)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_2, &kept);
    sessions_establish_first(pair, &kept);
    cr_assert_eq(cached(pair), 0);
    lk_resumption session = parsed(&kept);
    cr_assert_eq(session.id_length, 0);
    lk_resumption_clear(&session);
    loopback_free(pair);
}

Test(session_id, every_suite_goes_on_with_its_sessions)
{
    static const char *const suites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                                         "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-SHA"};
    kept_session kept;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        loopback *pair = pair_by_id(&kept);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_eq(lk_config_set_suites(sessions_config(pair, role), suites[i]), LK_OK);
        sessions_establish_first(pair, &kept);
        sessions_establish_again(pair, &kept, true);
        loopback_free(pair);
    }
}

Test(session_id, suites_without_certificates_go_on_with_their_sessions_by_id_and_by_ticket)
{
    static const uint8_t key[16] = "they both know";
    static const char *const suites[] = {"PSK-AES128-GCM-SHA256", "ADH-AES128-GCM-SHA256", "AECDH-AES128-SHA"};
    kept_session kept;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        for (int tickets = 0; tickets < 2; tickets++) {
            loopback *pair = sessions_pair(LK_VERSION_TLS1_2, &kept);
            lk_config_set_tickets(sessions_config(pair, LK_SERVER), tickets);
            for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
                cr_assert_eq(lk_config_set_suites(sessions_config(pair, role), suites[i]), LK_OK);
                cr_assert_eq(lk_config_set_psk(sessions_config(pair, role), "me", key, sizeof key), LK_OK);
            }
            sessions_establish_first(pair, &kept);
            sessions_establish_again(pair, &kept, true);
            loopback_free(pair);
        }
}

/* A session of a suite with certificates in which they are missing is nobody's. */
Test(session_id, a_session_that_lost_its_certificates_is_not_gone_on_with)
{
    kept_session kept;
    loopback *pair = pair_by_id(&kept);
    sessions_establish_first(pair, &kept);
    lk_resumption session = parsed(&kept);
    lk_certificate_chain_clear(&session.chain);
    put_back(&kept, &session);
    sessions_establish_again(pair, &kept, false);
    loopback_free(pair);
}

/* SSL 3.0 has no suites of elliptic curves. */
static void use_rsa(loopback *pair)
{
    certificate_files files = certificates_issue(pair->certificates, "rsa", &(certificate_request){.key = "RSA"});
    cr_assert_eq(lk_config_use_certificate_files(sessions_config(pair, LK_SERVER), files.chain, files.key), LK_OK);
}

Test(session_id, every_old_version_goes_on_with_its_sessions)
{
    kept_session kept;
    for (uint16_t version = LK_VERSION_SSL3; version < LK_VERSION_TLS1_2; version++)
        for (int tickets = 0; tickets < 2; tickets++) {
            loopback *pair = sessions_pair(LK_VERSION_TLS1_2, &kept);
            use_rsa(pair);
            lk_config_set_tickets(sessions_config(pair, LK_SERVER), tickets);
            for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
                cr_assert_eq(lk_config_set_versions(sessions_config(pair, role), version, LK_VERSION_TLS1_2), LK_OK);
                cr_assert_eq(lk_config_set_suites(sessions_config(pair, role), "AES128-SHA"), LK_OK);
            }
            lk_config_set_versions(sessions_config(pair, LK_SERVER), version, version);
            sessions_establish_first(pair, &kept);
            sessions_establish_again(pair, &kept, true);
            cr_assert_eq(lk_connection_version(pair->side[LK_CLIENT].connection), version);
            sessions_hang_up(pair);

            /* in another version it is no session any more */
            lk_config_set_versions(sessions_config(pair, LK_SERVER), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
            sessions_establish_again(pair, &kept, false);
            loopback_free(pair);
        }
}

Test(session_id, a_client_of_tls_1_3_goes_on_with_an_older_session)
{
    kept_session kept;
    loopback *pair = pair_by_id(&kept);
    cr_assert_eq(lk_config_set_versions(sessions_config(pair, LK_CLIENT), LK_VERSION_TLS1_2, LK_VERSION_TLS1_3), LK_OK);
    cr_assert_eq(lk_config_set_versions(sessions_config(pair, LK_SERVER), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2), LK_OK);
    sessions_establish_first(pair, &kept);
    sessions_establish_again(pair, &kept, true);
    loopback_free(pair);
}

Test(session_id, a_server_without_a_store_gives_no_session)
{
    for (int way = 0; way < 2; way++) {
        kept_session kept;
        loopback *pair = pair_by_id(&kept);
        lk_config *server = sessions_config(pair, LK_SERVER);
        cr_assert_eq(way == 0 ? lk_config_set_session_cache(server, 0) : lk_config_set_session_lifetime(server, 0),
                     LK_OK);
        loopback_establish(pair);
        sessions_talk(pair);
        cr_assert_eq(kept.count, 0);
        loopback_free(pair);
    }
}

Test(session_id, the_oldest_session_goes_when_there_are_too_many)
{
    enum { CAPACITY = 3 };
    kept_session kept[CAPACITY + 1];
    loopback *pair = pair_by_id(&kept[0]);
    cr_assert_eq(lk_config_set_session_cache(sessions_config(pair, LK_SERVER), CAPACITY), LK_OK);
    sessions_establish_first(pair, &kept[0]);
    for (size_t i = 1; i <= CAPACITY; i++) {
        loopback_establish(pair);
        sessions_hang_up(pair);
        kept[i] = kept[0];
        if (i == 1)
            cr_assert_eq(cached(pair), 2);
    }
    cr_assert_eq(cached(pair), CAPACITY);
    for (size_t i = 1; i <= CAPACITY; i++) {
        sessions_establish_again(pair, &kept[i], true);
        sessions_hang_up(pair);
    }
    loopback_free(pair);
}

Test(session_id, what_was_pushed_out_leads_to_a_full_handshake)
{
    kept_session kept, first;
    loopback *pair = pair_by_id(&kept);
    cr_assert_eq(lk_config_set_session_cache(sessions_config(pair, LK_SERVER), 1), LK_OK);
    sessions_establish_first(pair, &kept);
    first = kept;
    loopback_establish(pair);
    sessions_hang_up(pair);
    sessions_establish_again(pair, &first, false);
    loopback_free(pair);
}

Test(session_id, a_session_that_is_over_leads_to_a_full_handshake)
{
    kept_session kept;
    loopback *pair = pair_by_id(&kept);
    cr_assert_eq(lk_config_set_session_lifetime(sessions_config(pair, LK_SERVER), 1), LK_OK);
    sessions_establish_first(pair, &kept);
    usleep(1100000);
    sessions_establish_again(pair, &kept, false);
    loopback_free(pair);
}

Test(session_id, an_id_that_nobody_gave_leads_to_a_full_handshake)
{
    kept_session kept;
    for (size_t length = 1; length <= 32; length += 31) {
        loopback *pair = pair_by_id(&kept);
        sessions_establish_first(pair, &kept);
        lk_resumption session = parsed(&kept);
        session.id[0] ^= 1;
        session.id_length = length;
        put_back(&kept, &session);
        sessions_establish_again(pair, &kept, false);
        loopback_free(pair);
    }
}

Test(session_id, a_server_checks_the_name_of_the_session)
{
    kept_session kept;
    loopback *pair = pair_by_id(&kept);
    sessions_establish_first(pair, &kept);
    lk_resumption session = parsed(&kept);
    strcpy(session.name, "127.0.0.1"); /* which is not announced */
    put_back(&kept, &session);
    sessions_offer(pair, &kept, "127.0.0.1");
    loopback_establish(pair);
    cr_assert_not(sessions_resumed(pair));
    loopback_free(pair);
}

Test(session_id, who_knows_the_id_without_the_secret_is_refused_and_ends_the_session)
{
    kept_session kept;
    loopback *pair = pair_by_id(&kept);
    sessions_establish_first(pair, &kept);
    lk_resumption session = parsed(&kept);
    session.secret[0] ^= 1;
    put_back(&kept, &session);
    sessions_offer(pair, &kept, "localhost");
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_BAD_RECORD_MAC);
    cr_assert_neq(pair->side[LK_SERVER].result, LK_OK);
    cr_assert_eq(cached(pair), 0);
    loopback_free(pair);
}

/* Breaks the records that the server sends. */
static void break_data(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    (void)context, (void)number;
    if (sender == LK_SERVER)
        record[*length - 1] ^= 1;
}

/* RFC 5246 section 7.2.2, for both sides: for who sends the alert, and for who receives it. */
Test(session_id, a_fatal_alert_ends_the_session_for_both_sides)
{
    for (int resumed = 0; resumed < 2; resumed++) {
        kept_session kept;
        const uint8_t *data = NULL;
        size_t length = 0, taken = 0;
        loopback *pair = pair_by_id(&kept);
        loopback_establish(pair);
        if (resumed) {
            sessions_hang_up(pair);
            sessions_establish_again(pair, &kept, true);
        }
        cr_assert_eq(cached(pair), 1);
        pair->alter = break_data;
        cr_assert_eq(lk_connection_write(pair->side[LK_SERVER].connection, "data", 4, &taken), LK_OK);
        loopback_move(pair);
        cr_assert_eq(lk_connection_peek(pair->side[LK_CLIENT].connection, &data, &length), LK_ERROR_BAD_RECORD_MAC);
        cr_assert_eq(kept.forgotten, 1);
        loopback_move(pair);
        cr_assert_eq(lk_connection_peek(pair->side[LK_SERVER].connection, &data, &length), LK_ERROR_PEER_ALERT);
        cr_assert_eq(cached(pair), 0);
        pair->alter = NULL;
        sessions_hang_up(pair);
        sessions_establish_again(pair, &kept, false);
        loopback_free(pair);
    }
}

Test(session_id, a_connection_that_ends_well_or_is_cut_leaves_its_session)
{
    kept_session kept;
    const uint8_t *data = NULL;
    size_t length = 0;
    loopback *pair = pair_by_id(&kept);
    loopback_establish(pair);
    lk_connection_received_end(pair->side[LK_SERVER].connection);
    cr_assert_eq(lk_connection_peek(pair->side[LK_SERVER].connection, &data, &length), LK_ERROR_TRUNCATED);
    lk_connection_close(pair->side[LK_CLIENT].connection);
    sessions_hang_up(pair);
    cr_assert_eq(kept.forgotten, 0);
    sessions_establish_again(pair, &kept, true);
    loopback_free(pair);
}

/* A failure of someone who asked for a session and did not get it says nothing about the session. */
Test(session_id, a_full_handshake_that_fails_leaves_the_session_that_was_not_taken)
{
    kept_session kept;
    loopback *pair = pair_by_id(&kept);
    sessions_establish_first(pair, &kept);
    lk_resumption session = parsed(&kept);
    strcpy(session.name, "127.0.0.1");
    kept_session other = kept;
    put_back(&other, &session);
    certificates *others = certificates_new();
    sessions_offer(pair, &other, "127.0.0.1");
    cr_assert_eq(lk_config_trust_file(sessions_config(pair, LK_CLIENT), others->root), LK_OK);
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_CERTIFICATE_UNTRUSTED);
    cr_assert_eq(cached(pair), 1);
    cr_assert_eq(kept.forgotten, 0);
    certificates_free(others);
    loopback_free(pair);
}

/* Somewhere else, as several processes would share it; and with a word about what was asked of it. */
typedef struct shared_store {
    lk_session_store inner;
    unsigned stored, found, removed;
} shared_store;

static void shared_keep(void *context, const uint8_t *id, size_t id_length, const uint8_t *session, size_t length,
                        uint32_t lifetime)
{
    shared_store *shared = context;
    cr_assert_eq(id_length, LK_SESSION_ID_BYTES);
    cr_assert_eq(lifetime, 7200);
    cr_assert_leq(length, LK_SESSION_BYTES_MAX);
    shared->stored++;
    shared->inner.store(shared->inner.context, id, id_length, session, length, lifetime);
}

static size_t shared_find(void *context, const uint8_t *id, size_t id_length, uint8_t *session, size_t capacity)
{
    shared_store *shared = context;
    size_t length = shared->inner.find(shared->inner.context, id, id_length, session, capacity);
    shared->found += length > 0;
    return length;
}

static void shared_remove(void *context, const uint8_t *id, size_t id_length)
{
    shared_store *shared = context;
    shared->removed++;
    shared->inner.remove(shared->inner.context, id, id_length);
}

Test(session_id, servers_that_share_a_store_go_on_with_each_others_sessions)
{
    kept_session kept;
    lk_session_cache *cache = NULL;
    cr_assert_eq(lk_session_cache_new(10, &cache), LK_OK);
    shared_store shared = {.inner = lk_session_cache_store(cache)};
    const lk_session_store store = {
        .context = &shared, .store = shared_keep, .find = shared_find, .remove = shared_remove};
    loopback *pair = pair_by_id(&kept);
    cr_assert_eq(lk_config_set_session_store(sessions_config(pair, LK_SERVER), &store), LK_OK);
    sessions_establish_first(pair, &kept);

    lk_config_free(sessions_config(pair, LK_SERVER));
    pair->side[LK_SERVER].config = lk_config_new();
    certificate_files files = certificates_issue(pair->certificates, "other", &(certificate_request){.key = "EC"});
    lk_config *other = sessions_config(pair, LK_SERVER);
    cr_assert_eq(lk_config_use_certificate_files(other, files.chain, files.key), LK_OK);
    cr_assert_eq(lk_config_set_session_store(other, &store), LK_OK);
    lk_config_set_tickets(other, false);
    sessions_offer(pair, &kept, "localhost");
    loopback_establish(pair);
    cr_assert(sessions_resumed(pair));
    cr_assert_eq(shared.stored, 1);
    cr_assert_eq(shared.found, 1);
    cr_assert_eq(shared.removed, 0);
    loopback_free(pair);
    lk_session_cache_free(cache);
}

Test(session_id, a_store_that_lies_leads_to_a_full_handshake)
{
    kept_session kept, first;
    lk_session_cache *cache = NULL;
    cr_assert_eq(lk_session_cache_new(10, &cache), LK_OK);
    lk_session_store store = lk_session_cache_store(cache);
    loopback *pair = pair_by_id(&kept);
    cr_assert_eq(lk_config_set_session_store(sessions_config(pair, LK_SERVER), &store), LK_OK);
    sessions_establish_first(pair, &kept);
    first = kept;
    lk_resumption session = parsed(&kept);
    uint8_t bytes[LK_SESSION_BYTES_MAX];
    size_t length = store.find(store.context, session.id, session.id_length, bytes, sizeof bytes);
    for (size_t cut = 0; cut < length; cut++) {
        store.store(store.context, session.id, session.id_length, bytes, cut, 100);
        sessions_offer(pair, &first, "localhost");
        loopback_establish(pair);
        cr_assert_not(sessions_resumed(pair), "%zu", cut);
        sessions_hang_up(pair);
    }
    lk_resumption_clear(&session);
    loopback_free(pair);
    lk_session_cache_free(cache);
}

Test(session_id, a_store_without_all_its_functions_is_refused)
{
    lk_config *config = lk_config_new();
    lk_session_store store = lk_session_cache_store(config->cache);
    for (int missing = 0; missing < 3; missing++) {
        lk_session_store part = store;
        if (missing == 0)
            part.store = NULL;
        else if (missing == 1)
            part.find = NULL;
        else
            part.remove = NULL;
        cr_assert_eq(lk_config_set_session_store(config, &part), LK_ERROR_INVALID_ARGUMENT);
    }
    lk_config_free(config);
}

/* Hides the extension of the extended master secret from the server. */
static void hide_extended_master_secret(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t extension[] = {0, 23, 0, 0};
    (void)context;
    if (sender != LK_CLIENT || number != 0)
        return;
    uint8_t *place = memmem(record, *length, extension, sizeof extension);
    cr_assert_not_null(place);
    place[0] = 0x7f;
}

/* RFC 7627 section 5.3 */
Test(session_id, the_extended_master_secret_of_a_session_may_not_go_missing)
{
    kept_session kept;
    loopback *pair = pair_by_id(&kept);
    sessions_establish_first(pair, &kept);
    pair->alter = hide_extended_master_secret;
    sessions_offer(pair, &kept, "localhost");
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_ILLEGAL_PARAMETER);
    loopback_free(pair);
}

Test(session_id, a_session_without_the_extended_master_secret_is_replaced_by_one_that_has_it)
{
    kept_session kept;
    lk_session_cache *cache = NULL;
    cr_assert_eq(lk_session_cache_new(10, &cache), LK_OK);
    lk_session_store store = lk_session_cache_store(cache);
    loopback *pair = pair_by_id(&kept);
    cr_assert_eq(lk_config_set_session_store(sessions_config(pair, LK_SERVER), &store), LK_OK);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        lk_config_allow_legacy_resumption(sessions_config(pair, role));
    sessions_establish_first(pair, &kept);
    lk_resumption session = parsed(&kept);
    uint8_t bytes[LK_SESSION_BYTES_MAX];
    size_t length = store.find(store.context, session.id, session.id_length, bytes, sizeof bytes);
    lk_resumption stored;
    lk_reader reader = lk_reader_over(bytes, length);
    cr_assert_eq(lk_resumption_parse(&stored, &reader), LK_OK);
    stored.extended_master_secret = session.extended_master_secret = false;
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_resumption_compose(&stored, &writer);
    store.store(store.context, session.id, session.id_length, bytes, writer.length, 100);
    lk_resumption_clear(&stored);
    put_back(&kept, &session);
    sessions_establish_again(pair, &kept, false);
    cr_assert_eq(kept.count, 2);
    loopback_free(pair);
    lk_session_cache_free(cache);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/keys.h"

#include "handshake/post_handshake.h"

#include "base/secret.h"
#include "handshake/exchange.h"
#include "handshake/ssl3.h"

#include <string.h>

static lk_role peer_of(const lk_handshake *handshake)
{
    return handshake->role == LK_CLIENT ? LK_SERVER : LK_CLIENT;
}

static lk_error set_write(lk_handshake *handshake, const lk_direction_parameters *parameters, const char *meaning)
{
    lk_error error = lk_record_layer_set_write(handshake->layer, parameters);
    if (!error)
        handshake->observer.keys(handshake->observer.context, true, meaning);
    return error;
}

static lk_error set_read(lk_handshake *handshake, const lk_direction_parameters *parameters, const char *meaning)
{
    /* RFC 8446 section 5.1: "Handshake messages MUST NOT span key changes. Implementations MUST verify that all
     * messages immediately preceding a key change align with a record boundary". */
    if (handshake->incoming_taken != handshake->incoming_length)
        return lk_handshake_fail(handshake, LK_ERROR_UNEXPECTED_MESSAGE,
                                 "the peer sent more in the record that changes its key");
    lk_error error = lk_record_layer_set_read(handshake->layer, parameters);
    if (!error)
        handshake->observer.keys(handshake->observer.context, false, meaning);
    return error;
}

/* TLS 1.3 */

/* Puts the keys of a traffic secret to work. */
static lk_error use_secret(lk_handshake *handshake, lk_direction_kind kind, const uint8_t *secret, const char *meaning)
{
    lk_direction_parameters parameters = {
        .kind = kind, .version = handshake->version, .cipher = handshake->suite->cipher};
    lk_error error = lk_traffic_keys(handshake->suite->hash, secret, &parameters);
    if (!error)
        error =
            kind == LK_SEAL ? set_write(handshake, &parameters, meaning) : set_read(handshake, &parameters, meaning);
    lk_secret_wipe(&parameters, sizeof parameters);
    return error;
}

static lk_error derive(lk_handshake *handshake, const char *label, const char *log_label, const uint8_t *hash,
                       uint8_t *out)
{
    lk_error error = lk_key_schedule_derive(&handshake->schedule, label, hash, out);
    if (!error)
        handshake->observer.secret(handshake->observer.context, log_label, handshake->client_random, out,
                                   lk_hash_length(handshake->suite->hash));
    return error;
}

lk_error lk_keys_exchange(lk_handshake *handshake)
{
    lk_key_schedule *schedule = &handshake->schedule;
    lk_hash hash = handshake->suite->hash;
    uint8_t shared[LK_SHARED_MAX];
    const lk_group *group = handshake->group;
    lk_error error =
        lk_key_exchange_derive(group, handshake->key_pair, handshake->peer_public, group->public_length, shared);
    if (!error)
        error = handshake->resumed ? lk_key_schedule_resume(schedule, hash, handshake->resumption->secret,
                                                            lk_resumption_secret_length(handshake->resumption))
                                   : lk_key_schedule_start(schedule, hash);
    if (!error)
        error = lk_key_schedule_handshake(schedule, shared, group->shared_length);
    lk_secret_wipe(shared, sizeof shared);
    return error;
}

static lk_error handshake_secrets(lk_handshake *handshake)
{
    uint8_t hash[LK_HASH_MAX];
    lk_error error = lk_transcript_now(&handshake->transcript, hash);
    if (!error)
        error = derive(handshake, "c hs traffic", "CLIENT_HANDSHAKE_TRAFFIC_SECRET", hash,
                       handshake->handshake_secret[LK_CLIENT]);
    if (!error)
        error = derive(handshake, "s hs traffic", "SERVER_HANDSHAKE_TRAFFIC_SECRET", hash,
                       handshake->handshake_secret[LK_SERVER]);
    return error;
}

static lk_error application_secrets(lk_handshake *handshake)
{
    uint8_t hash[LK_HASH_MAX];
    lk_error error = lk_key_schedule_master(&handshake->schedule);
    if (!error)
        error = lk_transcript_now(&handshake->transcript, hash);
    if (!error)
        error = derive(handshake, "c ap traffic", "CLIENT_TRAFFIC_SECRET_0", hash,
                       handshake->application_secret[LK_CLIENT]);
    if (!error)
        error = derive(handshake, "s ap traffic", "SERVER_TRAFFIC_SECRET_0", hash,
                       handshake->application_secret[LK_SERVER]);
    if (!error)
        error = derive(handshake, "exp master", "EXPORTER_SECRET", hash, handshake->exporter.secret);
    return error; /* the schedule's own secret stays until the client's Finished: resume.c */
}

lk_error lk_keys_handshake_client(lk_handshake *handshake)
{
    lk_error error = lk_keys_exchange(handshake);
    if (!error)
        error = handshake_secrets(handshake);
    return error ? error : use_secret(handshake, LK_OPEN, handshake->handshake_secret[LK_SERVER], "handshake keys");
}

lk_error lk_keys_handshake_write(lk_handshake *handshake)
{
    return use_secret(handshake, LK_SEAL, handshake->handshake_secret[handshake->role], "handshake keys");
}

lk_error lk_keys_handshake_server(lk_handshake *handshake)
{
    lk_error error = handshake_secrets(handshake);
    if (!error)
        error = use_secret(handshake, LK_OPEN, handshake->handshake_secret[LK_CLIENT], "handshake keys");
    /* RFC 8446 section 4.2.10: a server that takes no early data "skips past early data by attempting to deprotect
     * received records using the handshake traffic key, discarding records which fail deprotection". */
    if (!error && handshake->offer.early_data)
        lk_record_layer_skip_early_data(handshake->layer);
    return error;
}

lk_error lk_keys_application_client(lk_handshake *handshake)
{
    lk_error error = application_secrets(handshake);
    return error ? error : lk_keys_application_read(handshake);
}

lk_error lk_keys_application_server(lk_handshake *handshake)
{
    lk_error error = application_secrets(handshake);
    return error ? error : lk_keys_application_write(handshake);
}

/*
 * Puts the keys of a side's application secret to work, and goes on to the next secret at once: no way leads back from
 * it. So the keys in use are with the engine alone, and what stays here gives those of the next KeyUpdate.
 */
static lk_error use_application(lk_handshake *handshake, lk_direction_kind kind, const char *meaning)
{
    lk_role sender = kind == LK_SEAL ? handshake->role : peer_of(handshake);
    uint8_t *secret = handshake->application_secret[sender];
    lk_error error = use_secret(handshake, kind, secret, meaning);
    if (!error && sender == LK_CLIENT)
        error = lk_post_handshake_key(handshake, secret);
    return error ? error : lk_traffic_update(handshake->suite->hash, secret);
}

lk_error lk_keys_application_write(lk_handshake *handshake)
{
    return use_application(handshake, LK_SEAL, "application keys");
}

lk_error lk_keys_application_read(lk_handshake *handshake)
{
    return use_application(handshake, LK_OPEN, "application keys");
}

lk_error lk_keys_update_write(lk_handshake *handshake)
{
    handshake->update_wanted = false;
    handshake->updated = true;
    return use_application(handshake, LK_SEAL, "next application keys");
}

lk_error lk_keys_update_read(lk_handshake *handshake)
{
    return use_application(handshake, LK_OPEN, "next application keys");
}

/* Up to TLS 1.2 */

lk_error lk_keys_master(lk_handshake *handshake)
{
    uint8_t session_hash[LK_HASH_MAX];
    uint8_t premaster[LK_PREMASTER_MAX];
    size_t length = 0;
    lk_hash hash = lk_handshake_hash(handshake);
    lk_error error = lk_exchange_of(handshake)->premaster(handshake, premaster, &length);
    if (!error)
        error = lk_transcript_now(&handshake->transcript, session_hash);
    if (!error && handshake->extended_master_secret)
        error = lk_prf_extended_master_secret(hash, premaster, length, session_hash, handshake->master);
    else if (!error && handshake->version == LK_SSL3)
        error = lk_ssl3_expand(premaster, length, handshake->client_random, handshake->server_random, handshake->master,
                               sizeof handshake->master);
    else if (!error)
        error = lk_prf_master_secret(hash, premaster, length, handshake->client_random, handshake->server_random,
                                     handshake->master);
    lk_secret_wipe(premaster, sizeof premaster);
    return error ? error : lk_keys_session(handshake);
}

lk_error lk_keys_session(lk_handshake *handshake)
{
    lk_hash hash = lk_handshake_hash(handshake);
    handshake->observer.secret(handshake->observer.context, "CLIENT_RANDOM", handshake->client_random,
                               handshake->master, sizeof handshake->master);
    for (lk_role side = LK_CLIENT; side <= LK_SERVER; side++)
        handshake->keys[side] = (lk_direction_parameters){.kind = side == handshake->role ? LK_SEAL : LK_OPEN,
                                                          .version = handshake->version,
                                                          .cipher = handshake->suite->cipher,
                                                          .encrypt_then_mac = handshake->encrypt_then_mac};
    return lk_prf_keys(hash, handshake->master, handshake->client_random, handshake->server_random,
                       &handshake->keys[LK_CLIENT], &handshake->keys[LK_SERVER]);
}

lk_error lk_keys_write(lk_handshake *handshake)
{
    return set_write(handshake, &handshake->keys[handshake->role], "session keys");
}

lk_error lk_keys_read(lk_handshake *handshake)
{
    handshake->data_barred = handshake->before;
    return set_read(handshake, &handshake->keys[peer_of(handshake)], "session keys");
}

void lk_keys_forget(lk_handshake *handshake)
{
    EVP_PKEY_free(handshake->key_pair);
    handshake->key_pair = NULL;
    EVP_PKEY_free(handshake->peer_key);
    handshake->peer_key = NULL;
    lk_key_schedule_wipe(&handshake->schedule);
    lk_secret_wipe(handshake->premaster, sizeof handshake->premaster);
    lk_secret_wipe(handshake->handshake_secret, sizeof handshake->handshake_secret);
    lk_secret_wipe(handshake->master, sizeof handshake->master);
    lk_secret_wipe(handshake->keys, sizeof handshake->keys);
    lk_transcript_free(&handshake->transcript);
}

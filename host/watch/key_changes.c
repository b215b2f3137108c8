/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a connection that is watched, from the secrets of the key log, by the library's own key schedule. */
#include "base/secret.h"
#include "handshake/key_schedule.h"
#include "watch/inside.h"
#include "watch/keys.h"

#include <stdio.h>
#include <string.h>

enum { REASON_MAX = 160 };

static void announce(lk_watch_side *side, const char *meaning, const char *obstacle)
{
    char text[2 * REASON_MAX];
    (void)snprintf(text, sizeof text, "%s%s%s", meaning, obstacle ? ", not known here: " : "",
                   obstacle ? obstacle : "");
    side->protected = true;
    side->epoch++;
    side->blind_sequence = 0;
    lk_watch_tell(side, (lk_event){.kind = LK_EVENT_KEYS, .slot = -1, .meaning = text});
}

/* Without a key, what follows is not opened. */
static void go_blind(lk_watch_side *side, const char *meaning, const char *obstacle)
{
    announce(side, meaning, obstacle);
    side->state = LK_WATCH_BLIND;
}

static void use(lk_watch_side *side, const lk_direction_parameters *parameters, const char *meaning)
{
    if (parameters->cipher->kind == LK_KIND_STREAM) /* where it cannot be had, the next call says so */
        (void)lk_engine_software_load_legacy(side->watch->engine);
    lk_error error = side->state == LK_WATCH_READS ? lk_record_layer_set_read(side->layer, parameters) : LK_OK;
    if (error)
        go_blind(side, meaning, lk_error_sentence(error));
    else if (side->state == LK_WATCH_READS)
        announce(side, meaning, NULL);
}

static bool suite_known(const lk_watch *watch, char *obstacle)
{
    if (!watch->suite)
        (void)snprintf(obstacle, REASON_MAX, "this library does not have the suite 0x%04x", watch->suite_number);
    return watch->suite;
}

static bool find_secret(lk_watch *watch, const char *label, size_t length, uint8_t *secret, char *obstacle)
{
    if (watch->keys && lk_watch_keys_find(watch->keys, label, watch->client_random, length, secret))
        return true;
    bool empty = !watch->keys || lk_watch_keys_count(watch->keys) == 0;
    (void)snprintf(obstacle, REASON_MAX, empty ? "there is no key log" : "the key log has no %s of this connection",
                   label);
    return false;
}

/* TLS 1.3 */

static void use_secret(lk_watch_side *side, const char *meaning)
{
    lk_watch *watch = side->watch;
    lk_direction_parameters parameters = {.kind = LK_OPEN, .version = watch->version, .cipher = watch->suite->cipher};
    lk_error error = lk_traffic_keys(watch->suite->hash, side->secret, &parameters);
    if (error)
        go_blind(side, meaning, lk_error_sentence(error));
    else
        use(side, &parameters, meaning);
    lk_secret_wipe(&parameters, sizeof parameters);
}

static void use_label(lk_watch_side *side, const char *const labels[2], const char *meaning)
{
    lk_watch *watch = side->watch;
    char obstacle[REASON_MAX];
    if (side->state != LK_WATCH_READS)
        return;
    if (suite_known(watch, obstacle) &&
        find_secret(watch, labels[side->sender], lk_hash_length(watch->suite->hash), side->secret, obstacle))
        use_secret(side, meaning);
    else
        go_blind(side, meaning, obstacle);
}

void lk_watch_keys_handshake(lk_watch *watch)
{
    static const char *const labels[] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET"};
    use_label(&watch->sides[LK_SERVER], labels, "handshake keys");
    use_label(&watch->sides[LK_CLIENT], labels, "handshake keys");
    /* What was sent under keys that nobody logs is skipped, as a server does that takes no early data. */
    if (watch->early_data)
        lk_record_layer_skip_early_data(watch->sides[LK_CLIENT].layer);
}

void lk_watch_keys_application(lk_watch_side *side)
{
    static const char *const labels[] = {"CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"};
    use_label(side, labels, "application keys");
}

void lk_watch_keys_next(lk_watch_side *side)
{
    lk_error error = lk_traffic_update(side->watch->suite->hash, side->secret);
    if (error)
        go_blind(side, "next application keys", lk_error_sentence(error));
    else
        use_secret(side, "next application keys");
}

/* Up to TLS 1.2 */

static void use_master(lk_watch_side *side, const uint8_t *master)
{
    lk_watch *watch = side->watch;
    lk_direction_parameters keys[2];
    for (lk_role sender = LK_CLIENT; sender <= LK_SERVER; sender++)
        keys[sender] = (lk_direction_parameters){.kind = LK_OPEN,
                                                 .version = watch->version,
                                                 .cipher = watch->suite->cipher,
                                                 .encrypt_then_mac = watch->encrypt_then_mac};
    lk_error error = lk_prf_keys(lk_hash_of_version(watch->version, watch->suite->hash), master, watch->client_random,
                                 watch->server_random, &keys[LK_CLIENT], &keys[LK_SERVER]);
    if (error)
        go_blind(side, "session keys", lk_error_sentence(error));
    else
        use(side, &keys[side->sender], "session keys");
    lk_secret_wipe(keys, sizeof keys);
}

void lk_watch_keys_classic(lk_watch_side *side)
{
    lk_watch *watch = side->watch;
    char obstacle[REASON_MAX];
    uint8_t master[LK_MASTER_SECRET_LENGTH] = {0};
    if (suite_known(watch, obstacle) && find_secret(watch, "CLIENT_RANDOM", sizeof master, master, obstacle))
        use_master(side, master);
    else
        go_blind(side, "session keys", obstacle);
    lk_secret_wipe(master, sizeof master);
}

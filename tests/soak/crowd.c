/* SPDX-License-Identifier: Apache-2.0 */
#include "soak/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_MAX = 16384, WORDS_MAX = 256, REST = 3 /* of so many steps a connection does nothing in all but one */ };

static const struct {
    const char *suite;
    uint16_t version;
} kinds[CROWD_KINDS] = {
    {"TLS_AES_128_GCM_SHA256", LK_VERSION_TLS1_3},          {"TLS_CHACHA20_POLY1305_SHA256", LK_VERSION_TLS1_3},
    {"TLS_PSK_WITH_AES_256_GCM_SHA384", LK_VERSION_TLS1_2}, {"TLS_PSK_WITH_AES_128_GCM_SHA256", LK_VERSION_TLS1_2},
    {"TLS_PSK_WITH_AES_128_CBC_SHA256", LK_VERSION_TLS1_2}, {"TLS_PSK_WITH_AES_128_CBC_SHA", LK_VERSION_TLS1_0},
};

typedef struct talker {
    lk_connection *connection;
    uint64_t seed;
    size_t length, said, heard; /* length: what it says */
    bool closed, over;
} talker;

typedef struct pair {
    talker sides[2]; /* by role */
    bool open, wrong;
    unsigned idle; /* steps in a row without any movement */
} pair;

struct crowd {
    const crowd_configs *configs[2]; /* by role */
    pair *pairs;
    size_t size, longest;
    uint64_t random;
    crowd_counts counts;
    char complaint[WORDS_MAX];
};

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "soak: %s\n", what);
    exit(1);
}

static lk_config *config_of(size_t kind, lk_engine *engine, lk_engine_policy policy)
{
    static const char key[] = "a key of both sides";
    lk_config *config = lk_config_new();
    must(config != NULL, "no configuration");
    must(lk_config_set_versions(config, kinds[kind].version, kinds[kind].version) == LK_OK, "no such version");
    must(lk_config_set_suites(config, kinds[kind].suite) == LK_OK, "no such suite");
    must(lk_config_set_psk(config, "soak", (const uint8_t *)key, sizeof key - 1) == LK_OK, "no key");
    must(lk_config_set_psk_hash(config, "SHA256") == LK_OK, "no hash");
    must(lk_config_set_engine(config, engine, policy, "none was wanted") == LK_OK, "no engine");
    must(lk_config_set_session_cache(config, 16) == LK_OK, "no cache"); /* soon full: memory stays what it is */
    lk_config_trust_anyone(config);
    return config;
}

void crowd_configs_make(crowd_configs *configs, lk_engine *engine, lk_engine_policy policy)
{
    for (size_t kind = 0; kind < CROWD_KINDS; kind++)
        for (int role = 0; role < 2; role++)
            configs->of[kind][role] = config_of(kind, engine, policy);
}

void crowd_configs_free(crowd_configs *configs)
{
    for (size_t kind = 0; kind < CROWD_KINDS; kind++)
        for (int role = 0; role < 2; role++)
            lk_config_free(configs->of[kind][role]);
}

static uint64_t draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* What a side says; a byte says where it stands. */
static uint8_t byte_at(uint64_t seed, size_t at)
{
    return (uint8_t)((at * 2654435761u >> 13) + seed * 31);
}

static void complain(crowd *all, pair *one, const char *what)
{
    if (!one->wrong && all->complaint[0] == '\0')
        (void)snprintf(all->complaint, sizeof all->complaint, "%s (client: %s; server: %s)", what,
                       lk_connection_diagnosis(one->sides[LK_CLIENT].connection),
                       lk_connection_diagnosis(one->sides[LK_SERVER].connection));
    one->wrong = true;
}

static void begin(crowd *all, pair *one)
{
    size_t kind = draw(&all->random) % CROWD_KINDS;
    *one = (pair){.open = true};
    for (int role = 0; role < 2; role++) {
        talker *side = &one->sides[role];
        side->seed = draw(&all->random);
        side->length = draw(&all->random) % (draw(&all->random) % 4 == 0 ? all->longest : 500) + 1;
        lk_error error = lk_connection_new(all->configs[role]->of[kind][role], (lk_role)role,
                                           role == LK_CLIENT ? "localhost" : NULL, &side->connection);
        must(error == LK_OK, lk_error_sentence(error));
    }
}

static void end(crowd *all, pair *one)
{
    for (int role = 0; role < 2; role++) {
        const talker *side = &one->sides[role];
        lk_connection_statistics told;
        lk_connection_statistics_get(side->connection, &told);
        all->counts.device_records += told.sent.device_records + told.received.device_records;
        all->counts.software_records += told.sent.software_records + told.received.software_records;
        all->counts.bytes += side->heard;
        if (side->heard != one->sides[!role].length)
            complain(all, one, "not all has arrived");
    }
    all->counts.connections++;
    all->counts.wrong += one->wrong;
    for (int role = 0; role < 2; role++)
        lk_connection_free(one->sides[role].connection);
    one->open = false;
}

static bool is_want(lk_error error)
{
    return error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE;
}

static lk_error say(crowd *all, talker *side)
{
    uint8_t piece[PIECE_MAX];
    size_t left = side->length - side->said, taken = 0;
    size_t length = draw(&all->random) % PIECE_MAX + 1;
    length = length < left ? length : left;
    if (left == 0) {
        lk_error error = lk_connection_close(side->connection);
        side->closed = error == LK_OK;
        return error;
    }
    for (size_t i = 0; i < length; i++)
        piece[i] = byte_at(side->seed, side->said + i);
    lk_error error = lk_connection_write(side->connection, piece, length, &taken);
    side->said += taken;
    return error;
}

static lk_error hear(crowd *all, pair *one, int role)
{
    talker *side = &one->sides[role];
    const talker *other = &one->sides[!role];
    const uint8_t *data = NULL;
    size_t length = 0;
    lk_error error = lk_connection_peek(side->connection, &data, &length);
    for (; error == LK_OK; error = lk_connection_peek(side->connection, &data, &length)) {
        for (size_t i = 0; i < length; i++)
            if (side->heard + i >= other->length || data[i] != byte_at(other->seed, side->heard + i)) {
                complain(all, one, "another byte has arrived");
                break;
            }
        side->heard += length;
        lk_connection_consume(side->connection, length);
    }
    if (error == LK_ERROR_CLOSED)
        side->over = side->closed;
    return error == LK_ERROR_CLOSED ? LK_OK : error;
}

/* Carries what one side has for the wire to the other one. */
static bool carry(pair *one, int role)
{
    lk_connection *from = one->sides[role].connection, *to = one->sides[!role].connection;
    size_t waiting = 0, room = 0;
    bool any = false;
    const uint8_t *bytes = lk_connection_output(from, &waiting);
    for (; waiting > 0; bytes = lk_connection_output(from, &waiting)) {
        uint8_t *memory = lk_connection_input(to, &room);
        size_t step = waiting < room ? waiting : room;
        if (one->sides[!role].over)
            step = waiting; /* it listens no more */
        else if (step > 0)
            memcpy(memory, bytes, step);
        if (step == 0)
            break;
        if (!one->sides[!role].over)
            lk_connection_received(to, step);
        lk_connection_sent(from, step);
        any = true;
    }
    return any;
}

static void use(crowd *all, pair *one, int role)
{
    talker *side = &one->sides[role];
    lk_error error = LK_OK; /* of a side that is over, what it said last may still be with the engine */
    if (!side->over && !lk_connection_established(side->connection)) {
        error = lk_connection_handshake(side->connection);
    } else if (!side->over) {
        error = hear(all, one, role);
        if ((error == LK_OK || is_want(error)) && !side->closed)
            error = say(all, side);
    }
    if (lk_connection_wants_engine(side->connection) && (error == LK_OK || is_want(error)))
        error = lk_connection_progress(side->connection, 0);
    if (error != LK_OK && !is_want(error))
        complain(all, one, lk_error_sentence(error));
}

static void step(crowd *all, pair *one)
{
    bool moved = false, waits = false;
    for (int role = 0; role < 2; role++)
        use(all, one, role);
    for (int role = 0; role < 2; role++) {
        moved |= carry(one, role);
        waits |= lk_connection_wants_engine(one->sides[role].connection);
    }
    one->idle = moved || waits ? 0 : one->idle + 1;
    if (one->idle > WORDS_MAX)
        complain(all, one, "nothing moves any more");
    if (one->wrong || (one->sides[0].over && one->sides[1].over))
        end(all, one);
}

crowd *crowd_new(const crowd_configs *clients, const crowd_configs *servers, size_t size, size_t longest, uint64_t seed)
{
    crowd *all = calloc(1, sizeof *all);
    must(all && (all->pairs = calloc(size, sizeof *all->pairs)), "no memory");
    all->configs[LK_CLIENT] = clients;
    all->configs[LK_SERVER] = servers;
    all->size = size;
    all->longest = longest;
    all->random = seed;
    return all;
}

void crowd_free(crowd *all)
{
    for (size_t i = 0; i < all->size; i++)
        for (int role = 0; all->pairs[i].open && role < 2; role++)
            lk_connection_free(all->pairs[i].sides[role].connection);
    free(all->pairs);
    free(all);
}

size_t crowd_step(crowd *all, bool may_begin)
{
    size_t count = 0;
    for (size_t i = 0; i < all->size; i++) {
        pair *one = &all->pairs[i];
        if (!one->open && may_begin)
            begin(all, one);
        /* Some rest longer than others, so that slots become cold. */
        if (one->open && (i % 2 == 0 || draw(&all->random) % REST == 0))
            step(all, one);
        count += one->open;
    }
    return count;
}

crowd_counts crowd_counts_get(const crowd *all)
{
    return all->counts;
}

const char *crowd_complaint(const crowd *all)
{
    return all->complaint;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/talk.h"

#include "faults/fault.h"
#include "fuzz/identity.h"
#include "fuzz/randomness.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WAIT_MAX = 120000 /* ms */, WAIT_STEP = 20 /* ms */, PIECE_MAX = 20000 };

/* What is agreed on: one row after another, by seed. */
static const struct {
    const char *suite;
    uint16_t version;
} rows[] = {
    {"TLS_AES_128_GCM_SHA256", LK_VERSION_TLS1_3},
    {"TLS_PSK_WITH_AES_128_GCM_SHA256", LK_VERSION_TLS1_2},
    {"TLS_CHACHA20_POLY1305_SHA256", LK_VERSION_TLS1_3},
    {"TLS_PSK_WITH_AES_128_CBC_SHA256", LK_VERSION_TLS1_2},
    {"TLS_AES_256_GCM_SHA384", LK_VERSION_TLS1_3},
    {"TLS_PSK_WITH_AES_128_CBC_SHA", LK_VERSION_TLS1_0},
    {"TLS_PSK_WITH_CHACHA20_POLY1305_SHA256", LK_VERSION_TLS1_2},
    {"TLS_PSK_WITH_AES_256_CBC_SHA", LK_VERSION_TLS1_2},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static lk_config *configs[ROWS][2];

typedef struct talk_side {
    lk_connection *connection;
    EVP_MD_CTX *wire;
    size_t sent, piece_end; /* of the stream; a piece is written whole before the next one begins */
    bool renegotiated, closed, over;
    uint64_t says, hears; /* what is chosen at random */
} talk_side;

typedef struct talk_state {
    const talk_script *script;
    talk_result *result;
    talk_side sides[2];
} talk_state;

static void must(bool good)
{
    if (!good)
        abort();
}

static int64_t milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Scripts */

/* Mostly small: the board in simulation takes its time. */
static size_t length_of(uint64_t *state)
{
    static const size_t most[] = {1, 64, 700, 3000, 9000, 40000};
    return fault_random(state) % most[fault_random(state) % (sizeof most / sizeof most[0])] + 1;
}

talk_script talk_script_of(uint64_t seed, bool board)
{
    uint64_t state = fault_random_start(seed);
    size_t row = seed % ROWS;
    talk_script script = {.seed = seed, .suite = rows[row].suite, .version = rows[row].version};
    for (int role = 0; role < 2; role++)
        script.length[role] = length_of(&state);
    uint32_t choice = fault_random(&state);
    script.piece = choice & 3 ? 0 : 1 + (choice >> 8) % 3000;
    script.renegotiates = script.version != LK_VERSION_TLS1_3 && (choice & 12) == 0;
    for (int role = 0; role < 2; role++)
        script.policy[role] = board ? LK_ENGINE_PREFER_DEVICE : LK_ENGINE_SOFTWARE;
    if (board && (choice & 48) == 0) /* one side alone is with the board */
        script.policy[choice >> 6 & 1] = LK_ENGINE_SOFTWARE;
    return script;
}

/*
 * With CBC, both sides draw IVs from one sequence of random bytes here, in an order that depends on who is quicker, or
 * (TLS 1.0) each call splits a byte off. In a renegotiation data and messages mix.
 */
bool talk_wire_repeats(const talk_script *script)
{
    return !strstr(script->suite, "CBC") && !script->renegotiates;
}

/* The stream of a role; a byte says where it stands. */
static uint8_t byte_at(const talk_script *script, int role, size_t at)
{
    return (uint8_t)((at * 2654435761u >> 13) + script->seed * 31 + (size_t)role * 101);
}

/* Sides */

static lk_config *config_of(size_t row, lk_role role)
{
    lk_config *config = configs[row][role];
    if (config)
        return config;
    /* Nobody is judged by the system's roots here, and reading them takes its time. */
    must(setenv("SSL_CERT_FILE", "/dev/null", 1) == 0 && setenv("SSL_CERT_DIR", "/nowhere", 1) == 0);
    fuzz_randomness_start((unsigned)row); /* before libcrypto has a generator of its own */
    config = configs[row][role] = lk_config_new();
    must(config && lk_config_set_versions(config, rows[row].version, rows[row].version) == LK_OK &&
         lk_config_set_suites(config, rows[row].suite) == LK_OK &&
         lk_config_set_psk(config, "faults", (const uint8_t *)"a key of both sides", 19) == LK_OK &&
         lk_config_set_renegotiation(config, LK_RENEGOTIATION_SAME_PEER) == LK_OK &&
         lk_config_set_session_lifetime(config, 0) == LK_OK);
    lk_config_set_tickets(config, false);
    lk_config_trust_anyone(config);
    if (role == LK_SERVER)
        fuzz_identity_use(config);
    return config;
}

void talk_release(void)
{
    for (size_t row = 0; row < ROWS; row++)
        for (int role = 0; role < 2; role++) {
            lk_config_free(configs[row][role]);
            configs[row][role] = NULL;
        }
}

static bool is_want(lk_error error)
{
    return error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE;
}

static void fail(talk_state *talk, int role, lk_error error)
{
    talk_side *side = &talk->sides[role];
    if (side->over)
        return;
    side->over = true;
    talk->result->error[role] = error;
    (void)snprintf(talk->result->diagnosis[role], TALK_TEXT, "%s", lk_connection_diagnosis(side->connection));
}

/* Says a piece of what is left to say; then the end. @return whether anything was. */
static bool say(talk_state *talk, int role)
{
    uint8_t piece[PIECE_MAX];
    talk_side *side = &talk->sides[role];
    size_t left = talk->script->length[role] - side->sent, taken = 0;
    lk_error error = LK_OK;
    bool half = side->sent >= talk->script->length[role] / 2;
    /* Who has said his last word takes part in no handshake. */
    bool last = !talk->script->renegotiates || role == LK_CLIENT || talk->sides[LK_CLIENT].closed;
    if (side->closed)
        return false;
    if (half && !side->renegotiated && talk->script->renegotiates && role == LK_CLIENT) {
        error = lk_connection_renegotiate(side->connection);
        side->renegotiated = true;
    } else if (left > 0) {
        if (side->piece_end == side->sent) {
            size_t length = 1 + fault_random(&side->says) % (side->says & 1 ? PIECE_MAX : 500);
            side->piece_end += length < left ? length : left;
        }
        size_t length = side->piece_end - side->sent;
        for (size_t i = 0; i < length; i++)
            piece[i] = byte_at(talk->script, role, side->sent + i);
        error = lk_connection_write(side->connection, piece, length, &taken);
        side->sent += taken;
    } else if (last && !lk_connection_renegotiating(side->connection)) {
        error = lk_connection_close(side->connection);
        side->closed = !error;
    }
    if (error && !is_want(error))
        fail(talk, role, error);
    return error == LK_OK;
}

/* Hears all that has come. @return whether anything had. */
static bool hear(talk_state *talk, int role)
{
    talk_side *side = &talk->sides[role];
    const uint8_t *data = NULL;
    size_t length = 0;
    bool any = false;
    lk_error error = lk_connection_peek(side->connection, &data, &length);
    for (; error == LK_OK; error = lk_connection_peek(side->connection, &data, &length)) {
        size_t *received = &talk->result->received[role];
        size_t step = 1 + fault_random(&side->hears) % length;
        for (size_t i = 0; i < step; i++)
            talk->result->wrong |=
                *received + i >= talk->script->length[!role] || data[i] != byte_at(talk->script, !role, *received + i);
        *received += step;
        lk_connection_consume(side->connection, step);
        any = true;
    }
    if (error == LK_ERROR_CLOSED && side->closed)
        side->over = true;
    else if (error != LK_ERROR_CLOSED && !is_want(error))
        fail(talk, role, error);
    return any;
}

/* Does what an application does. @return whether anything moved. */
static bool use(talk_state *talk, int role)
{
    talk_side *side = &talk->sides[role];
    if (side->over)
        return false;
    if (!lk_connection_established(side->connection)) {
        lk_error error = lk_connection_handshake(side->connection);
        if (error && !is_want(error))
            fail(talk, role, error);
        return error == LK_OK;
    }
    bool heard = hear(talk, role);
    bool said = !side->over && say(talk, role);
    return heard || said;
}

/* Carries bytes of the wire to the other side. @return whether there were any. */
static bool carry(talk_state *talk, int role)
{
    talk_side *from = &talk->sides[role], *to = &talk->sides[!role];
    size_t waiting = 0, room = 0;
    bool any = false;
    const uint8_t *bytes = lk_connection_output(from->connection, &waiting);
    while (waiting > 0) {
        uint8_t *memory = lk_connection_input(to->connection, &room);
        size_t step = talk->script->piece > 0 && talk->script->piece < waiting ? talk->script->piece : waiting;
        if (to->over)
            room = step; /* it listens no more: what comes falls to the floor */
        step = step < room ? step : room;
        if (step == 0)
            break;
        must(EVP_DigestUpdate(from->wire, bytes, step) == 1);
        if (!to->over) {
            memcpy(memory, bytes, step);
            lk_connection_received(to->connection, step);
        }
        lk_connection_sent(from->connection, step);
        any = true;
        if (talk->script->piece > 0)
            (void)use(talk, !role);
        bytes = lk_connection_output(from->connection, &waiting);
    }
    if (from->over && talk->result->error[role] && waiting == 0)
        lk_connection_received_end(to->connection);
    return any;
}

/* Lets the engine work. */
static bool progress(talk_state *talk, int role, int timeout)
{
    talk_side *side = &talk->sides[role];
    if (!lk_connection_wants_engine(side->connection))
        return false;
    lk_error error = lk_connection_progress(side->connection, timeout);
    if (error)
        fail(talk, role, error);
    return true;
}

static void begin(talk_state *talk, lk_engine *engine, const char *reason)
{
    size_t row = 0;
    while (rows[row].suite != talk->script->suite)
        row++;
    lk_config *both[2] = {config_of(row, LK_CLIENT), config_of(row, LK_SERVER)};
    fuzz_randomness_start((unsigned)talk->script->seed);
    for (int role = 0; role < 2; role++) {
        talk_side *side = &talk->sides[role];
        lk_engine_policy policy = talk->script->policy[role];
        if (!engine && policy == LK_ENGINE_REQUIRE_DEVICE)
            policy = LK_ENGINE_PREFER_DEVICE;
        must(lk_config_set_engine(both[role], engine, policy, reason) == LK_OK);
        must(lk_connection_new(both[role], (lk_role)role, role == LK_CLIENT ? "localhost" : NULL, &side->connection) ==
             LK_OK);
        side->says = fault_random_start(talk->script->seed * 2 + (uint64_t)role);
        side->hears = fault_random_start(~talk->script->seed * 2 + (uint64_t)role);
        side->wire = EVP_MD_CTX_new();
        must(side->wire && EVP_DigestInit_ex2(side->wire, EVP_sha256(), NULL) == 1);
    }
}

static void end(talk_state *talk)
{
    for (int role = 0; role < 2; role++) {
        talk_side *side = &talk->sides[role];
        lk_connection_statistics_get(side->connection, &talk->result->told[role]);
        (void)snprintf(talk->result->reason[role], TALK_TEXT, "%s", talk->result->told[role].fallback_reason);
        must(EVP_DigestFinal_ex(side->wire, talk->result->wire[role], NULL) == 1);
        EVP_MD_CTX_free(side->wire);
        lk_connection_free(side->connection);
    }
}

void talk_run(const talk_script *script, lk_engine *engine, const char *reason, talk_result *result)
{
    talk_state talk = {.script = script, .result = result};
    int64_t until = milliseconds() + WAIT_MAX;
    *result = (talk_result){0};
    begin(&talk, engine, reason);
    while (!(talk.sides[0].over && talk.sides[1].over) && !result->hangs) {
        bool moved = false, waits = false;
        for (int role = 0; role < 2; role++)
            moved |= use(&talk, role);
        for (int role = 0; role < 2; role++)
            moved |= carry(&talk, role);
        for (int role = 0; role < 2; role++)
            waits |= progress(&talk, role, moved ? 0 : WAIT_STEP);
        result->hangs = milliseconds() >= until || !(moved || waits || talk.sides[0].over || talk.sides[1].over);
    }
    end(&talk);
}

bool talk_complete(const talk_script *script, const talk_result *result)
{
    return !result->hangs && !result->wrong && !result->error[0] && !result->error[1] &&
           result->received[0] == script->length[1] && result->received[1] == script->length[0];
}

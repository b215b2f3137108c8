/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes each allocation of a handshake fail in turn, this library's (all of them) and libcrypto's (every STRIDEth):
 * each time there is an error with a name, or all goes well without that memory; nothing crashes, and nothing is left
 * behind. The library's allocations come here by the linker (--wrap), libcrypto's by CRYPTO_set_mem_functions().
 */
#include "fuzz/randomness.h"
#include "fuzz/side.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 64, STRIDE = 37, WARM_UP = 3, POINTS_LEAST = 20, LEFT_OVER_MAX = 64, STREAM = 5 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

/* Whose allocations. */
typedef enum whose { OURS, LIBCRYPTOS } whose;

static struct {
    long live[2];  /* allocations that were not freed */
    long count[2]; /* since the handshake began */
    long fail_at;  /* of failing's, from 0; -1: none */
    whose failing;
    bool failed;
} memory = {.fail_at = -1};

static bool refuses(whose who)
{
    bool now = memory.failing == who && memory.count[who] == memory.fail_at;
    memory.count[who]++;
    memory.failed |= now;
    return now;
}

static void *counted(whose who, void *got)
{
    memory.live[who] += got != NULL;
    return got;
}

void *__wrap_malloc(size_t size)
{
    return refuses(OURS) ? NULL : counted(OURS, __real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refuses(OURS) ? NULL : counted(OURS, __real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (refuses(OURS))
        return NULL;
    return old ? __real_realloc(old, size) : counted(OURS, __real_realloc(NULL, size));
}

void __wrap_free(void *old)
{
    memory.live[OURS] -= old != NULL;
    __real_free(old);
}

static void *libcrypto_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return size == 0 || refuses(LIBCRYPTOS) ? NULL : counted(LIBCRYPTOS, __real_malloc(size));
}

static void libcrypto_free(void *old, const char *file, int line)
{
    (void)file, (void)line;
    memory.live[LIBCRYPTOS] -= old != NULL;
    __real_free(old);
}

static void *libcrypto_realloc(void *old, size_t size, const char *file, int line)
{
    if (!old)
        return libcrypto_malloc(size, file, line);
    if (size == 0) {
        libcrypto_free(old, file, line);
        return NULL;
    }
    return refuses(LIBCRYPTOS) ? NULL : __real_realloc(old, size);
}

/* Carries what one side has to say to the other. */
static void carry(lk_connection *from, lk_connection *to)
{
    size_t length = 0, room = 0;
    const uint8_t *output = lk_connection_output(from, &length);
    uint8_t *input = length > 0 ? lk_connection_input(to, &room) : NULL;
    size_t step = length < room ? length : room;
    if (!input || step == 0)
        return;
    memcpy(input, output, step);
    lk_connection_received(to, step);
    lk_connection_sent(from, step);
}

static bool is_wait(lk_error error)
{
    return error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE;
}

static lk_error use(lk_connection *connection)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    lk_error error = lk_connection_handshake(connection);
    if (!error)
        error = lk_connection_peek(connection, &data, &length);
    if (!error)
        lk_connection_consume(connection, length);
    return error;
}

/* A handshake and a few words; what ended it, or OK. */
static lk_error talk(unsigned form)
{
    lk_connection *side[2] = {NULL, NULL};
    size_t taken = 0;
    lk_error error = lk_connection_new(fuzz_side_config(LK_CLIENT, form), LK_CLIENT, "localhost", &side[LK_CLIENT]);
    if (!error)
        error = lk_connection_new(fuzz_side_config(LK_SERVER, form), LK_SERVER, NULL, &side[LK_SERVER]);
    for (int round = 0; !error && round < ROUNDS_MAX; round++) {
        lk_error results[2] = {use(side[LK_CLIENT]), use(side[LK_SERVER])};
        carry(side[LK_CLIENT], side[LK_SERVER]);
        carry(side[LK_SERVER], side[LK_CLIENT]);
        for (int i = 0; i < 2; i++)
            if (results[i] && !is_wait(results[i]) && (!error || error == LK_ERROR_PEER_ALERT))
                error = results[i];
    }
    bool complete = !error && lk_connection_established(side[LK_CLIENT]) && lk_connection_established(side[LK_SERVER]);
    if (complete)
        error = lk_connection_write(side[LK_CLIENT], "words", 5, &taken);
    else if (!error)
        error = LK_ERROR_WRONG_STATE; /* nobody said why it did not go on */
    lk_connection_free(side[LK_CLIENT]);
    lk_connection_free(side[LK_SERVER]);
    ERR_clear_error();
    return error;
}

/* Fails each allocation in turn. @return how many points there were, or -1 when something was wrong. */
static long try_each(unsigned form, whose who, long stride)
{
    long points = 0;
    for (long at = 0;; at += stride, points++) {
        long before = memory.live[OURS];
        fuzz_randomness_start(STREAM);
        memory.count[OURS] = memory.count[LIBCRYPTOS] = 0;
        memory.failing = who;
        memory.fail_at = at;
        memory.failed = false;
        lk_error error = talk(form);
        memory.fail_at = -1;
        if (!memory.failed && error) {
            (void)fprintf(stderr, "form %u: after allocation %ld had failed, nothing goes well any more (%s)\n", form,
                          at - stride, lk_error_name(error));
            return -1;
        }
        if (!memory.failed)
            return points;
        if (is_wait(error) || error == LK_ERROR_WRONG_STATE) {
            (void)fprintf(stderr, "form %u: allocation %ld failed, and nobody said so\n", form, at);
            return -1;
        }
        if (memory.live[OURS] != before) {
            (void)fprintf(stderr, "form %u: allocation %ld failed (%s), and %ld were left behind\n", form, at,
                          lk_error_name(error), memory.live[OURS] - before);
            return -1;
        }
    }
}

int main(void)
{
    static const unsigned forms[] = {2, 3, 2 + SIDE_CERTIFICATES, 3 + SIDE_CERTIFICATES}; /* TLS 1.2 and 1.3 */
    if (CRYPTO_set_mem_functions(libcrypto_malloc, libcrypto_realloc, libcrypto_free) != 1)
        return EXIT_FAILURE;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        for (int warm = 0; warm < WARM_UP; warm++)
            if (talk(forms[i]) != LK_OK)
                return EXIT_FAILURE;
        long before = memory.live[LIBCRYPTOS];
        long ours = try_each(forms[i], OURS, 1), libcryptos = ours < 0 ? -1 : try_each(forms[i], LIBCRYPTOS, STRIDE);
        (void)printf("form %2u: %ld allocations of ours, %ld of libcrypto's failed in turn; of libcrypto's %ld stay\n",
                     forms[i], ours, libcryptos, memory.live[LIBCRYPTOS] - before);
        if (ours < POINTS_LEAST || libcryptos < POINTS_LEAST || memory.live[LIBCRYPTOS] - before > LEFT_OVER_MAX)
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

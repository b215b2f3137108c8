/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LK_ENGINE_KEYS_ON_DEVICE: a process that has handed its keys over to a board has no copy of them in its memory, nor
 * of anything that they follow from. The client is a process of its own; this one is the server, derives the keys from
 * the server's key log, and searches the client's memory for them.
 */
#include "connection/loopback.h"
#include "handshake/key_schedule.h"
#include "sim/program.h"

#include <latchkey/device.h>
#include <latchkey/socket.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECRETS = 4, TIMEOUT = 60000, PIECE = 1 << 20, READY = 'r', HASH = 32, KEY = 16 };

static const char *const labels[SECRETS] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                                            "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"};

/* What must not be found: each secret, and the key that follows from it. */
typedef struct sought {
    uint8_t secret[SECRETS][HASH], key[SECRETS][KEY];
} sought;

static void must(bool good)
{
    if (!good)
        _exit(3);
}

/* The client: does its handshake, says and hears something, tells that it is ready, and waits to be told to go on. Then
 * it writes until it cannot. @return how that ended. */
static lk_error be_client(const char *uri, const char *root, lk_engine_policy policy, int connected, int ready)
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX], word[4];
    lk_config *config = lk_config_new();
    lk_device *device = NULL;
    lk_connection *connection = NULL;
    size_t got = 0;
    must(config && lk_config_trust_file(config, root) == LK_OK &&
         lk_config_set_suites(config, "TLS_AES_128_GCM_SHA256") == LK_OK &&
         lk_device_open(uri, &device, diagnosis) == LK_OK &&
         lk_config_set_engine(config, lk_device_engine(device), policy, NULL) == LK_OK &&
         lk_connection_new(config, LK_CLIENT, "localhost", &connection) == LK_OK &&
         lk_socket_handshake(connection, connected, TIMEOUT) == LK_OK &&
         lk_socket_write(connection, connected, "said", 4, TIMEOUT) == LK_OK &&
         lk_socket_read(connection, connected, word, sizeof word, &got, TIMEOUT) == LK_OK && got == 4);
    must(write(ready, "r", 1) == 1 && read(ready, word, 1) == 1);
    lk_error error = LK_OK;
    for (int i = 0; i < 50 && !error; i++)
        error = lk_socket_write(connection, connected, word, 1, TIMEOUT);
    lk_connection_free(connection);
    lk_device_close(device);
    lk_config_free(config);
    return error;
}

static uint8_t digit(char character)
{
    return (uint8_t)(character <= '9' ? character - '0' : character - 'a' + 10);
}

static void take_secrets(const char *log, sought *all)
{
    for (int i = 0; i < SECRETS; i++) {
        const char *line = strstr(log, labels[i]);
        cr_assert_not_null(line, "%s", labels[i]);
        const char *hexadecimal = line + strlen(labels[i]) + 1 + 64 + 1;
        for (int byte = 0; byte < HASH; byte++)
            all->secret[i][byte] = (uint8_t)(digit(hexadecimal[2 * byte]) << 4 | digit(hexadecimal[2 * byte + 1]));
        lk_direction_parameters parameters = {.cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
        cr_assert_eq(lk_traffic_keys(LK_HASH_SHA256, all->secret[i], &parameters), LK_OK);
        memcpy(all->key[i], parameters.key, KEY);
    }
}

static unsigned count_in(const uint8_t *memory, size_t length, const uint8_t *what, size_t size)
{
    unsigned count = 0;
    for (const uint8_t *at = memory; (at = memmem(at, length - (size_t)(at - memory), what, size)); at++)
        count++;
    return count;
}

static unsigned found[2][SECRETS]; /* secrets, keys */

/* Counts all that is sought in a range of a process's memory. */
static size_t search_range(int memory, unsigned long start, unsigned long end, const sought *all)
{
    uint8_t *copy = malloc(end - start);
    size_t have = 0;
    cr_assert_not_null(copy);
    while (have < end - start) {
        ssize_t got =
            pread(memory, copy + have, end - start - have < PIECE ? end - start - have : PIECE, (off_t)(start + have));
        if (got <= 0)
            break; /* not mapped to anything */
        have += (size_t)got;
    }
    for (int i = 0; i < SECRETS && have > 0; i++) {
        found[0][i] += count_in(copy, have, all->secret[i], HASH);
        found[1][i] += count_in(copy, have, all->key[i], KEY);
    }
    free(copy);
    return have;
}

static void search(pid_t process, const sought *all)
{
    char path[64], line[512];
    size_t total = 0;
    memset(found, 0, sizeof found);
    (void)snprintf(path, sizeof path, "/proc/%d/mem", (int)process);
    FILE *memory = fopen(path, "rb");
    (void)snprintf(path, sizeof path, "/proc/%d/maps", (int)process);
    FILE *maps = fopen(path, "r");
    cr_assert(memory && maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long start = 0, end = 0;
        char rights[8] = "";
        if (sscanf(line, "%lx-%lx %7s", &start, &end, rights) == 3 && rights[0] == 'r' && rights[1] == 'w')
            total += search_range(fileno(memory), start, end, all);
    }
    cr_assert_gt(total, 1 << 20, "that was no process's memory");
    (void)fclose(memory);
    (void)fclose(maps);
}

/* Runs a client of that policy, searches it, and ends it by the loss of its board. @return its exit status. */
static int run(lk_engine_policy policy)
{
    int wire[2], ready[2], status = 0;
    char word[4];
    size_t got = 0;
    sought all;
    test_program board;
    loopback *sides = loopback_new("EC");
    loopback_side *server = &sides->side[LK_SERVER];
    program_start(&board, (const char *const[]){"--phy", "direct", "--listen", "127.0.0.1:0", NULL});
    program_ready(&board);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, wire), 0);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ready), 0);
    pid_t child = fork(); /* before anything is known */
    if (child == 0)
        _exit((int)be_client(board.uri, sides->certificates->root, policy, wire[0], ready[0]));
    cr_assert_eq(lk_connection_new(server->config, LK_SERVER, NULL, &server->connection), LK_OK);
    cr_assert_eq(lk_socket_handshake(server->connection, wire[1], TIMEOUT), LK_OK);
    cr_assert_eq(lk_socket_read(server->connection, wire[1], word, sizeof word, &got, TIMEOUT), LK_OK);
    cr_assert_eq(lk_socket_write(server->connection, wire[1], word, got, TIMEOUT), LK_OK);
    cr_assert_eq(read(ready[1], word, 1), 1);
    cr_assert_eq(word[0], READY);
    take_secrets(server->key_log, &all);
    search(child, &all);
    program_end(&board);
    cr_assert_eq(write(ready[1], "g", 1), 1);
    cr_assert_eq(waitpid(child, &status, 0), child);
    loopback_free(sides);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(keys_on_device, leave_no_copy_in_the_hosts_memory, .timeout = 200)
{
    int status = run(LK_ENGINE_KEYS_ON_DEVICE);
    for (int i = 0; i < SECRETS; i++) {
        cr_expect_eq(found[0][i], 0, "%s: %u copies", labels[i], found[0][i]);
        cr_expect_eq(found[1][i], 0, "the key of %s: %u copies", labels[i], found[1][i]);
    }
    cr_expect_eq(status, LK_ERROR_DEVICE_LOST, "losing the board ends the connection: %d", status);
}

Test(keys_on_device, would_be_found_where_software_stands_behind_the_device, .timeout = 200)
{
    int status = run(LK_ENGINE_PREFER_DEVICE);
    cr_expect_gt(found[1][2], 0, "to go on in software it needs the key");
    cr_expect_gt(found[1][3], 0);
    cr_expect_eq(status, LK_OK, "and so it does: %d", status);
}

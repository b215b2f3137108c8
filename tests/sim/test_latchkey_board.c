/* SPDX-License-Identifier: Apache-2.0 */
/* The program latchkey-board: what a person who runs it sees. */
#include "base/reader.h"
#include "sim/peer.h"
#include "sim/program.h"
#include "sim/stream.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static test_program board;

static void end(void)
{
    program_end(&board);
}

static void exchange_nops(test_peer *peer, uint32_t first, uint32_t count)
{
    static peer_reply reply;
    uint8_t bytes[32 * NOP_BYTES];
    uint32_t length = (uint32_t)stream_nops(bytes, first, count);
    peer_submit(peer, &(peer_transfer){.number = 1, .endpoint = 0x01, .length = length, .data = bytes});
    peer_reply_read(peer, false, &reply);
    cr_assert_eq(reply.actual, length);
    peer_submit(peer, &(peer_transfer){.number = 2, .endpoint = 0x81, .length = 1024});
    peer_reply_read(peer, true, &reply);
    cr_assert(stream_answers(reply.data, reply.actual, first, count));
}

static void assert_serves(const char *phy)
{
    program_start(&board, OPTIONS("--listen", "127.0.0.1:0", "--phy", phy));
    program_ready(&board);
    test_peer peer = peer_attach(board.port);
    exchange_nops(&peer, 1, 5);
    peer_close(&peer);
    kill(board.process, SIGINT);
    program_wait(&board);
    cr_assert_eq(board.status, 0);
    cr_assert_eq(strncmp(board.output, board.uri, strlen(board.uri)), 0, "%s", board.output);
    cr_assert_eq(strncmp(board.uri, "usbip:127.0.0.1:", 16), 0);
    cr_assert_not_null(strstr(board.output, "120 bytes out, 80 bytes in, 1 clients"), "%s", board.output);
    cr_assert_not_null(strstr(board.output, "cycles a second"));
}

Test(latchkey_board, serves_at_the_pins_and_sums_up_when_interrupted, .fini = end)
{
    assert_serves("ulpi");
}

Test(latchkey_board, serves_at_the_line_and_sums_up_when_interrupted, .fini = end)
{
    assert_serves("full-speed");
}

Test(latchkey_board, serves_at_the_ports_and_sums_up_when_interrupted, .fini = end)
{
    assert_serves("direct");
}

Test(latchkey_board, is_quiet_when_asked, .fini = end)
{
    program_start(&board, OPTIONS("--listen", "127.0.0.1:0", "--phy", "direct", "--quiet"));
    program_ready(&board);
    kill(board.process, SIGTERM);
    program_wait(&board);
    cr_assert_eq(board.status, 0);
    cr_assert_str_eq(board.output, "");
}

Test(latchkey_board, names_the_remedy_when_its_port_is_busy, .fini = end)
{
    test_program second;
    char address[32];
    program_start(&board, OPTIONS("--listen", "127.0.0.1:0", "--phy", "direct"));
    program_ready(&board);
    snprintf(address, sizeof address, "127.0.0.1:%u", board.port);
    program_start(&second, OPTIONS("--listen", address, "--phy", "direct"));
    program_wait(&second);
    program_end(&second);
    cr_assert_eq(second.status, 1);
    cr_assert_not_null(strstr(second.output, "already in use"), "%s", second.output);
    cr_assert_not_null(strstr(second.output, "--listen"));
    cr_assert_not_null(strstr(second.output, address));
}

Test(latchkey_board, says_what_is_wrong_with_its_options, .fini = end)
{
    static const char *const wrong[][2] = {{"--phy", "utmi"},
                                           {"--listen", "3240"},
                                           {"--listen", "localhost:99999"},
                                           {"--listen", ":1"},
                                           {"--sppeed", "1"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        program_start(&board, OPTIONS(wrong[i][0], wrong[i][1]));
        program_wait(&board);
        cr_assert_eq(board.status, 64, "%s", board.output);
        cr_assert_not_null(strstr(board.output, wrong[i][0]), "%s", board.output);
        program_end(&board);
    }
}

Test(latchkey_board, names_a_host_that_has_no_address, .fini = end)
{
    program_start(&board, OPTIONS("--listen", "no-such-host.invalid:0", "--phy", "direct"));
    program_wait(&board);
    cr_assert_eq(board.status, 1);
    cr_assert_not_null(strstr(board.output, "no-such-host.invalid"), "%s", board.output);
}

Test(latchkey_board, explains_itself, .fini = end)
{
    program_start(&board, OPTIONS("--help"));
    program_wait(&board);
    cr_assert_eq(board.status, 0);
    cr_assert_not_null(strstr(board.output, "--trace"));
    program_end(&board);
    program_start(&board, OPTIONS("--version"));
    program_wait(&board);
    cr_assert_eq(strncmp(board.output, "latchkey-board ", 15), 0);
}

/* An FST file begins with its header block: type 0, length 329; ended as it should be, the times in it are filled in.
 */
Test(latchkey_board, writes_a_whole_waveform, .fini = end)
{
    char path[128];
    uint8_t head[25];
    program_start(&board, OPTIONS("--help")); /* for a folder of its own */
    program_wait(&board);
    snprintf(path, sizeof path, "%s/trace.fst", board.folder);
    test_program traced;
    program_start(&traced, OPTIONS("--listen", "127.0.0.1:0", "--phy", "direct", "--trace", path));
    program_ready(&traced);
    test_peer peer = peer_attach(traced.port);
    exchange_nops(&peer, 1, 5);
    peer_close(&peer);
    kill(traced.process, SIGTERM);
    program_wait(&traced);
    program_end(&traced);
    cr_assert_eq(traced.status, 0);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file);
    cr_assert_eq(fread(head, 1, sizeof head, file), sizeof head);
    fseek(file, 0, SEEK_END);
    cr_assert(ftell(file) > 1000);
    fclose(file);
    lk_reader reader = lk_reader_over(head, sizeof head);
    cr_assert_eq(lk_reader_u8(&reader), 0);
    cr_assert_eq(lk_reader_u64(&reader), 329);
    uint64_t begin = lk_reader_u64(&reader);
    cr_assert(lk_reader_u64(&reader) > begin);
}

Test(latchkey_board, says_when_the_waveform_cannot_be_written, .fini = end)
{
    program_start(&board, OPTIONS("--phy", "direct", "--trace", "/nonexistent/board.fst"));
    program_wait(&board);
    cr_assert_eq(board.status, 1);
    cr_assert_not_null(strstr(board.output, "trace"), "%s", board.output);
}

static void assert_idle_costs_nothing(const char *phy)
{
    program_start(&board, OPTIONS("--listen", "127.0.0.1:0", "--phy", phy));
    program_ready(&board);
    test_peer peer = peer_attach(board.port);
    exchange_nops(&peer, 1, 1);
    for (uint32_t i = 0; i < 4; i++) /* as a driver has them posted at all times */
        peer_submit(&peer, &(peer_transfer){.number = 10 + i, .endpoint = 0x81, .length = 65536});
    double before = -1, now = program_time(&board);
    for (int i = 0; i < 100 && now - before > 0.005; i++) { /* until the board has found out that nothing comes */
        before = now;
        poll(NULL, 0, 100);
        now = program_time(&board);
    }
    poll(NULL, 0, 1000);
    double used = program_time(&board) - now;
    peer_close(&peer);
    cr_assert(used < 0.02, "an idle board used %.3f s of processor time in a second", used);
}

Test(latchkey_board, at_the_pins_burns_no_processor_time_while_idle, .fini = end)
{
    assert_idle_costs_nothing("ulpi");
}

Test(latchkey_board, at_the_ports_burns_no_processor_time_while_idle, .fini = end)
{
    assert_idle_costs_nothing("direct");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Random traffic with random faults: each command is done once, in order, whatever the bus does to its packets (P4). */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>

enum {
    COMMANDS = 3000,
    COMMANDS_FULL_SPEED = 300,
    TRANSFER_MAX = 1200,
    FAULTS_IN_1000 = 250,
    IN_A_ROW = 2 /* a third one would end the transfer (clause 8.7.1) */
};

typedef struct lk_chaos {
    uint64_t state;
    unsigned in_a_row[2]; /* OUT, IN */
    unsigned faults;
} lk_chaos;

static uint32_t draw(lk_chaos *chaos, uint32_t below)
{
    chaos->state ^= chaos->state << 13;
    chaos->state ^= chaos->state >> 7;
    chaos->state ^= chaos->state << 17;
    return (uint32_t)(chaos->state >> 33) % below;
}

static lk_fault choose(void *context, const lk_transaction *transaction)
{
    static const lk_fault outward[] = {LK_FAULT_TOKEN_CRC, LK_FAULT_TOKEN_PID, LK_FAULT_DATA_CRC,
                                       LK_FAULT_DATA_LOST, LK_FAULT_DATA_TORN, LK_FAULT_ANSWER_LOST};
    static const lk_fault inward[] = {LK_FAULT_TOKEN_CRC, LK_FAULT_TOKEN_PID, LK_FAULT_ANSWER_LOST,
                                      LK_FAULT_HANDSHAKE_LOST};
    lk_chaos *chaos = context;
    bool in = transaction->token == LK_PID_IN;
    if (draw(chaos, 1000) >= FAULTS_IN_1000 || chaos->in_a_row[in] == IN_A_ROW) {
        chaos->in_a_row[in] = 0;
        return LK_FAULT_NONE;
    }
    chaos->in_a_row[in]++;
    chaos->faults++;
    return in ? inward[draw(chaos, 4)] : outward[draw(chaos, 6)];
}

/* Sends the commands in transfers of random lengths while taking completions, and compares every byte. */
static void soak(lk_board *board, lk_chaos *chaos, unsigned count)
{
    static uint8_t commands[COMMANDS * NOP_BYTES], completions[COMMANDS * COMPLETION_BYTES + 512];
    size_t length = fixture_nops(commands, sizeof commands, 1, count), sent = 0, have = 0;
    lk_urb out = {.endpoint = LK_ENDPOINT_OUT, .done = true}, in = {.endpoint = LK_ENDPOINT_IN, .done = true};
    while (have < (size_t)count * COMPLETION_BYTES || sent < length) {
        if (out.done && sent < length) {
            size_t piece = 4 + 4 * (size_t)draw(chaos, TRANSFER_MAX / 4);
            out.data = commands + sent;
            out.length = (uint32_t)(piece < length - sent ? piece : length - sent);
            out.zero_packet = draw(chaos, 2);
            sent += out.length;
            lk_board_submit(board, &out);
        }
        if (in.done) {
            in.data = completions + have;
            in.length = (uint32_t)(sizeof completions - have);
            lk_board_submit(board, &in);
        }
        bool moves = lk_board_run(board, 200000);
        cr_assert(moves, "stuck with %zu bytes sent, %zu received, %u there", sent, have, in.actual);
        cr_assert_eq(out.status, LK_URB_OK);
        cr_assert_eq(in.status, LK_URB_OK);
        have += in.done ? in.actual : 0;
    }
    if (!in.done)
        lk_board_unlink(board, &in);
    cr_assert(fixture_completes(completions, have, 1, count));
}

static void run(lk_board *board, uint64_t seed, unsigned count)
{
    lk_chaos chaos = {.state = seed};
    fixture_configure(board);
    lk_host_set_fault_hook(board, choose, &chaos);
    soak(board, &chaos, count);
    lk_host_set_fault_hook(board, NULL, NULL);
    cr_expect_gt(chaos.faults, count / 60, "the bus must have been bad");
    cr_expect_gt(lk_host_counts_of(board)->repetitions, 0, "and have lost acknowledgements");
    fixture_end(board);
}

Test(soak, p4_high_speed_loses_and_doubles_nothing)
{
    for (uint64_t seed = 1; seed <= 3; seed++)
        run(fixture_attached(), seed * UINT64_C(0x9E3779B97F4A7C15), COMMANDS);
}

Test(soak, p4_full_speed_loses_and_doubles_nothing)
{
    const char *error = "";
    lk_board *board = lk_host_full_speed_board(NULL, &error);
    cr_assert_not_null(board, "%s", error);
    run(board, 7, COMMANDS_FULL_SPEED);
}

Test(soak, p4_full_speed_without_a_phy_loses_and_doubles_nothing)
{
    run(fixture_at_line(), 11, COMMANDS_FULL_SPEED);
}

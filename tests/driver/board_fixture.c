/* SPDX-License-Identifier: Apache-2.0 */
#include "board_fixture.h"

#include "sim/transport/transport.h"

#include <criterion/criterion.h>

#include <stdlib.h>

enum { WAIT_ROUNDS = 600, WAIT_ROUND_MS = 100 };

void board_fixture_init(board_fixture *board, const char *uri)
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    cr_assert_eq(lk_transport_register(&lk_transport_sim), LK_OK);
    cr_assert_eq(lk_device_open(uri, &board->device, diagnosis), LK_OK, "%s", diagnosis);
    board->engines[BOARD_DEVICE] = lk_device_engine(board->device);
    cr_assert_eq(lk_engine_software_new(&board->engines[BOARD_SOFTWARE]), LK_OK);
}

void board_fixture_release(board_fixture *board)
{
    lk_engine_free(board->engines[BOARD_SOFTWARE]);
    lk_device_close(board->device);
}

void board_pair_open(board_fixture *board, lk_direction_kind kind, uint16_t version, unsigned seed, board_pair *pair)
{
    pair->parameters =
        (lk_direction_parameters){.kind = kind, .version = version, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
    for (size_t i = 0; i < 16; i++)
        pair->parameters.key[i] = (uint8_t)rand_r(&seed);
    for (size_t i = 0; i < 12; i++)
        pair->parameters.iv[i] = (uint8_t)rand_r(&seed);
    for (size_t i = 0; i < BOARD_ENGINES; i++)
        cr_assert_eq(lk_engine_open(board->engines[i], &pair->parameters, &pair->directions[i]), LK_OK);
}

void board_pair_close(board_pair *pair)
{
    for (size_t i = 0; i < BOARD_ENGINES; i++)
        lk_direction_close(pair->directions[i]);
}

void board_wait(board_fixture *board, const lk_operation *operation)
{
    for (int round = 0; round < WAIT_ROUNDS && operation->state != LK_OPERATION_DONE; round++)
        lk_engine_progress(board->engines[BOARD_DEVICE], WAIT_ROUND_MS);
    cr_assert_eq(operation->state, LK_OPERATION_DONE);
}

void board_run(board_fixture *board, lk_direction *direction, lk_operation *operation)
{
    size_t accepted = 0;
    cr_assert_eq(lk_direction_submit(direction, &operation, 1, &accepted), LK_OK);
    cr_assert_eq(accepted, 1);
    board_wait(board, operation);
}

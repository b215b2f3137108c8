/* SPDX-License-Identifier: Apache-2.0 */
/* Whole connections whose every record is made and opened on the simulated board: with the suites that have a MAC, and
 * at D+ and D- of the board without a PHY. */
#include "connection/loopback.h"
#include "sim/pair.h"

#include <criterion/criterion.h>

enum { LENGTH = 40000, LENGTH_FULL_SPEED = 20000 };

static uint8_t data[LENGTH];

static void over(const char *board, size_t length, uint16_t version, const char *suite)
{
    engine_pair pair;
    lk_device_statistics before, after;
    pair_open(&pair, board);
    loopback *sides = loopback_new("RSA");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_config *config = sides->side[role].config;
        cr_assert_eq(lk_config_set_versions(config, version, version), LK_OK);
        cr_assert_eq(lk_config_set_suites(config, suite), LK_OK);
    }
    /* Software is at the other end: what the board makes is what TLS wants. */
    cr_assert_eq(lk_config_set_engine(sides->side[LK_CLIENT].config, pair.board, LK_ENGINE_REQUIRE_DEVICE, NULL),
                 LK_OK);
    cr_assert_eq(lk_device_statistics_get(pair.device, &before), LK_OK);
    loopback_establish(sides);
    cr_assert_str_eq(lk_connection_suite(sides->side[LK_CLIENT].connection), suite);
    loopback_transfer(sides, LK_CLIENT, data, length);
    loopback_transfer(sides, LK_SERVER, data, length);

    lk_connection_statistics statistics;
    lk_connection_statistics_get(sides->side[LK_CLIENT].connection, &statistics);
    cr_assert_eq(lk_device_statistics_get(pair.device, &after), LK_OK);
    cr_assert_eq(statistics.sent.software_records + statistics.received.software_records, 0);
    cr_assert_gt(statistics.sent.device_records, 2);
    cr_assert_gt(statistics.received.device_records, 2);
    cr_assert_eq(after.sealed_records - before.sealed_records, statistics.sent.device_records);
    cr_assert_eq(after.opened_records - before.opened_records, statistics.received.device_records);
    loopback_free(sides);
    pair_close(&pair);
}

static void over_the_board(uint16_t version, const char *suite)
{
    over("sim:direct", LENGTH, version, suite);
}

Test(connection, of_tls_1_2_with_cbc_goes_over_the_board)
{
    over_the_board(LK_TLS1_2, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");
    over_the_board(LK_TLS1_2, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
}

Test(connection, of_tls_1_0_with_chained_ivs_goes_over_the_board)
{
    over_the_board(LK_TLS1_0, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");
}

Test(connection, of_tls_1_3_goes_over_the_board_without_a_phy)
{
    over("sim:full-speed", LENGTH_FULL_SPEED, LK_TLS1_3, "TLS_AES_128_GCM_SHA256");
}

Test(connection, of_tls_1_2_goes_over_the_board_without_a_phy)
{
    over("sim:full-speed", LENGTH_FULL_SPEED, LK_TLS1_2, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* More directions than slots: the coldest makes room, the others wait in software, and no record is lost or made twice.
 */
#include "record/placement.h"
#include "record/roster.h"
#include "slow_engine.h"
#include "support.h"

#include <criterion/criterion.h>

#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

enum { DIRECTIONS = 4, LENGTH = 50, COLD = 130 /* ms */ };

typedef struct counted_seat {
    lk_seat seat;
    bool busy, gone;
} counted_seat;

static bool leave(lk_seat *seat)
{
    counted_seat *counted = (counted_seat *)seat;
    if (counted->busy)
        return false;
    counted->gone = true;
    lk_roster_leave(seat);
    return true;
}

Test(slots, the_coldest_that_has_no_work_makes_room)
{
    lk_roster roster = {0};
    counted_seat seats[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        seats[i].seat.leave = leave;
        lk_roster_enter(&roster, &seats[i].seat, 1 * SECOND);
    }
    lk_roster_use(&seats[0].seat, 2 * SECOND);
    seats[1].busy = true;
    lk_roster_make_room(&roster, 3 * SECOND);
    cr_assert(!seats[0].gone && !seats[1].gone && seats[2].gone);
    lk_roster_make_room(&roster, 3 * SECOND + SECOND / 20);
    cr_assert(!seats[0].gone, "one place is promised already");
    counted_seat next = {.seat.leave = leave};
    lk_roster_enter(&roster, &next.seat, 3 * SECOND);
    lk_roster_make_room(&roster, 3 * SECOND + 1);
    cr_assert(seats[0].gone, "that one is taken");
    lk_roster_leave(&seats[1].seat);
    lk_roster_leave(&seats[1].seat);
    lk_roster_make_room(&roster, 4 * SECOND);
    cr_assert(next.gone);
    cr_assert(!roster.coldest && !roster.warmest);
    lk_roster_make_room(&roster, 6 * SECOND);
}

Test(slots, nobody_makes_room_who_had_a_record_just_now)
{
    lk_roster roster = {0};
    counted_seat seats[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        seats[i].seat.leave = leave;
        lk_roster_enter(&roster, &seats[i].seat, 1 * SECOND);
    }
    lk_roster_make_room(&roster, 1 * SECOND + SECOND / 20);
    cr_assert(!seats[0].gone && !seats[1].gone);
    lk_roster_make_room(&roster, 1 * SECOND + SECOND / 5);
    cr_assert(seats[0].gone && !seats[1].gone);
}

/* A number of connections that share an engine with two slots, each with one direction that seals. */
typedef struct crowd {
    slow_settings *settings;
    lk_engine *slow, *pairs[DIRECTIONS];
    lk_direction *seal[DIRECTIONS], *open[DIRECTIONS]; /* by software alone */
    uint64_t sequence[DIRECTIONS];
} crowd;

static void crowd_open(crowd *all, lk_placer *placer, uint16_t version, lk_cipher_id cipher)
{
    all->slow = slow_engine_new(&all->settings);
    all->settings->slots = 2;
    for (size_t i = 0; i < DIRECTIONS; i++) {
        lk_engine *software = slow_engine_software(all->slow);
        lk_direction_parameters parameters = support_parameters(LK_SEAL, version, lk_cipher_find(cipher), (uint8_t)i);
        cr_assert_eq(lk_engine_failover_new(all->slow, software, placer, &all->pairs[i]), LK_OK);
        all->seal[i] = support_open(all->pairs[i], &parameters);
        parameters.kind = LK_OPEN;
        all->open[i] = support_open(software, &parameters);
    }
}

static void crowd_close(crowd *all)
{
    for (size_t i = 0; i < DIRECTIONS; i++) {
        lk_direction_close(all->seal[i]);
        lk_direction_close(all->open[i]);
        lk_engine_free(all->pairs[i]);
    }
    cr_assert_eq(all->settings->directions, 0);
    cr_assert_null(all->slow->roster.coldest);
    lk_engine_free(all->slow);
}

/* Seals one record and opens it again. Returns who sealed it. */
static const char *say(crowd *all, size_t i)
{
    uint8_t text[LENGTH], record[LK_RECORD_MAX], plain[LK_RECORD_MAX];
    support_fill(text, sizeof text, (uint32_t)(all->sequence[i] + 1));
    lk_operation seal = {.input = text,
                         .input_length = sizeof text,
                         .output = record,
                         .output_capacity = sizeof record,
                         .sequence = all->sequence[i],
                         .iv = "unpredictable IV",
                         .content_type = 23};
    cr_assert_eq(support_run(all->seal[i], &seal), LK_OK);
    lk_operation open = {.input = record,
                         .input_length = seal.output_length,
                         .output = plain,
                         .output_capacity = sizeof plain,
                         .sequence = all->sequence[i]++};
    cr_assert_eq(support_run(all->open[i], &open), LK_OK, "direction %zu", i);
    cr_assert_eq(open.output_length, sizeof text);
    cr_assert_arr_eq(plain, text, sizeof text);
    return seal.engine;
}

static void pause_for(long milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000}, NULL);
}

/* Says something until that engine has the direction. */
static void say_until(crowd *all, size_t i, const char *engine)
{
    for (int tries = 0; tries < 200; tries++) {
        if (strcmp(say(all, i), engine) == 0)
            return;
        pause_for(3);
    }
    cr_assert(false, "direction %zu is never with %s", i, engine);
}

Test(slots, a_direction_that_rests_gives_its_slot_to_one_that_works)
{
    crowd all = {0};
    crowd_open(&all, NULL, LK_TLS1_3, LK_CIPHER_AES_128_GCM);
    for (size_t i = 0; i < DIRECTIONS; i++)
        cr_assert_str_eq(say(&all, i), i < 2 ? slow_engine_name : "software", "%zu", i);
    cr_assert_eq(lk_engine_failover_count_by(all.pairs[2], LK_FALLBACK_FULL), 1);
    pause_for(COLD);
    cr_assert_str_eq(say(&all, 1), slow_engine_name, "it works, so 0 is the coldest");
    say_until(&all, 2, slow_engine_name);
    cr_assert_eq(lk_engine_failover_count_by(all.pairs[0], LK_FALLBACK_FULL), 1);
    cr_assert_eq(lk_engine_failover_count(all.pairs[1]), 0);
    cr_assert_str_eq(say(&all, 0), "software");
    cr_assert_str_eq(say(&all, 1), slow_engine_name);
    pause_for(COLD);
    say_until(&all, 0, slow_engine_name); /* and back again */
    say_until(&all, 3, slow_engine_name);
    for (size_t i = 0; i < DIRECTIONS; i++)
        (void)say(&all, i);
    cr_assert_eq(lk_engine_failover_reason(all.pairs[3]), LK_ERROR_ENGINE_FULL);
    crowd_close(&all);
}

/* What is with software for good is told once, and however often it asks. */
Test(slots, who_gets_none_goes_on_in_software_and_is_counted_once)
{
    crowd all = {0};
    crowd_open(&all, NULL, LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA256);
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < DIRECTIONS; i++)
            cr_assert_str_eq(say(&all, i), i < 2 ? slow_engine_name : "software", "%zu", i);
        pause_for(4);
    }
    for (size_t i = 0; i < DIRECTIONS; i++)
        cr_assert_eq(lk_engine_failover_count(all.pairs[i]), i < 2 ? 0 : 1);
    crowd_close(&all);
}

Test(slots, one_that_is_lost_while_others_wait_for_it_loses_nothing)
{
    crowd all = {0};
    crowd_open(&all, NULL, LK_TLS1_3, LK_CIPHER_CHACHA20_POLY1305);
    for (size_t i = 0; i < DIRECTIONS; i++)
        (void)say(&all, i);
    all.settings->dies_after = all.settings->finished + 1;
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < DIRECTIONS; i++)
            (void)say(&all, i);
    pause_for(20);
    for (size_t i = 0; i < DIRECTIONS; i++)
        cr_assert_str_eq(say(&all, i), "software");
    crowd_close(&all);
}

/* Who had a slot has one again, a second after the loss at the earliest, and no number is used twice. */
Test(slots, a_device_that_comes_back_takes_the_directions_that_it_had)
{
    for (int replaced = 0; replaced < 2; replaced++) {
        crowd all = {0};
        crowd_open(&all, NULL, replaced ? LK_TLS1_2 : LK_TLS1_3, LK_CIPHER_AES_256_GCM);
        cr_assert_str_eq(say(&all, 0), slow_engine_name);
        all.settings->dies_after = all.settings->finished;
        cr_assert_str_eq(say(&all, 0), "software");
        cr_assert_str_eq(say(&all, 1), "software");
        all.settings->dies_after = SIZE_MAX;
        all.settings->revived = true;
        cr_assert_str_eq(say(&all, 0), "software", "it was asked just now");
        for (int i = 0; i < 11; i++)
            pause_for(COLD * 3 / 4);
        cr_assert_str_eq(say(&all, 0), slow_engine_name);
        cr_assert_str_eq(say(&all, 1), slow_engine_name);
        cr_assert_eq(lk_engine_failover_count_by(all.pairs[0], LK_FALLBACK_UNPLUGGED), 1);
        crowd_close(&all);
    }
}

/* Up to TLS 1.0 a CBC record follows from the one before: such a direction keeps its slot, or never has one. */
Test(slots, directions_with_a_chained_iv_stay_where_they_are)
{
    crowd all = {0};
    crowd_open(&all, NULL, LK_TLS1_0, LK_CIPHER_AES_128_CBC_SHA);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < DIRECTIONS; i++)
            cr_assert_str_eq(say(&all, i), i < 2 ? slow_engine_name : "software", "%zu", i);
        pause_for(COLD);
    }
    crowd_close(&all);
}

Test(slots, with_a_placer_a_slot_is_taken_for_the_first_record_that_goes_there)
{
    lk_costs costs = {.interval = {1, 1, 1, 1}};
    lk_placement told;
    memset(costs.software, 1, sizeof costs.software); /* the device is cheaper by far */
    lk_placer *placer = lk_placer_new(&costs);
    crowd all = {0};
    crowd_open(&all, placer, LK_TLS1_3, LK_CIPHER_AES_128_GCM);
    cr_assert_eq(all.settings->directions, 0);
    for (size_t i = DIRECTIONS; i-- > 0;)
        cr_assert_str_eq(say(&all, i), i >= 2 ? slow_engine_name : "software", "%zu", i);
    lk_placer_report(placer, &told);
    cr_assert_eq(told.records[LK_PLACEMENT_NO_SLOT], 2);
    pause_for(COLD);
    say_until(&all, 0, slow_engine_name);
    crowd_close(&all);
    lk_placer_free(placer);
}

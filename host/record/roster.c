/* SPDX-License-Identifier: Apache-2.0 */
#include "record/roster.h"

#include <stddef.h>

#define COLD INT64_C(100000000) /* ns without a record */

void lk_roster_enter(lk_roster *roster, lk_seat *seat, int64_t now)
{
    roster->promised = 0;
    seat->roster = roster;
    seat->used = now;
    seat->colder = roster->warmest;
    seat->warmer = NULL;
    *(seat->colder ? &seat->colder->warmer : &roster->coldest) = seat;
    roster->warmest = seat;
}

void lk_roster_leave(lk_seat *seat)
{
    lk_roster *roster = seat->roster;
    if (!roster)
        return;
    *(seat->colder ? &seat->colder->warmer : &roster->coldest) = seat->warmer;
    *(seat->warmer ? &seat->warmer->colder : &roster->warmest) = seat->colder;
    seat->colder = seat->warmer = NULL;
    seat->roster = NULL;
}

void lk_roster_use(lk_seat *seat, int64_t now)
{
    lk_roster *roster = seat->roster;
    if (!roster)
        return;
    int64_t promised = roster->promised;
    lk_roster_leave(seat);
    lk_roster_enter(roster, seat, now);
    roster->promised = promised;
}

void lk_roster_vacate(lk_roster *roster)
{
    lk_seat *next = NULL;
    for (lk_seat *seat = roster->coldest; seat; seat = next) {
        next = seat->warmer;
        (void)seat->leave(seat);
    }
}

void lk_roster_make_room(lk_roster *roster, int64_t now)
{
    if (roster->promised != 0 && now - roster->promised < COLD)
        return;
    lk_seat *next = NULL;
    for (lk_seat *seat = roster->coldest; seat && now - seat->used >= COLD; seat = next) {
        next = seat->warmer;
        if (seat->leave(seat)) {
            roster->promised = now;
            return;
        }
    }
}

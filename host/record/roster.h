/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directions that have a slot of an engine and could do without: by when they last had a record, the coldest first.
 * When slots run out the coldest one gives its up. Nobody does who had a record within the last tenth of a second:
 * where all are at work, taking turns would cost more than it gains.
 */
#ifndef LK_RECORD_ROSTER_H
#define LK_RECORD_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

/* One direction's place; its owner is found by leave(). All zero: not on a roster. */
typedef struct lk_seat {
    struct lk_seat *colder, *warmer;
    int64_t used; /* ns of the monotonic clock */
    /* Gives the slot up, and takes the seat off the roster; false when it has work there and cannot. */
    bool (*leave)(struct lk_seat *seat);
    struct lk_roster *roster; /* NULL: on none */
} lk_seat;

typedef struct lk_roster {
    lk_seat *coldest, *warmest;
    int64_t promised; /* when a slot was given up that nobody has taken yet; 0: none is */
} lk_roster;

/** Puts a seat that has had its slot just now onto the roster. */
void lk_roster_enter(lk_roster *roster, lk_seat *seat, int64_t now);

/** A direction has a record. A seat on no roster is left alone. */
void lk_roster_use(lk_seat *seat, int64_t now);

/** Takes a seat off. One on no roster is left alone. */
void lk_roster_leave(lk_seat *seat);

/** Has every seat give its slot up that can. */
void lk_roster_vacate(lk_roster *roster);

/** Has the coldest seat give its slot up, unless that has been done for somebody who has still to take it. */
void lk_roster_make_room(lk_roster *roster, int64_t now);

#endif

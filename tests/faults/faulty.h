/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transport around the simulated board's own: everything goes to the real RTL and comes from there, until a fault
 * strikes on the way. Its scheme is faulty: (faulty:direct, faulty:ulpi).
 *
 * The board behind it stays powered from one opening to the next, and is configured anew, as with a cable that is
 * pulled and put back.
 */
#ifndef LK_TESTS_FAULTS_FAULTY_H
#define LK_TESTS_FAULTS_FAULTY_H

#include "faults/fault.h"
#include "transport/registry.h"

extern const lk_transport_scheme faulty_transport;

/** How often each place has come by since the transport was opened. */
typedef struct faulty_counts {
    uint32_t of[FAULT_PLACES];
} faulty_counts;

/** What strikes the transport that is opened next; the fault is borrowed until it is closed, and told what it did. */
void faulty_prepare(fault *strikes);

/** The counts of the transport that was closed last. */
faulty_counts faulty_last_counts(void);

/** How many slots the board behind the open transport holds keys in, as it says itself. */
uint32_t faulty_live_slots(void);

/** Switches the board behind it off; the next opening powers a new one up. */
void faulty_power_off(void);

#endif

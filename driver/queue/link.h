/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two streams over a transport as one thing: commands in, completions out, a descriptor to wait on, and an end. A
 * link is lost for good when the transport ends, when the device breaks the protocol, or when it owes completions and
 * gives none for too long.
 */
#ifndef LK_QUEUE_LINK_H
#define LK_QUEUE_LINK_H

#include "queue/input.h"
#include "queue/output.h"

/* ms without a sign of life while completions are owed. A board needs milliseconds; one in simulation that also writes
 * its waveform needs seconds. */
enum { LK_LINK_TIMEOUT = 30000 };

typedef struct lk_link {
    lk_transport *transport;
    lk_output output;
    lk_input input;
    lk_completion_receiver receiver;
    uint64_t owed;        /* commands without a completion yet */
    uint64_t completions; /* all that came */
    int timeout;          /* ms */
    int64_t alive;        /* ms of the monotonic clock: when the device last moved, or first had something to do */
    int64_t timer_end;    /* when the timer fires; 0 while it is off */
    int timer;
    int epoll;
    lk_error lost; /* OK, or why: DEVICE_LOST, DEVICE_HUNG, DEVICE_PROTOCOL, DEVICE_STALLED, ... */
} lk_link;

/**
 * Begins: posts the IN transfers. The transport is borrowed until lk_link_close(); the receiver is called in
 * lk_link_progress().
 * @return NO_MEMORY, INPUT_OUTPUT, or what the transport says; the link then needs no close.
 */
lk_error lk_link_open(lk_link *link, lk_transport *transport, const lk_completion_receiver *receiver, int timeout);

/** Ends what is in flight, closes the transport, wipes and frees the buffers. */
void lk_link_close(lk_link *link);

/** Wipes and frees the buffers in a child of the process that the transport belongs to, which is not touched. */
void lk_link_abandon(lk_link *link);

/** The writer for one command of that size; NULL when the ring is full or the link is lost. */
lk_writer *lk_link_command(lk_link *link, lk_output_kind kind, size_t size);

/** Sends the commands written so far, unless enough is on its way. */
void lk_link_flush(lk_link *link);

/** Moves on, for at most timeout ms or until a completion came; does not wait when none is owed. */
void lk_link_progress(lk_link *link, int timeout);

/** Ends the link: no command or completion passes any more. The first reason stays. */
void lk_link_lose(lk_link *link, lk_error reason);

/** Readable when lk_link_progress() has something to do. */
int lk_link_descriptor(const lk_link *link);

#endif

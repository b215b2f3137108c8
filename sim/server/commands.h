/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device as one client holds it after an import: SUBMIT and UNLINK, and the rules that keep a Linux vhci-hcd
 * content when the two cross on their way (a vhci-hcd drops the device over a reply to a number that it does not
 * expect).
 */
#ifndef LK_SIM_SERVER_COMMANDS_H
#define LK_SIM_SERVER_COMMANDS_H

#include "sim/board.h"
#include "sim/server/message.h"
#include "sim/server/wire.h"

/** What a client may have in flight; more is no client of good will. */
enum {
    LK_COMMANDS_LENGTH_MAX = 16 << 20, /* bytes of one transfer: all that usbfs allows by default */
    LK_COMMANDS_BYTES_MAX = 64 << 20,  /* bytes of all together */
    LK_COMMANDS_COUNT_MAX = 1024,
    LK_COMMANDS_PARKED_MAX = 256,
    LK_COMMANDS_FINISHED = 4096
};

/** An UNLINK that came before its SUBMIT. */
typedef struct lk_parked {
    uint32_t number;
    uint32_t unlink_number;
} lk_parked;

typedef struct lk_commands {
    lk_board *board;
    uint32_t device; /* what the device field of each command must say */
    lk_message_queue in_flight;
    lk_message_queue *replies; /* borrowed: where replies go */
    lk_parked parked[LK_COMMANDS_PARKED_MAX];
    size_t parked_count;
    uint32_t finished[LK_COMMANDS_FINISHED]; /* the last numbers that were answered: a ring */
    size_t finished_count;
    uint64_t bytes_out, bytes_in; /* payload that has moved, for the summary */
} lk_commands;

void lk_commands_init(lk_commands *commands, lk_board *board, uint32_t device, lk_message_queue *replies);

/**
 * Takes a SUBMIT apart and makes its message; *payload says how many bytes of an OUT transfer follow, for
 * message->urb.data. The message then goes to lk_commands_submit().
 * @return NULL, or what is wrong with it: the connection ends.
 */
const char *lk_commands_begin(lk_commands *commands, const lk_usbip_command *command, lk_message **message,
                              size_t *payload);

/** Hands the message to the board, or answers it at once. @return NULL or what is wrong, as above; it takes the
 * message. */
const char *lk_commands_submit(lk_commands *commands, lk_message *message);

/** An UNLINK. @return NULL or what is wrong, as above. */
const char *lk_commands_unlink(lk_commands *commands, const lk_usbip_command *command);

/** Queues the replies to all requests that the board has finished. @return true when there was one. */
bool lk_commands_collect(lk_commands *commands);

/** Takes everything back from the board and frees it, unanswered. */
void lk_commands_abandon(lk_commands *commands);

#endif

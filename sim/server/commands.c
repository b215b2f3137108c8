/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/server/commands.h"

#include <stdlib.h>
#include <string.h>

enum { REQUEST_SET_ADDRESS = 5, DIRECTION_IN = 0x80 };

void lk_commands_init(lk_commands *commands, lk_board *board, uint32_t device, lk_message_queue *replies)
{
    *commands = (lk_commands){.board = board, .device = device, .replies = replies};
}

static bool is_in(const lk_urb *urb)
{
    return ((urb->endpoint == 0 ? urb->setup[0] : urb->endpoint) & DIRECTION_IN) != 0;
}

static lk_message *find_in_flight(const lk_commands *commands, uint32_t number)
{
    lk_message *message = commands->in_flight.head;
    while (message && message->number != number)
        message = message->next;
    return message;
}

static void remember_finished(lk_commands *commands, uint32_t number)
{
    commands->finished[commands->finished_count++ % LK_COMMANDS_FINISHED] = number;
}

static bool was_finished(const lk_commands *commands, uint32_t number)
{
    size_t count = commands->finished_count < LK_COMMANDS_FINISHED ? commands->finished_count : LK_COMMANDS_FINISHED;
    for (size_t i = 0; i < count; i++) {
        if (commands->finished[i] == number)
            return true;
    }
    return false;
}

static int32_t status_on_wire(lk_urb_status status)
{
    switch (status) {
    case LK_URB_OK:
        return 0;
    case LK_URB_STALL:
        return USBIP_EPIPE;
    case LK_URB_PROTOCOL:
        return USBIP_EPROTO;
    case LK_URB_OVERFLOW:
        return USBIP_EOVERFLOW;
    case LK_URB_UNLINKED:
        return USBIP_ECONNRESET;
    }
    return USBIP_EPROTO;
}

/* Turns a request that is no longer in flight into its reply. */
static void answer_submit(lk_commands *commands, lk_message *message, int32_t status)
{
    bool in = is_in(&message->urb);
    lk_writer writer = lk_writer_into(message->bytes, USBIP_COMMAND_LENGTH);
    lk_usbip_submitted_write(&writer, message->number, status, message->urb.actual);
    message->length = USBIP_COMMAND_LENGTH + (in ? message->urb.actual : 0);
    *(in ? &commands->bytes_in : &commands->bytes_out) += message->urb.actual;
    remember_finished(commands, message->number);
    lk_message_queue_append(commands->replies, message);
}

static const char *answer_unlink(lk_commands *commands, uint32_t number, int32_t status)
{
    lk_message *message = lk_message_new(USBIP_COMMAND_LENGTH);
    if (!message)
        return "out of memory";
    lk_writer writer = lk_writer_into(message->bytes, message->capacity);
    lk_usbip_unlinked_write(&writer, number, status);
    message->length = writer.length;
    lk_message_queue_append(commands->replies, message);
    return NULL;
}

static const char *check_submit(const lk_commands *commands, const lk_usbip_command *command)
{
    if (command->device != commands->device)
        return "a command names another device than the one imported";
    if (command->direction > USBIP_DIRECTION_IN || command->endpoint > 15)
        return "a command names an endpoint that cannot be";
    if (command->packets != 0 && command->packets != UINT32_MAX)
        return "an isochronous transfer for a device without isochronous endpoints";
    if (command->length > LK_COMMANDS_LENGTH_MAX)
        return "a transfer is longer than 16 MiB";
    if (commands->in_flight.count >= LK_COMMANDS_COUNT_MAX ||
        commands->in_flight.bytes + command->length > LK_COMMANDS_BYTES_MAX)
        return "more transfers are in flight than any driver needs";
    if (find_in_flight(commands, command->number))
        return "two transfers have the same number";
    bool setup_in = (command->setup[0] & DIRECTION_IN) != 0;
    if (command->endpoint == 0 && command->length > 0 && setup_in != (command->direction == USBIP_DIRECTION_IN))
        return "a control request contradicts its direction";
    return NULL;
}

const char *lk_commands_begin(lk_commands *commands, const lk_usbip_command *command, lk_message **message,
                              size_t *payload)
{
    const char *fault = check_submit(commands, command);
    if (fault)
        return fault;
    *message = lk_message_new(USBIP_COMMAND_LENGTH + (size_t)command->length);
    if (!*message)
        return "out of memory";
    bool in = command->direction == USBIP_DIRECTION_IN;
    lk_urb *urb = &(*message)->urb;
    (*message)->number = command->number;
    urb->endpoint = command->endpoint == 0 ? 0 : (uint8_t)(command->endpoint | (in ? DIRECTION_IN : 0));
    urb->data = (*message)->bytes + USBIP_COMMAND_LENGTH;
    urb->length = command->length;
    urb->zero_packet = !in && (command->flags & USBIP_ZERO_PACKET) != 0;
    memcpy(urb->setup, command->setup, sizeof urb->setup);
    *payload = in ? 0 : command->length;
    return NULL;
}

/* A control request as Linux itself would let it pass: the buffer is as long as wLength says. */
static bool control_is_consistent(const lk_urb *urb)
{
    lk_reader setup = lk_reader_over(urb->setup + 6, 2);
    return lk_reader_u16_little(&setup) == urb->length;
}

/* The device's address belongs to the host controller, which stands on this side: a client's choice does not reach the
 * bus. */
static bool is_set_address(const lk_urb *urb)
{
    return urb->setup[0] == 0 && urb->setup[1] == REQUEST_SET_ADDRESS;
}

const char *lk_commands_submit(lk_commands *commands, lk_message *message)
{
    for (size_t i = 0; i < commands->parked_count; i++) {
        if (commands->parked[i].unlink_number != message->number)
            continue;
        uint32_t number = commands->parked[i].number;
        commands->parked[i] = commands->parked[--commands->parked_count];
        remember_finished(commands, message->number);
        free(message);
        return answer_unlink(commands, number, USBIP_ECONNRESET);
    }
    if (message->urb.endpoint == 0 && !control_is_consistent(&message->urb)) {
        answer_submit(commands, message, USBIP_EINVAL);
    } else if (message->urb.endpoint == 0 && is_set_address(&message->urb)) {
        answer_submit(commands, message, 0);
    } else {
        lk_message_queue_append(&commands->in_flight, message);
        lk_board_submit(commands->board, &message->urb);
    }
    return NULL;
}

const char *lk_commands_unlink(lk_commands *commands, const lk_usbip_command *command)
{
    if (command->device != commands->device)
        return "a command names another device than the one imported";
    lk_message *message = find_in_flight(commands, command->unlink_number);
    if (!message && was_finished(commands, command->unlink_number))
        return answer_unlink(commands, command->number, 0);
    if (!message) {
        if (commands->parked_count == LK_COMMANDS_PARKED_MAX)
            return "too many transfers were taken back that were never submitted";
        commands->parked[commands->parked_count++] = (lk_parked){command->number, command->unlink_number};
        return NULL;
    }
    lk_board_unlink(commands->board, &message->urb);
    lk_message_queue_remove(&commands->in_flight, message);
    if (message->urb.status == LK_URB_UNLINKED && message->urb.actual == 0) {
        remember_finished(commands, message->number);
        free(message);
        return answer_unlink(commands, command->number, USBIP_ECONNRESET);
    }
    /* The reply to UNLINK has no room for a count: where bytes have moved, the reply to SUBMIT goes first and tells it.
     */
    answer_submit(commands, message, status_on_wire(message->urb.status));
    return answer_unlink(commands, command->number, 0);
}

bool lk_commands_collect(lk_commands *commands)
{
    bool any = false;
    lk_message *next;
    for (lk_message *message = commands->in_flight.head; message; message = next) {
        next = message->next;
        if (!message->urb.done)
            continue;
        lk_message_queue_remove(&commands->in_flight, message);
        answer_submit(commands, message, status_on_wire(message->urb.status));
        any = true;
    }
    return any;
}

void lk_commands_abandon(lk_commands *commands)
{
    for (lk_message *message = commands->in_flight.head; message; message = message->next)
        lk_board_unlink(commands->board, &message->urb);
    lk_message_queue_clear(&commands->in_flight);
    commands->parked_count = 0;
}

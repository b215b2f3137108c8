/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/server/export.h"

enum {
    SLICE_CYCLES = 2048,
    ANSWER_CYCLES_MAX = 6000000, /* a tenth of a second on the bus: after that a board does not answer */
    CONFIGURATION_MAX = 512,
    BUS = 1,
    ADDRESS = 2,    /* 1 is the root hub's */
    SPEED_FULL = 2, /* of Linux' enum usb_device_speed */
    SPEED_HIGH = 3,
    SET_ADDRESS = 5,
    GET_DESCRIPTOR = 6,
    DESCRIPTOR_DEVICE = 1,
    DESCRIPTOR_CONFIGURATION = 2
};

/* Runs a request while no client is there: time passes until it has ended. @return true when it was accepted. */
static bool request(lk_board *board, lk_urb *urb)
{
    uint64_t end = lk_board_cycles(board) + ANSWER_CYCLES_MAX;
    lk_board_submit(board, urb);
    while (!urb->done && lk_board_cycles(board) < end)
        lk_board_run(board, SLICE_CYCLES);
    lk_board_unlink(board, urb);
    return urb->status == LK_URB_OK;
}

static bool set_address(lk_board *board)
{
    lk_urb urb = {.setup = {0x00, SET_ADDRESS, ADDRESS}};
    return request(board, &urb);
}

static lk_reader read_descriptor(lk_board *board, uint8_t type, uint8_t *memory, uint16_t length)
{
    lk_urb urb = {.setup = {0x80, GET_DESCRIPTOR, 0, type, 0, 0, (uint8_t)length, (uint8_t)(length >> 8)},
                  .data = memory,
                  .length = length};
    bool answered = request(board, &urb);
    return lk_reader_over(memory, answered ? urb.actual : 0);
}

bool lk_export_begin(lk_export *exported, lk_board *board)
{
    uint8_t device[18], configuration[CONFIGURATION_MAX];
    *exported = (lk_export){.board = board,
                            .device = {.path = "/sys/devices/virtual/latchkey/usb1/1-1",
                                       .bus_id = "1-1",
                                       .bus = BUS,
                                       .device = ADDRESS,
                                       .speed = lk_board_is_high_speed(board) ? SPEED_HIGH : SPEED_FULL}};
    if (!set_address(board))
        return false;
    lk_reader first = read_descriptor(board, DESCRIPTOR_DEVICE, device, sizeof device);
    lk_reader second = read_descriptor(board, DESCRIPTOR_CONFIGURATION, configuration, sizeof configuration);
    return lk_usbip_device_describe(&exported->device, first, second);
}

void lk_export_reset(lk_export *exported)
{
    lk_board_bus_reset(exported->board);
    set_address(
        exported->board); /* a board that does not take it will not answer the next client either, who is told */
}

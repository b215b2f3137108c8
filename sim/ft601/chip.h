/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FT601's FIFO side, one channel: what it does at its pins, edge by edge, and what it holds against a board that
 * breaks the rules of the bus. It takes bytes for the board and gives back packets from it; its USB side is board.c.
 */
#ifndef LK_SIM_FT601_CHIP_H
#define LK_SIM_FT601_CHIP_H

#include "sim/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LK_FT601_PACKET_BYTES = 512, /* bulk, high speed */
    LK_FT601_ROOM_BYTES = 4096,  /* each way */
    LK_FT601_PACKETS_MAX = LK_FT601_ROOM_BYTES / 4
};

typedef struct lk_ft601_chip {
    lk_model_ft601 *model;
    lk_model_ft601_pins *pins;
    /* for the board */
    uint8_t out[LK_FT601_ROOM_BYTES];
    size_t out_head, out_held;
    /* from the board: bytes, and the lengths of the packets that they make */
    uint8_t in[LK_FT601_ROOM_BYTES];
    size_t in_head, in_held;
    uint16_t packets[LK_FT601_PACKETS_MAX]; /* a ring, oldest at packet_head */
    size_t packet_head, packet_count;
    size_t open;  /* bytes of the packet that grows */
    bool writing; /* at the last edge */
    /* pauses that the chip makes by itself, out of 256 chances: it says that it has nothing, or no room */
    unsigned out_pauses, in_pauses;
    unsigned out_rest, in_rest; /* edges that the pause goes on */
    uint64_t random;
    bool oe_was;
    /* for tests and benchmarks */
    uint64_t out_words, in_words;
    uint64_t in_bus; /* edges at which a word moved */
    unsigned violations;
} lk_ft601_chip;

/** Resets the board; its clock runs from now on. Takes the model over. */
void lk_ft601_chip_begin(lk_ft601_chip *chip, lk_model_ft601 *model);

/** Frees the model. */
void lk_ft601_chip_end(lk_ft601_chip *chip);

/** One edge of the chip's clock. */
void lk_ft601_chip_cycle(lk_ft601_chip *chip);

/** Gives bytes for the board. @return how many found room. */
size_t lk_ft601_chip_put(lk_ft601_chip *chip, const uint8_t *data, size_t length);

/** Takes the oldest whole packet, when it has no more than capacity bytes. @return false: there is none, or it is
 * longer. */
bool lk_ft601_chip_take(lk_ft601_chip *chip, uint8_t *data, size_t capacity, size_t *length);

#endif

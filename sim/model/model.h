/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Verilated board in C: three tops, each with its pins as a plain structure. The caller sets the inputs and steps;
 * a step is one cycle of the clock. Outputs are those after the rising edge, so they are what the other side sees at
 * the next edge.
 */
#ifndef LK_SIM_MODEL_H
#define LK_SIM_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Pins of lk_board_virtual, or of a real board's top, seen from the board. ULPI 1.1 section 3.1; one bit each unless
 * told. A real board has no reset of ours: it comes out of its bitstream.
 */
typedef struct lk_model_virtual_pins {
    /* inputs */
    uint8_t reset;
    uint8_t data_in; /* 8 bits */
    uint8_t dir;
    uint8_t nxt;
    /* outputs */
    uint8_t data_out; /* 8 bits */
    uint8_t data_oe;
    uint8_t stp;
    uint8_t ulpi_reset;
    uint8_t clocked;       /* the PHY's clock has gone up and down */
    uint8_t lines_swapped; /* D+ and D- are, between PHY and connector, unless the PHY swaps them back */
    uint32_t lights;       /* of a real board: which of its lights shine, bit by bit as its model says */
} lk_model_virtual_pins;

/** Pins of lk_board_full_speed, seen from the board: D+ and D-, one bit each. */
typedef struct lk_model_full_speed_pins {
    /* inputs */
    uint8_t reset;
    uint8_t dp_in;
    uint8_t dm_in;
    uint8_t vbus;
    /* outputs */
    uint8_t dp_out;
    uint8_t dm_out;
    uint8_t output_enable;
    uint8_t pull_up;
    uint32_t lights; /* as those of lk_model_virtual_pins */
} lk_model_full_speed_pins;

/** Ports of lk_board_direct; see rtl/boards/virtual/lk_board_direct.v. */
typedef struct lk_model_direct_pins {
    /* inputs */
    uint8_t reset;
    uint8_t bus_reset;
    uint8_t setup_valid;
    uint8_t control_in_ready;
    uint8_t status_done;
    uint8_t out_valid;
    uint8_t in_ready;
    uint32_t out_data;
    uint64_t setup_packet; /* byte 0 lowest */
    /* outputs */
    uint8_t control_in_data;
    uint8_t control_in_valid;
    uint8_t control_in_last;
    uint8_t control_done;
    uint8_t control_stall;
    uint8_t configured;
    uint8_t out_halted;
    uint8_t in_halted;
    uint8_t stream_reset;
    uint8_t out_ready;
    uint8_t in_valid;
    uint8_t in_last;
    uint32_t in_data;
} lk_model_direct_pins;

/** Pins of lk_board_ft601, each true when what its name says is so, whatever its level at the chip. */
typedef struct lk_model_ft601_pins {
    /* inputs */
    uint8_t reset;
    uint8_t rxf; /* the chip has a word */
    uint8_t txe; /* the chip has room for one */
    uint8_t be_in;
    uint32_t data_in;
    /* outputs */
    uint8_t data_oe;
    uint8_t oe;
    uint8_t rd;
    uint8_t wr;
    uint32_t data_out;
} lk_model_ft601_pins;

typedef struct lk_model_virtual lk_model_virtual;
typedef struct lk_model_full_speed lk_model_full_speed;
typedef struct lk_model_direct lk_model_direct;
typedef struct lk_model_ft601 lk_model_ft601;

/**
 * Makes a board that has had no clock yet; the caller holds reset for a few cycles first. Everything not reset starts
 * random, from the same seed each time. trace: an FST file to write, or NULL.
 * @return NULL when memory is short or the trace file cannot be written.
 */
lk_model_virtual *lk_model_virtual_new(const char *trace);
lk_model_full_speed *lk_model_full_speed_new(const char *trace);
lk_model_direct *lk_model_direct_new(const char *trace);
lk_model_ft601 *lk_model_ft601_new(const char *trace);

/** In boards made from now on, the selftest expects wrong answers of these ciphers (bit map, docs/suites.md). */
void lk_model_fail_selftest(uint32_t ciphers);

/** Closes the trace. NULL is fine. */
void lk_model_virtual_free(lk_model_virtual *model);
void lk_model_full_speed_free(lk_model_full_speed *model);
void lk_model_direct_free(lk_model_direct *model);
void lk_model_ft601_free(lk_model_ft601 *model);

/** The pins: the same structure for the model's whole life. */
lk_model_virtual_pins *lk_model_virtual_pins_of(lk_model_virtual *model);
lk_model_full_speed_pins *lk_model_full_speed_pins_of(lk_model_full_speed *model);
lk_model_direct_pins *lk_model_direct_pins_of(lk_model_direct *model);
lk_model_ft601_pins *lk_model_ft601_pins_of(lk_model_ft601 *model);

/** One cycle; of the FT601's board, of the chip's clock, 100 MHz: the engine's, of 70, runs beside it. */
void lk_model_virtual_step(lk_model_virtual *model);
void lk_model_full_speed_step(lk_model_full_speed *model);
void lk_model_direct_step(lk_model_direct *model);
void lk_model_ft601_step(lk_model_ft601 *model);

/** Cycles since it was made. */
uint64_t lk_model_virtual_cycles(const lk_model_virtual *model);
uint64_t lk_model_full_speed_cycles(const lk_model_full_speed *model);
uint64_t lk_model_direct_cycles(const lk_model_direct *model);
uint64_t lk_model_ft601_cycles(const lk_model_ft601 *model);

#ifdef __cplusplus
}
#endif

#endif

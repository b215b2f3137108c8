/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/ft601/chip.h"

#include <string.h>

enum {
    WORD = 4,
    PAUSE = 8,        /* edges that a full or an empty FIFO stays so at the least */
    RESET_CYCLES = 16 /* enough for both clocks */
};

static unsigned chance(lk_ft601_chip *chip)
{
    chip->random ^= chip->random << 13;
    chip->random ^= chip->random >> 7;
    chip->random ^= chip->random << 17;
    return (unsigned)(chip->random >> 32) & 0xFF;
}

static size_t out_available(const lk_ft601_chip *chip)
{
    return chip->out_held < WORD ? chip->out_held : WORD;
}

/* The word that the board sees: bytes that the host's transfer does not have are not enabled. */
static void show_word(lk_ft601_chip *chip)
{
    size_t count = out_available(chip);
    chip->pins->data_in = 0;
    chip->pins->be_in = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t byte = chip->out[(chip->out_head + i) % LK_FT601_ROOM_BYTES];
        chip->pins->data_in |= (uint32_t)byte << (8 * i);
        chip->pins->be_in |= (uint8_t)(1u << i);
    }
}

static void close_packet(lk_ft601_chip *chip)
{
    size_t last = (chip->packet_head + chip->packet_count) % LK_FT601_PACKETS_MAX;
    chip->packets[last] = (uint16_t)chip->open;
    chip->packet_count++;
    chip->open = 0;
}

static void take_word(lk_ft601_chip *chip, uint32_t word)
{
    for (size_t i = 0; i < WORD; i++)
        chip->in[(chip->in_head + chip->in_held++) % LK_FT601_ROOM_BYTES] = (uint8_t)(word >> (8 * i));
    chip->open += WORD;
    chip->in_words++;
    if (chip->open == LK_FT601_PACKET_BYTES)
        close_packet(chip);
}

static void give_word(lk_ft601_chip *chip)
{
    size_t count = out_available(chip);
    chip->out_head = (chip->out_head + count) % LK_FT601_ROOM_BYTES;
    chip->out_held -= count;
    chip->out_words++;
}

/* What the board does at this edge, against the rules: the bus has one driver and a cycle between two, and a word is
 * asked for only while the chip drives. */
static void check(lk_ft601_chip *chip, const lk_model_ft601_pins *pins)
{
    bool driven_by_chip = pins->oe || chip->oe_was;
    chip->violations += pins->data_oe && driven_by_chip;
    chip->violations += pins->rd && !(pins->oe && chip->oe_was);
    chip->violations += pins->wr && !pins->data_oe;
    chip->violations += pins->wr && pins->rd;
}

/* Full and empty last for some edges; and a chip that is asked to pauses now and then. */
static bool rests(lk_ft601_chip *chip, unsigned *rest, bool spent, unsigned pauses)
{
    if (spent || (*rest == 0 && pauses > 0 && chance(chip) < pauses))
        *rest = PAUSE;
    else if (*rest > 0)
        (*rest)--;
    return *rest > 0;
}

void lk_ft601_chip_cycle(lk_ft601_chip *chip)
{
    lk_model_ft601_pins at_edge = *chip->pins;
    bool gives = at_edge.rd && at_edge.rxf;
    bool takes = at_edge.wr && at_edge.txe;
    lk_model_ft601_step(chip->model);
    if (at_edge.reset)
        return;
    check(chip, &at_edge);
    chip->in_bus += gives || takes;
    if (gives)
        give_word(chip);
    if (takes)
        take_word(chip, at_edge.data_out);
    if (chip->writing && !at_edge.wr && chip->open > 0)
        close_packet(chip); /* what a board stops in the midst of is sent as it is */
    chip->writing = at_edge.wr;
    chip->oe_was = at_edge.oe;
    bool full = chip->in_held + WORD > LK_FT601_ROOM_BYTES;
    chip->pins->rxf = !rests(chip, &chip->out_rest, chip->out_held == 0, chip->out_pauses);
    chip->pins->txe = !rests(chip, &chip->in_rest, full, chip->in_pauses);
    show_word(chip);
}

size_t lk_ft601_chip_put(lk_ft601_chip *chip, const uint8_t *data, size_t length)
{
    size_t room = LK_FT601_ROOM_BYTES - chip->out_held;
    size_t count = length < room ? length : room;
    for (size_t i = 0; i < count; i++)
        chip->out[(chip->out_head + chip->out_held++) % LK_FT601_ROOM_BYTES] = data[i];
    return count;
}

bool lk_ft601_chip_take(lk_ft601_chip *chip, uint8_t *data, size_t capacity, size_t *length)
{
    *length = chip->packet_count > 0 ? chip->packets[chip->packet_head] : 0;
    if (chip->packet_count == 0 || *length > capacity)
        return false;
    for (size_t i = 0; i < *length; i++)
        data[i] = chip->in[(chip->in_head + i) % LK_FT601_ROOM_BYTES];
    chip->in_head = (chip->in_head + *length) % LK_FT601_ROOM_BYTES;
    chip->in_held -= *length;
    chip->packet_head = (chip->packet_head + 1) % LK_FT601_PACKETS_MAX;
    chip->packet_count--;
    return true;
}

void lk_ft601_chip_begin(lk_ft601_chip *chip, lk_model_ft601 *model)
{
    memset(chip, 0, sizeof *chip);
    chip->model = model;
    chip->pins = lk_model_ft601_pins_of(model);
    chip->random = UINT64_C(0x9E3779B97F4A7C15);
    chip->pins->reset = 1;
    for (int i = 0; i < RESET_CYCLES; i++)
        lk_ft601_chip_cycle(chip);
    chip->pins->reset = 0;
}

void lk_ft601_chip_end(lk_ft601_chip *chip)
{
    lk_model_ft601_free(chip->model);
}

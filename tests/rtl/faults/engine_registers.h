/* SPDX-License-Identifier: Apache-2.0 */
/* Every register of a Verilated engine, to be looked at and to be disturbed. The engine must be Verilated with
 * registers.vlt and --vpi, which make them known by name. */
#ifndef LK_TESTS_ENGINE_REGISTERS_H
#define LK_TESTS_ENGINE_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct engine_register {
    const char *module; /* "lk_record_engine.executor" */
    const char *name;   /* "state_q" */
    uint8_t *bytes;     /* its bits in the model, the lowest first */
    unsigned bits;
} engine_register;

/** The registers of the model that was made last, in an order that is always the same; at most that many. @return how
 * many there are. */
size_t engine_registers_find(engine_register *registers, size_t capacity);

/** Its lowest 64 bits. */
uint64_t engine_register_read(const engine_register *reg);

/** Turns one bit over. The outputs follow with lk_engine_model_settle(). */
void engine_register_flip(const engine_register *reg, unsigned bit);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* lk_record_engine, Verilated, behind C functions. */
#ifndef LK_TESTS_ENGINE_MODEL_H
#define LK_TESTS_ENGINE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The ports of lk_record_engine but its clock. All outputs are registers: what they show is what the next edge meets.
 */
typedef struct lk_engine_pins {
    bool reset;
    uint32_t command_data;
    bool command_valid;
    bool completion_ready;
    bool stream_reset;
    bool selftest;
    uint8_t fact_address;
    /* set by lk_engine_model_step() */
    bool command_ready;
    uint32_t completion_data;
    bool completion_valid;
    bool completion_last;
    bool stream_reset_busy;
    uint32_t fact_data;
} lk_engine_pins;

typedef struct lk_engine_model lk_engine_model;

/** NULL when memory is short. */
lk_engine_model *lk_engine_model_new(void);

/** NULL is allowed. */
void lk_engine_model_free(lk_engine_model *model);

/** From now on the selftest expects wrong answers of these ciphers (bit map). */
void lk_engine_model_corrupt(lk_engine_model *model, uint32_t ciphers);

/** Whether that is a word of the session table. */
bool lk_engine_model_stores(const lk_engine_model *model, uint32_t word);

/** One rising edge with the inputs as they are, then the outputs. */
void lk_engine_model_step(lk_engine_model *model, lk_engine_pins *pins);

/** The outputs once more, without an edge: for who changes registers of the model from outside (engine_registers.h). */
void lk_engine_model_settle(lk_engine_model *model, lk_engine_pins *pins);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What lk_model_fail_selftest() has asked for, to the models. */
#ifndef LK_SIM_MODEL_SELFTEST_H
#define LK_SIM_MODEL_SELFTEST_H

#include <cstdint>

uint32_t lk_selftest_failing();

#endif

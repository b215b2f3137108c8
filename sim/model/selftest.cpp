/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/model/selftest.h"

#include "sim/model/model.h"

static uint32_t failing;

void lk_model_fail_selftest(uint32_t ciphers)
{
    failing = ciphers;
}

uint32_t lk_selftest_failing()
{
    return failing;
}

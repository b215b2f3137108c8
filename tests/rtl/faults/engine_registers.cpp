/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/faults/engine_registers.h"

#include <cstring>
#include <verilated.h>
#include <verilated_sym_props.h>
#include <verilated_syms.h>

/* Scopes of the simulator begin with the name of its own top. */
static const char *without_top(const char *scope)
{
    static const char top[] = "TOP.";
    return std::strncmp(scope, top, sizeof top - 1) ? scope : scope + sizeof top - 1;
}

size_t engine_registers_find(engine_register *registers, size_t capacity)
{
    size_t count = 0;
    for (const auto &scope : *Verilated::threadContextp()->scopeNameMap()) {
        if (!scope.second->varsp()) {
            continue;
        }
        for (const auto &entry : *scope.second->varsp()) {
            const VerilatedVar &variable = entry.second;
            if (variable.udims() > 0) {
                continue; /* a memory */
            }
            if (std::strcmp(entry.first, "corrupt_q") == 0) {
                continue; /* the simulation's switch: nothing in the engine writes it */
            }
            if (count < capacity) {
                registers[count] = {without_top(scope.first), entry.first, static_cast<uint8_t *>(variable.datap()),
                                    static_cast<unsigned>(variable.packed().elements())};
            }
            count++;
        }
    }
    return count;
}

uint64_t engine_register_read(const engine_register *reg)
{
    uint64_t value = 0;
    unsigned bytes = (reg->bits + 7) / 8;
    for (unsigned i = 0; i < bytes && i < sizeof value; i++) {
        value |= static_cast<uint64_t>(reg->bytes[i]) << 8 * i;
    }
    return value;
}

void engine_register_flip(const engine_register *reg, unsigned bit)
{
    reg->bytes[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
}

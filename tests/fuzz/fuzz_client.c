/* SPDX-License-Identifier: Apache-2.0 */
/* A client hears what a server never said. The first byte is the form of side.h; the rest comes from the wire. */
#include "fuzz/side.h"
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_side_run(LK_CLIENT, data, size);
    return 0;
}

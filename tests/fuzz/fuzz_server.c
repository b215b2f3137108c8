/* SPDX-License-Identifier: Apache-2.0 */
/* A server hears what a client never said. The first byte is the form of side.h; the rest comes from the wire. */
#include "fuzz/side.h"
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_side_run(LK_SERVER, data, size);
    return 0;
}

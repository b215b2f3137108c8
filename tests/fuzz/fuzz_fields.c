/* SPDX-License-Identifier: Apache-2.0 */
/* One message, told field by field. The first byte chooses the version, the second the suite, the third is the type. */
#include "base/reader.h"
#include "fuzz/target.h"
#include "watch/fields.h"

#include <stdlib.h>
#include <string.h>

enum { VERSIONS = 6 };

/* Texts are printable, end, and are no longer than they may be. */
static void check(void *context, const char *name, const char *text)
{
    (void)context;
    if (strlen(name) >= LK_FIELD_TEXT_MAX || strlen(text) >= LK_FIELD_TEXT_MAX)
        abort();
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = 0;
    const lk_suite *suites = lk_suite_table(&count);
    lk_reader input = lk_reader_over(data, size);
    uint8_t version = lk_reader_u8(&input) % VERSIONS, suite = lk_reader_u8(&input), type = lk_reader_u8(&input);
    if (input.failed)
        return 0;
    lk_field_context context = {.version = version > 0 ? (uint16_t)(0x02ff + version) : 0,
                                .suite = suite % (count + 1) < count ? &suites[suite % (count + 1)] : NULL};
    lk_fields_tell(context, type, input, check, NULL);
    return 0;
}

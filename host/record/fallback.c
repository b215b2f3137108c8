/* SPDX-License-Identifier: Apache-2.0 */
#include "record/fallback.h"

#include <stddef.h>

static const char *const sentences[] = {
#define FALLBACK_SENTENCE(name, sentence) sentence,
    LK_FALLBACK_TABLE(FALLBACK_SENTENCE)
#undef FALLBACK_SENTENCE
};

static const char *const names[] = {
    [LK_FALLBACK_NONE] = "none",
    [LK_FALLBACK_NO_DEVICE] = "no_device",
    [LK_FALLBACK_UNSUPPORTED] = "unsupported",
    [LK_FALLBACK_FULL] = "full",
    [LK_FALLBACK_UNPLUGGED] = "unplugged",
    [LK_FALLBACK_HUNG] = "hung",
    [LK_FALLBACK_STALLED] = "stalled",
    [LK_FALLBACK_PROTOCOL] = "protocol",
    [LK_FALLBACK_FORGOTTEN] = "forgotten",
    [LK_FALLBACK_INHERITED] = "inherited",
    [LK_FALLBACK_DISAGREED] = "disagreed",
    [LK_FALLBACK_RESOURCES] = "resources",
    [LK_FALLBACK_OTHER] = "other",
};

_Static_assert(sizeof names / sizeof names[0] == LK_FALLBACK_COUNT, "every reason has a name");

const char *lk_fallback_name(lk_fallback fallback)
{
    return names[(unsigned)fallback < LK_FALLBACK_COUNT ? fallback : LK_FALLBACK_OTHER];
}

const char *lk_fallback_sentence(lk_fallback fallback)
{
    return sentences[(unsigned)fallback < LK_FALLBACK_COUNT ? fallback : LK_FALLBACK_OTHER];
}

lk_fallback lk_fallback_of(lk_error error)
{
    static const struct {
        lk_error error;
        lk_fallback fallback;
    } rows[] = {
        {LK_OK, LK_FALLBACK_NONE},
        {LK_ERROR_DEVICE_NOT_FOUND, LK_FALLBACK_NO_DEVICE},
        {LK_ERROR_ENGINE_UNSUPPORTED, LK_FALLBACK_UNSUPPORTED},
        {LK_ERROR_ENGINE_FULL, LK_FALLBACK_FULL},
        {LK_ERROR_DEVICE_LOST, LK_FALLBACK_UNPLUGGED},
        {LK_ERROR_DEVICE_HUNG, LK_FALLBACK_HUNG},
        {LK_ERROR_DEVICE_STALLED, LK_FALLBACK_STALLED},
        {LK_ERROR_DEVICE_PROTOCOL, LK_FALLBACK_PROTOCOL},
        {LK_ERROR_ENGINE_STALE, LK_FALLBACK_FORGOTTEN},
        {LK_ERROR_DEVICE_INHERITED, LK_FALLBACK_INHERITED},
        {LK_ERROR_DEVICE_DISAGREES, LK_FALLBACK_DISAGREED},
        {LK_ERROR_NO_MEMORY, LK_FALLBACK_RESOURCES},
        {LK_ERROR_INPUT_OUTPUT, LK_FALLBACK_RESOURCES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].error == error)
            return rows[i].fallback;
    return LK_FALLBACK_OTHER;
}

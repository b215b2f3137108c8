/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of a configuration, by their names. */
#include "connection/config.h"

#include <string.h>
#include <strings.h>

static bool is_name(const char *known, const char *name, size_t length)
{
    return known && strlen(known) == length && strncasecmp(known, name, length) == 0;
}

static const lk_group *group_named(const char *name, size_t length)
{
    size_t count = 0;
    const lk_group *groups = lk_group_table(&count);
    for (size_t i = 0; i < count; i++)
        if (is_name(groups[i].title, name, length) || is_name(groups[i].curve, name, length))
            return &groups[i];
    return NULL;
}

lk_error lk_config_set_groups(lk_config *config, const char *list)
{
    const lk_group *chosen[LK_GROUP_MAX];
    size_t count = 0;
    uint32_t met = 0;
    if (!list || *list == '\0')
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "the list of groups is empty");
    for (const char *name = list; name; name = strchr(name, ':') ? strchr(name, ':') + 1 : NULL) {
        size_t length = strcspn(name, ":");
        const lk_group *group = group_named(name, length);
        if (!group)
            return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "\"%.*s\" is the name of no group of this library",
                                  (int)length, name);
        if (!(met & lk_group_bit(group)))
            chosen[count++] = group;
        met |= lk_group_bit(group);
    }
    memcpy(config->settings.groups, chosen, count * sizeof chosen[0]);
    config->settings.group_count = count;
    return LK_OK;
}

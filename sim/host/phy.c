/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/phy.h"

#include "tools/pcapng.h"

void lk_phy_end(lk_phy *phy)
{
    phy->methods->free_model(phy);
}

void lk_phy_hold_reset(lk_phy *phy, bool hold)
{
    phy->methods->hold_reset(phy, hold);
}

void lk_phy_cycle(lk_phy *phy)
{
    phy->methods->cycle(phy);
}

void lk_phy_send(lk_phy *phy)
{
    phy->sending = true;
    phy->methods->send(phy);
}

void lk_phy_record(lk_phy *phy, const lk_packet *packet, uint64_t began)
{
    if (phy->capture) /* that it cannot be written, its owner finds when it is closed */
        lk_pcapng_packet(phy->capture, began * 1000 / phy->methods->megahertz, packet->bytes, packet->length);
}

bool lk_phy_is_high_speed(const lk_phy *phy)
{
    return phy->methods->is_high_speed(phy);
}

bool lk_phy_is_chirping(const lk_phy *phy)
{
    return phy->methods->is_chirping(phy);
}

bool lk_phy_is_attached(const lk_phy *phy)
{
    return phy->methods->is_attached(phy);
}

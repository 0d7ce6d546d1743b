// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include <kasio/assignor.hpp>
#include "group/assign_view.hpp"
#include "group/sticky_balance.hpp"
#include "group/sticky_claims.hpp"
#include "group/sticky_user_data.hpp"

#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

using index = assign_view::index;

std::vector<sticky_claims::claim> claims_of(const assign_view& view,
                                            sticky_claims::claim (*claim_of)(const member_subscription&)) {
    std::vector<sticky_claims::claim> claims;
    for (index member = 0; member < view.member_count(); ++member)
        claims.push_back(claim_of(view.member(member)));
    return claims;
}

/// Eager members own nothing by the time they join; what they had stands in the user data. Who wrote nonsense
/// there has no claim.
sticky_claims::claim eager_claim(const member_subscription& member) {
    auto read = decode_sticky(bytes_view{member.user_data});
    if (!read) return {};
    return {std::move(read->partitions), read->generation};
}

/// Members before Kafka 3.2 have no generation in their subscription, but one in the user data.
sticky_claims::claim cooperative_claim(const member_subscription& member) {
    return {member.owned, member.generation >= 0 ? member.generation
                                                 : decode_cooperative_sticky(bytes_view{member.user_data})};
}

class sticky final : public assignor {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "sticky"; }

    [[nodiscard]] std::optional<std::string> user_data(const partition_list& owned,
                                                       std::int32_t generation) const override {
        if (owned.empty() && generation < 0) return std::nullopt;
        return encode_sticky(owned, generation);
    }

    [[nodiscard]] std::vector<member_assignment> assign(
        const std::vector<member_subscription>& members,
        const std::vector<topic_layout>& topics) const override {
        const assign_view view{members, topics, assign_view::member_order::member_id};
        const sticky_claims claims{view, claims_of(view, eager_claim)};
        return view.name(balance_sticky(view, claims));
    }
};

class cooperative_sticky final : public assignor {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "cooperative-sticky"; }
    [[nodiscard]] rebalance_protocol protocol() const noexcept override {
        return rebalance_protocol::cooperative;
    }

    [[nodiscard]] std::optional<std::string> user_data(const partition_list&,
                                                       std::int32_t generation) const override {
        return encode_cooperative_sticky(generation);
    }

    [[nodiscard]] std::vector<member_assignment> assign(
        const std::vector<member_subscription>& members,
        const std::vector<topic_layout>& topics) const override {
        const assign_view view{members, topics, assign_view::member_order::member_id};
        const sticky_claims claims{view, claims_of(view, cooperative_claim)};
        auto held = balance_sticky(view, claims);
        for (index member = 0; member < held.size(); ++member)
            std::erase_if(held[member],
                          [&](index partition) { return claims.in_other_hands(member, partition); });
        return view.name(std::move(held));
    }
};

} // namespace

std::shared_ptr<assignor> sticky_assignor() { return std::make_shared<sticky>(); }
std::shared_ptr<assignor> cooperative_sticky_assignor() { return std::make_shared<cooperative_sticky>(); }

KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/bytes.hpp>
#include <kasio/config.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

// What the machines of groups share. They are told the time with each input and read no clock.

using group_time = std::chrono::steady_clock::time_point;

/// A request that waits for its group, named by its connection: each has one request under way.
using group_waiter = std::uint64_t;

/// Bytes of a member, which answers under way keep in place.
class held_bytes {
public:
    held_bytes() = default;
    explicit held_bytes(bytes_view from) : size_{from.size()} {
        if (size_ == 0) return;
        const std::shared_ptr<std::byte[]> copy{new std::byte[size_]};
        std::memcpy(copy.get(), from.data(), size_);
        data_ = copy;
    }

    /// Empty, but never null.
    [[nodiscard]] bytes_view view() const noexcept {
        if (size_ == 0) return bytes_view{""};
        return bytes_view{reinterpret_cast<const char*>(data_.get()), size_};
    }
    [[nodiscard]] const std::shared_ptr<const std::byte[]>& keeper() const noexcept { return data_; }

    friend bool operator==(const held_bytes& a, const held_bytes& b) noexcept {
        return a.size_ == b.size_ &&
               (a.size_ == 0 || std::memcmp(a.data_.get(), b.data_.get(), a.size_) == 0);
    }

private:
    std::shared_ptr<const std::byte[]> data_;
    std::size_t size_ = 0;
};

/// How the bounds and waits of groups are set; see `group_options`.
struct group_limits {
    std::chrono::milliseconds initial_rebalance_delay{0};
    std::chrono::milliseconds min_session_timeout{0};
    std::chrono::milliseconds max_session_timeout{std::chrono::hours{24}};
    std::size_t max_size = 1'000'000;
    /// What clients ask for, session and rebalance time-outs, is multiplied by this.
    double time_scale = 1;

    [[nodiscard]] std::chrono::milliseconds scaled(std::chrono::milliseconds asked) const {
        const auto scaled = std::chrono::duration<double, std::milli>{asked} * time_scale;
        return std::chrono::ceil<std::chrono::milliseconds>(scaled);
    }
};

/// What JoinGroup is answered with.
struct join_result {
    struct member {
        std::string id;
        std::optional<std::string> instance_id;
        held_bytes metadata;
    };
    broker_errc error = broker_errc::none;
    std::int32_t generation = -1;
    std::string protocol_type;
    std::string protocol;
    std::string leader;
    std::string member_id;
    bool skip_assignment = false;
    /// For the leader alone.
    std::vector<member> members;
};

/// What SyncGroup is answered with.
struct sync_result {
    broker_errc error = broker_errc::none;
    std::string protocol_type;
    std::string protocol;
    held_bytes assignment;
};

/// Answers that are ready, for those who waited for them.
struct group_replies {
    std::map<group_waiter, join_result> joins;
    std::map<group_waiter, sync_result> syncs;
};

} // namespace testing
KASIO_END_NAMESPACE

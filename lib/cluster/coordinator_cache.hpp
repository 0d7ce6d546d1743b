// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/destination.hpp>
#include <kasio/error.hpp>
#include <kasio/messages/coordinator.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Which broker coordinates what, as far as it was asked for. An entry holds until somebody whom its broker
/// turned away, or who could not reach it, forgets it.
class coordinator_cache {
public:
    using name = std::pair<coordinator_kind, std::string>;

    /// -1: not known.
    [[nodiscard]] std::int32_t find(const name& which) const noexcept {
        const auto place = nodes_.find(which);
        return place == nodes_.end() ? -1 : place->second;
    }
    void store(const name& which, std::int32_t node) { nodes_[which] = node; }
    /// `node` is whom the caller had asked: what has been found out since then stays. -1: whoever it is.
    void forget(const name& which, std::int32_t node) noexcept {
        const auto place = nodes_.find(which);
        if (place != nodes_.end() && (node < 0 || place->second == node)) nodes_.erase(place);
    }
    void clear() noexcept { nodes_.clear(); }
    [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

private:
    std::map<name, std::int32_t> nodes_;
};

/// What FindCoordinator says of one key.
struct found_coordinator {
    error_code error;
    std::int32_t node = -1;
    std::string host;
    std::int32_t port = -1;
    found_coordinator() {}
};

/// `in_lists`: the broker takes and gives lists (`capability::batched_coordinator_lookup`).
[[nodiscard]] protocol::find_coordinator_request about_coordinator(const coordinator_cache::name& which,
                                                                   bool in_lists);
/// A success names a broker that can be connected to: what names none is `coordinator_not_available`.
[[nodiscard]] found_coordinator coordinator_in(const protocol::find_coordinator_response& answer,
                                               std::string_view key, bool in_lists);

/// Codes of a coordinator after which somebody else has to be asked: it moved or goes down. One that is
/// loading (14) stays the one.
[[nodiscard]] inline bool coordinator_moved(const error_code& error) noexcept {
    return error == broker_errc::not_coordinator || error == broker_errc::coordinator_not_available;
}

KASIO_END_NAMESPACE

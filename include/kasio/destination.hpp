// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <string>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// For what a broker is the coordinator. The numbers are Kafka's key types.
enum class coordinator_kind : std::int8_t {
    /// Members and offsets of a group; the key is its id.
    group = 0,
    /// A transactional producer; the key is its transactional id. Kafka 0.11 and later.
    transaction = 1,
    /// The state of a share group's partition (KIP-932); the key is `group:topic id:partition`.
    share = 2,
};

/// Which broker of a cluster a request is for.
class destination {
public:
    enum class kind : std::uint8_t { any, controller, node, coordinator };

    /// Whichever broker answers: the least loaded open connection, else any that can be reached.
    [[nodiscard]] static destination any() { return destination{kind::any}; }
    /// The broker that Metadata names the controller: what creates and deletes topics on old clusters. Any
    /// broker while none is known, since brokers pass it on (Kafka 3 and later).
    [[nodiscard]] static destination controller() { return destination{kind::controller}; }
    /// The broker with that id.
    [[nodiscard]] static destination node(std::int32_t id) {
        destination made{kind::node};
        made.node_ = id;
        return made;
    }
    /// The broker in charge of `key`.
    [[nodiscard]] static destination coordinator(coordinator_kind of, std::string key) {
        destination made{kind::coordinator};
        made.of_ = of;
        made.key_ = std::move(key);
        return made;
    }
    /// The coordinator of a group.
    [[nodiscard]] static destination group(std::string id) {
        return coordinator(coordinator_kind::group, std::move(id));
    }
    /// The coordinator of a transactional id.
    [[nodiscard]] static destination transaction(std::string id) {
        return coordinator(coordinator_kind::transaction, std::move(id));
    }

    [[nodiscard]] kind to() const noexcept { return to_; }
    /// -1 unless `to()` is `node`.
    [[nodiscard]] std::int32_t node_id() const noexcept { return node_; }
    /// Of a `coordinator`.
    [[nodiscard]] coordinator_kind of() const noexcept { return of_; }
    [[nodiscard]] const std::string& key() const noexcept { return key_; }

private:
    explicit destination(kind to) noexcept : to_{to} {}

    kind to_;
    coordinator_kind of_ = coordinator_kind::group;
    std::int32_t node_ = -1;
    std::string key_;
};

KASIO_END_NAMESPACE

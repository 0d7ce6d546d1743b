// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/error.hpp>
#include <kasio/metadata.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// In order, each once.
using partition_set = std::vector<topic_partition>;

[[nodiscard]] partition_set ordered(partition_set partitions);
/// Those of `from` that are not in `without`.
[[nodiscard]] partition_set minus(const partition_set& from, const partition_set& without);
[[nodiscard]] partition_set plus(const partition_set& some, const partition_set& others);

/// What a member's machine wants done.
struct member_action {
    enum class kind : std::uint8_t {
        /// Find out who is in charge; `on_coordinator` is the answer.
        find_coordinator,
        /// It is another one by now.
        forget_coordinator,
        /// Send the request, and answer with `ticket`: classic.
        join,
        sync,
        heartbeat,
        /// Classic, and with KIP-848 a last heartbeat; not over the member's own line, where a JoinGroup may
        /// be
        /// held back.
        leave,
        /// KIP-848: a heartbeat.
        report,
        /// KIP-848: names of topics that are known by `ids` only; `on_names` is the answer.
        resolve,
        /// Stop handing out `partitions`, commit, run the hook, forget them; then `on_given_up`. When they
        /// are
        /// `lost` they are forgotten before the hook runs, and nothing is committed.
        give_up,
        /// Run the hook for `partitions`, begin to read them; then `on_taken`.
        take,
        /// What `give_up` or `take` has begun counts as done: the hook is not waited for any more. There will
        /// be no answer.
        hurry,
        /// `cause` is worth an event.
        tell,
        /// The member is none and will be none, because of `cause`.
        fail,
        /// It has left, or there was nothing to leave.
        gone,
    };
    kind what = kind::tell;
    std::uint64_t ticket = 0;
    partition_set partitions;
    bool lost = false;
    error_code cause;
    std::vector<uuid> ids;

    member_action() {}
    explicit member_action(kind which, std::uint64_t number = 0) : what{which}, ticket{number} {}
};
using member_actions = std::vector<member_action>;

KASIO_END_NAMESPACE

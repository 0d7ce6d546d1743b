// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/committed_offset.hpp>
#include <kasio/config.hpp>
#include <kasio/group_options.hpp>
#include <kasio/metadata.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

class consumer_group; // in the library: what a consumer does as a member of its group

/// What a consumer does with its group (`group_id` of its options); part of `consumer`.
///
/// **Executor, threads, lifetime**: as `consumer` says. Without a `group_id` nothing here is possible:
/// `errc::invalid_argument`.
class group_handle {
public:
    /// Has the group share the topics out among its members. What this one gets is read from where the group
    /// has committed, or by `offset_reset`; hooks of the options are told of what comes and goes.
    ///
    /// Joins at once; `async_poll` gives what is read, and must be called again within `max_poll_interval`.
    /// Replaces what was subscribed before, and what `assign` said. A topic that does not exist is waited
    /// for. When the group cannot be entered (not authorised, no common assignor, another member with this
    /// instance id, ...) every poll ends with that error.
    ///
    /// Throws `boost::system::system_error` (`errc::invalid_argument`) without a group or topics, for an
    /// empty name, and, with `group_protocol::classic`, for a regular expression that cannot be read.
    KASIO_DECL void subscribe(std::vector<std::string> topics);
    KASIO_DECL void subscribe(std::string topic);
    KASIO_DECL void subscribe(topic_pattern topics);
    /// Commits (`auto_commit`), runs `on_revoked`, and leaves the group, all in the background. Nothing is
    /// read then. A later `subscribe` waits for it.
    KASIO_DECL void unsubscribe();
    /// As whom the group knows this consumer now.
    [[nodiscard]] KASIO_DECL kasio::group_metadata group_metadata() const;

    /// Commits what polls gave up to now, of all partitions that are read; or the offsets given.
    ///
    /// Completes with `void(error_code, std::vector<committed_offset>)`: success when every partition was
    /// committed, otherwise what is wrong with the first that was not; the items tell each. Commits of one
    /// consumer are made in the order of the calls: an older one never overtakes a newer one. During a
    /// rebalance it waits for the new generation.
    ///
    /// Errors: `assignment_lost` when a subscribed consumer does not have the partition (any more);
    /// `broker_errc::illegal_generation`, `broker_errc::unknown_member_id` and
    /// `broker_errc::fenced_member_epoch` when the group went on without this member; the broker's other
    /// codes that trying again does not mend (`group_authorization_failed`, `unknown_topic_id` where another
    /// topic took the name, ...); after `default_timeout` of the cluster what stood in the way;
    /// `invalid_argument` for a negative offset; `closed`.
    ///
    /// Cancellation (every type): ends the wait with `operation_aborted`. A commit that has not been sent is
    /// dropped; of one that has it is not known whether it counts.
    template <class Token = boost::asio::deferred_t>
        requires(!std::is_convertible_v<Token, std::vector<committed_offset>> &&
                 !std::is_convertible_v<Token, committed_offset>)
    auto async_commit(Token&& token = {}) {
        return start<Token>(std::nullopt, token);
    }
    template <class Token = boost::asio::deferred_t>
    auto async_commit(std::vector<committed_offset> offsets, Token&& token = {}) {
        return start<Token>(std::move(offsets), token);
    }
    template <class Token = boost::asio::deferred_t>
    auto async_commit(committed_offset offset, Token&& token = {}) {
        return start<Token>(std::vector<committed_offset>{std::move(offset)}, token);
    }

    /// What the group has committed of any partitions.
    ///
    /// Completes with `void(error_code, std::vector<committed_offset>)`, one a partition, sorted; -1 where
    /// there is none. With `read_committed` offsets of open transactions are waited for (KIP-447). Errors as
    /// for `async_commit`, of the whole or in the items. Cancellation (every type): `operation_aborted`.
    template <class Token = boost::asio::deferred_t>
    auto async_committed(std::vector<topic_partition> partitions, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code, std::vector<committed_offset>)>(
            [](auto handler, std::shared_ptr<consumer_group> group, std::vector<topic_partition> asked) {
                start_committed(group, std::move(asked), std::move(handler));
            },
            token, group_, std::move(partitions));
    }

protected:
    group_handle() noexcept = default;
    group_handle(group_handle&&) noexcept = default;
    group_handle& operator=(group_handle&&) noexcept = default;
    ~group_handle() = default;
    std::shared_ptr<consumer_group> group_;

private:
    using offsets_handler =
        boost::asio::any_completion_handler<void(error_code, std::vector<committed_offset>)>;

    template <class Token>
    auto start(std::optional<std::vector<committed_offset>> offsets, Token& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::vector<committed_offset>)>(
            [](auto handler, std::shared_ptr<consumer_group> group,
               std::optional<std::vector<committed_offset>> given) {
                start_commit(group, std::move(given), std::move(handler));
            },
            token, group_, std::move(offsets));
    }
    KASIO_DECL static void start_commit(const std::shared_ptr<consumer_group>& group,
                                        std::optional<std::vector<committed_offset>> offsets,
                                        offsets_handler handler);
    KASIO_DECL static void start_committed(const std::shared_ptr<consumer_group>& group,
                                           std::vector<topic_partition> partitions, offsets_handler handler);
};

KASIO_END_NAMESPACE

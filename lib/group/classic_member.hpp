// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "group/group_member.hpp"

#include <kasio/assignor.hpp>
#include <kasio/messages/group.hpp>

#include <memory>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// A member by the classic protocol (Java's AbstractCoordinator and ConsumerCoordinator; KIP-62, 345, 394,
/// 429, 559, 800, 814).
///
/// join -> sync -> heartbeats, until the group changes or the broker says that it does. While nothing is due
/// but heartbeats it is stable. Eager: all is given up before each join. Cooperative: all is kept, what the
/// new assignment takes away is given up after it, and the member joins once more.
class classic_member final : public group_member {
public:
    /// In order of preference.
    classic_member(member_settings settings, std::vector<std::shared_ptr<assignor>> assignors);

    // What to send.

    /// `space` keeps the bytes that the request refers to.
    [[nodiscard]] protocol::join_group_request join_request(std::vector<std::string>& space) const;
    /// Without assignments, which are the leader's duty.
    [[nodiscard]] protocol::sync_group_request sync_request() const;
    [[nodiscard]] protocol::heartbeat_request heartbeat_request() const;
    [[nodiscard]] protocol::leave_group_request leave_request() const;
    /// Takes out what an older version has no place for.
    static void adapt(protocol::sync_group_request& request, std::int16_t version);
    static void adapt(protocol::heartbeat_request& request, std::int16_t version);
    static void adapt(protocol::leave_group_request& request, std::int16_t version);

    // What came of it. `error` is the line's.

    void on_joined(std::uint64_t ticket, error_code error, const protocol::join_group_response& answer,
                   time_point now, member_actions& out);
    void on_synced(std::uint64_t ticket, error_code error, const protocol::sync_group_response& answer,
                   time_point now, member_actions& out);
    void on_heartbeat(std::uint64_t ticket, error_code error, std::int16_t code, time_point now,
                      member_actions& out);
    /// The leader could not share out: nothing was sent.
    void on_duties_failed(std::uint64_t ticket, error_code error, time_point now, member_actions& out);
    /// The group's topics are not what they were when this member, its leader, shared them out.
    void on_topics_changed(time_point now, member_actions& out);

    [[nodiscard]] time_point next_wake() const noexcept override;
    [[nodiscard]] group_identity identity() const override;
    [[nodiscard]] bool stable() const noexcept override;
    /// It has tried to join.
    [[nodiscard]] bool was_asked() const noexcept { return asked_; }
    [[nodiscard]] bool leads() const noexcept { return leads_; }
    /// It led before, and the broker kept the assignment (KIP-814): nothing has to be shared out.
    [[nodiscard]] bool has_duties() const noexcept { return leads_ && !skips_; }
    [[nodiscard]] std::int32_t generation() const noexcept { return generation_; }
    /// The assignor that the group has agreed on; null before.
    [[nodiscard]] const std::shared_ptr<assignor>& agreed() const noexcept { return agreed_; }
    [[nodiscard]] rebalance_protocol protocol() const noexcept { return protocol_; }

protected:
    void on_subscribed(time_point now) override;
    void proceed(time_point now, member_actions& out) override;
    void after_given_up(time_point now, member_actions& out) override;
    void after_taken(time_point now, member_actions& out) override;
    void forget_membership() override;
    [[nodiscard]] bool must_tell(group_exit how) const noexcept override;
    [[nodiscard]] bool awaits_id(group_exit how) const noexcept override;
    void on_refused(std::int16_t code, time_point now, member_actions& out) override;
    [[nodiscard]] bool is_joining() const noexcept override;
    void drop_requests() override;

private:
    enum class request : std::uint8_t { none, join, sync };

    [[nodiscard]] bool tells(group_exit how) const noexcept;
    void beat(time_point now, member_actions& out);
    bool prepare(time_point now, member_actions& out);
    void want_join(const char* reason) noexcept;
    /// True when the code has been dealt with.
    bool on_line_failed(error_code error, time_point now, member_actions& out);
    void on_code(std::int16_t code, time_point now, member_actions& out);
    void lose_generation(bool keep_id, std::int16_t code, time_point now, member_actions& out);
    void reconcile(time_point now, member_actions& out);

    const std::vector<std::shared_ptr<assignor>> assignors_;
    rebalance_protocol protocol_;
    std::string member_id_;
    std::int32_t generation_ = -1;
    /// The last generation in which an assignment was received: since when `owned` is.
    std::int32_t owned_since_ = -1;
    std::shared_ptr<assignor> agreed_;
    bool leads_ = false;
    bool skips_ = false;

    bool wants_join_ = false;
    const char* reason_ = "";
    bool prepared_ = false;
    bool asked_ = false;
    request asking_ = request::none;
    std::uint64_t ticket_ = 0;
    std::uint64_t heartbeat_ticket_ = 0;
    time_point heartbeat_at_{};
    time_point next_heartbeat_ = never;
    partition_set target_;
    bool has_target_ = false;
    /// Something was given up: the others may have it only once this member has joined again.
    bool join_again_ = false;
    bool outdated_ = false;
};

[[nodiscard]] partition_list by_topic(const partition_set& partitions);
[[nodiscard]] partition_set one_by_one(const partition_list& partitions);

KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/complete.hpp"
#include "consumer/consumer_core.hpp"
#include "group/classic_member.hpp"
#include "group/consumer_member.hpp"
#include "group/coordinator_line.hpp"
#include "group/leader_duties.hpp"
#include "group/offset_commits.hpp"
#include "group/rebalance_state.hpp"

#include <kasio/group_options.hpp>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What a consumer does with its group: offsets (committing.cpp), being a member (membership.cpp), what
/// members send (member_requests.cpp), partitions that come and go (rebalancing.cpp), a leader's duties and
/// patterns (group_topics.cpp), life and end (consumer_group.cpp).
///
/// The rules of membership are the machines' (classic_member, consumer_member); here is what they want done.
/// Everything happens on the cluster's strand but for the functions that callers use, which post there.
class consumer_group final : public group_link,
                             public commit_owner,
                             public std::enable_shared_from_this<consumer_group> {
public:
    using offsets_completion = waiting_completion<std::vector<committed_offset>>;
    using offsets_handler = offsets_completion::handler_type;
    struct subscription {
        std::vector<std::string> topics;
        std::string pattern;
    };

    /// Throws `boost::system::system_error` (`errc::invalid_option`).
    static std::shared_ptr<consumer_group> create(const std::shared_ptr<consumer_core>& core);
    explicit consumer_group(const std::shared_ptr<consumer_core>& core);

    // From any thread.
    /// Throws `boost::system::system_error` (`errc::invalid_argument`).
    void subscribe(subscription to);
    void unsubscribe();
    [[nodiscard]] kasio::group_metadata metadata() const;
    void commit(std::optional<std::vector<committed_offset>> offsets, offsets_handler handler);
    void committed(std::vector<topic_partition> partitions, offsets_handler handler);
    void close(close_options how, unique_function<void()> done);

    // From the consumer, on the strand.
    void look_for_committed() override;
    [[nodiscard]] bool subscribed() const noexcept override { return subscription_.has_value(); }
    [[nodiscard]] bool may_hand_out(time_point now) noexcept override;
    void on_back_for_more() override;
    void on_worked_off() override;
    void commit(const std::vector<partition_offset>& offsets,
                unique_function<void(error_code)> done) override;
    void on_served(bool waiting) override;
    void on_metadata() override;
    void end(error_code cause) override;
    void on_context_shutdown() noexcept override;

    // From what commits, on the strand.
    [[nodiscard]] group_identity identity() const override;
    [[nodiscard]] std::uint64_t held_since(const topic_partition& partition) const override;
    bool on_refused(commit_step step, error_code cause, const group_identity& said) override;

private:
    /// Partitions that come or go.
    struct change {
        partition_set partitions;
        bool gives_up = false;
        bool lost = false;
        error_code cause;
        /// The caller has come back for more, or need not.
        bool at_rest = false;
        /// The hook has been called, if there is one.
        bool told = false;
        /// The machine does not wait for it any more.
        bool abandoned = false;
    };
    using change_ptr = std::shared_ptr<change>;

    // committing.cpp
    void start_commit(std::optional<std::vector<committed_offset>> offsets,
                      std::shared_ptr<offsets_completion> waiting);
    void start_committed(std::vector<topic_partition> partitions,
                         std::shared_ptr<offsets_completion> waiting);
    void on_looked_up(const std::vector<consumer_core::committed_question>& asked, error_code error,
                      const std::vector<committed_offset>& found);
    void tell_commit(error_code outcome, const std::vector<committed_offset>& offsets);
    void commit_automatically();
    void commit_consumed(bool worked_off, const partition_set* only, time_point deadline,
                         unique_function<void()> done);
    void arm_auto_commit();

    // membership.cpp
    void start_subscription(subscription to);
    void start_unsubscribing();
    void decide();
    void on_decided(error_code error, const std::shared_ptr<session>& line);
    void retry_deciding(error_code error);
    [[nodiscard]] bool may_choose_again(const error_code& cause) const;
    void enter(group_protocol by);
    [[nodiscard]] member_settings settings();
    /// Gives the machine an input, and does what it wants then.
    template <class Input>
    void act(Input input);
    /// The same for an answer to what an earlier machine may have asked.
    template <class Input>
    void answer(std::uint64_t entry, Input input) {
        if (entry == entries_) act(std::move(input));
    }
    void perform_all();
    void perform(member_action& action);
    void tell(error_code cause);
    void on_failed(error_code cause);
    void on_gone();
    void arm();
    void publish();

    // consumer_group.cpp
    void start_closing(group_exit how, time_point deadline);
    void finish_closing();

    // member_requests.cpp
    [[nodiscard]] time_point request_limit() const;
    bool without_coordinator() const noexcept { return line_->node() < 0; }
    void find_coordinator();
    void send_join(std::uint64_t ticket);
    void send_sync(std::uint64_t ticket);
    void send_assignments(std::uint64_t ticket);
    void send_heartbeat(std::uint64_t ticket);
    void send_leave(std::uint64_t ticket);
    void send_report(std::uint64_t ticket);
    void send_last_report(std::uint64_t ticket);

    // rebalancing.cpp
    void start_giving_up(member_action& action);
    void go_on_giving_up(const change_ptr& what);
    void run_give_up_hook(const change_ptr& what);
    void tell_lost(const partition_set& gone);
    void on_hook_done(const change_ptr& what, bool failed);
    void settle(const change_ptr& what);
    void finish(const change_ptr& what);
    void forget(const partition_set& gone);
    void start_taking(member_action& action);
    void hurry();

    // group_topics.cpp
    void watch_topics();
    void start_duties(std::uint64_t ticket);
    void on_layouts(std::uint64_t ticket, error_code error, const protocol::metadata_response& answer);
    void look_at_layouts();
    void match_topics();
    void on_topic_names(error_code error, const protocol::metadata_response& answer);
    void resolve(std::vector<uuid> ids);

    const std::shared_ptr<cluster_core> cluster_;
    const std::weak_ptr<consumer_core> core_;
    const consumer_options options_;
    const std::shared_ptr<coordinator_line> line_;
    std::shared_ptr<offset_commits> offsets_;

    // Offsets.
    bool looking_up_ = false;
    bool look_up_again_ = false;
    int look_up_failures_ = 0;
    bool auto_commit_armed_ = false;
    /// What was committed last, so that it is not committed again.
    std::map<topic_partition, std::int64_t> last_committed_;
    /// Partitions of the subscription, and since when each is this member's.
    std::map<topic_partition, std::uint64_t> held_since_;
    std::uint64_t takings_ = 0;

    // Membership.
    std::optional<subscription> subscription_;
    /// What comes when the group has been left.
    std::optional<subscription> next_;
    std::unique_ptr<group_member> member_;
    /// The same, as what it is.
    classic_member* classic_ = nullptr;
    consumer_member* by_epoch_ = nullptr;
    std::uint64_t entries_ = 0;
    bool deciding_ = false;
    bool chose_again_ = false;
    bool leaving_ = false;
    int decide_attempts_ = 0;
    std::deque<member_action> wanted_;
    bool performing_ = false;
    time_point armed_ = time_point::max();
    bool held_up_ = false;
    bool join_under_way_ = false;
    change_ptr change_;
    time_point close_end_ = time_point::max();

    // Topics.
    std::set<std::string, std::less<>> watched_;
    std::vector<std::string> matched_;
    bool matching_ = false;
    std::unique_ptr<leader_duties> duties_;
    std::shared_ptr<std::vector<std::pair<std::string, std::string>>> assignments_;
    /// Partitions of the topics that this member shared out as leader.
    std::map<std::string, std::size_t> shared_out_;

    bool closing_ = false;
    /// All that closing waits for is over, or its time.
    bool left_ = false;
    std::vector<unique_function<void()>> closers_;
    error_code ended_;

    mutable std::mutex mutex_;
    kasio::group_metadata published_;
};

template <class Input>
void consumer_group::act(Input input) {
    if (!member_ || ended_) return;
    member_actions out;
    input(*member_, steady_clock::now(), out);
    for (auto& each : out) wanted_.push_back(std::move(each));
    perform_all();
}

KASIO_END_NAMESPACE

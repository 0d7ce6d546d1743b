// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"
#include "group/commit_list.hpp"
#include "group/coordinator_line.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// For whom offsets are committed. On the strand.
class commit_owner {
public:
    [[nodiscard]] virtual group_identity identity() const = 0;
    /// Since when the partition is this member's to commit: another number each time that it is given. 0: it
    /// is not.
    [[nodiscard]] virtual std::uint64_t held_since(const topic_partition& partition) const = 0;
    /// The broker does not take us for who we said we are. True when there is hope: the group is about to
    /// know us as somebody else.
    virtual bool on_refused(commit_step step, error_code cause, const group_identity& said) = 0;

protected:
    ~commit_owner() = default;
};

/// Commits and looks up a group's offsets, as often as it takes. On the strand.
///
/// One commit at a time, in the order in which they came, so that an older one never overtakes a newer one;
/// look-ups go beside them. What a partition was to be committed to does not outlive the time for which it
/// was held: when it comes back, others may have committed more.
class offset_commits : public std::enable_shared_from_this<offset_commits> {
public:
    using done_type = unique_function<void(error_code, std::vector<committed_offset>)>;
    /// False: nobody wants it any more; then it is not sent.
    using wanted_type = std::function<bool()>;

    offset_commits(std::shared_ptr<cluster_core> cluster, std::shared_ptr<coordinator_line> line,
                   std::weak_ptr<commit_owner> owner, bool require_stable);

    /// Without items `done` is called once all earlier commits are over.
    void commit(std::vector<committed_offset> items, time_point deadline, done_type done,
                wanted_type wanted = nullptr);
    void look_up(std::vector<committed_offset> items, time_point deadline, done_type done,
                 wanted_type wanted = nullptr);
    /// No commit is under way or waits.
    [[nodiscard]] bool idle() const noexcept { return queue_.empty(); }
    /// Nothing takes longer than until then.
    void hurry(time_point deadline);
    /// Completes all with `cause`, and what comes later too.
    void end(error_code cause);
    /// Destroys all unrun.
    void drop() noexcept;

private:
    struct job {
        commit_list list;
        bool asks = false;
        time_point deadline;
        done_type done;
        wanted_type wanted;
        /// Since when each item was held at the call.
        std::vector<std::uint64_t> held = {};
        error_code first_cause = {};
        int attempts = 0;
        bool sent = false;
        /// A broker does not know a topic's id.
        bool id_refused = false;
        bool over = false;
    };
    using job_ptr = std::shared_ptr<job>;

    void next();
    void step(const job_ptr& what);
    void send(const job_ptr& what);
    /// The highest version by which it can be said what to commit, or to look up.
    [[nodiscard]] std::int16_t highest_for(job& what) const;
    void on_answer(const job_ptr& what, error_code error, const group_identity& said,
                   const std::function<commit_list::verdict()>& read);
    void again(const job_ptr& what, error_code cause);
    void finish(const job_ptr& what, error_code whole = {});

    const std::shared_ptr<cluster_core> cluster_;
    const std::shared_ptr<coordinator_line> line_;
    const std::weak_ptr<commit_owner> owner_;
    const bool require_stable_;
    /// Commits; the first is under way.
    std::deque<job_ptr> queue_;
    bool sending_ = false;
    std::set<job_ptr> look_ups_;
    error_code ended_;
};

KASIO_END_NAMESPACE

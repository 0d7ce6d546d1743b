// SPDX-License-Identifier: BSL-1.0
// Life and end of a consumer's group.
#include "group/consumer_group.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

KASIO_BEGIN_NAMESPACE

namespace {

void check(bool valid, const char* what) {
    if (!valid) throw boost::system::system_error{make_error_code(errc::invalid_option), what};
}

void check(const consumer_options& options) {
    using std::chrono::milliseconds;
    const auto positive = [](milliseconds time) { return time > milliseconds::zero(); };
    check(positive(options.session_timeout) && positive(options.heartbeat_interval) &&
              positive(options.max_poll_interval) && positive(options.auto_commit_interval),
          "consumer: session_timeout, heartbeat_interval, max_poll_interval and auto_commit_interval must be "
          "positive");
    check(options.heartbeat_interval < options.session_timeout,
          "consumer: heartbeat_interval must be below session_timeout");
    const milliseconds most{std::numeric_limits<std::int32_t>::max()};
    check(options.session_timeout <= most && options.max_poll_interval <= most,
          "consumer: session_timeout and max_poll_interval must fit 31 bits of milliseconds");
    for (const auto& each : options.assignors) check(each != nullptr, "consumer: an assignor is null");
}

} // namespace

std::shared_ptr<consumer_group> consumer_group::create(const std::shared_ptr<consumer_core>& core) {
    check(core->options());
    auto made = std::make_shared<consumer_group>(core);
    made->offsets_ = std::make_shared<offset_commits>(
        made->cluster_, made->line_, made, made->options_.isolation_level == isolation_level::read_committed);
    made->publish();
    if (made->options_.group_id.empty()) return made; // refuses whatever is asked of it
    core->join(made);
    boost::asio::post(made->cluster_->strand(), [made] { made->arm_auto_commit(); });
    return made;
}

consumer_group::consumer_group(const std::shared_ptr<consumer_core>& core)
    : cluster_{core->cluster()},
      core_{core},
      options_{core->options()},
      line_{std::make_shared<coordinator_line>(cluster_, options_.group_id)} {}

void consumer_group::close(close_options how, unique_function<void()> done) {
    const auto deadline = steady_clock::now() + how.timeout;
    boost::asio::post(cluster_->strand(),
                      [self = shared_from_this(), deadline, how, done = std::move(done)]() mutable {
                          if (self->ended_ || self->left_) return done();
                          self->closers_.push_back(std::move(done));
                          self->start_closing(how.group, deadline);
                      });
}

void consumer_group::start_closing(group_exit how, time_point deadline) {
    if (std::exchange(closing_, true)) return;
    next_.reset();
    deciding_ = false;
    close_end_ = deadline;
    offsets_->hurry(deadline);
    cluster_->wait_until(deadline, [self = shared_from_this()](error_code) { self->finish_closing(); });
    if (member_) {
        act([how, deadline](group_member& member, time_point now, member_actions& out) {
            member.leave(how, deadline, now, out);
        });
        // The caller has done with what it has: nobody comes back for more.
        if (change_ && change_->gives_up) go_on_giving_up(change_);
        return;
    }
    const auto over = [self = shared_from_this()] { self->finish_closing(); };
    const bool commits = options_.auto_commit && !subscription_ && !options_.group_id.empty();
    if (commits) commit_consumed(false, nullptr, deadline, over);
    else over();
}

void consumer_group::finish_closing() {
    left_ = true;
    for (auto& each : std::exchange(closers_, {})) each();
}

void consumer_group::end(error_code cause) {
    if (ended_) return;
    ended_ = cause;
    offsets_->end(cause);
    member_.reset();
    classic_ = nullptr;
    by_epoch_ = nullptr;
    change_.reset();
    line_->close_lane();
    line_->end();
    subscription_.reset();
    matched_.clear();
    shared_out_.clear();
    watch_topics();
    for (auto& each : std::exchange(closers_, {})) each();
}

void consumer_group::on_context_shutdown() noexcept {
    ended_ = errc::closed;
    const auto self = shared_from_this();
    offsets_->drop();
    wanted_.clear();
    change_.reset();
    const auto closers = std::exchange(closers_, {});
}

KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
// Some broker, whichever answers. On the strand.
#include "cluster/live_cluster.hpp"

#include "cluster/retry_policy.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// Goes through known nodes, then the bootstrap list (KIP-899), again and again with back-off, until one lets it in.
class any_search : public std::enable_shared_from_this<any_search> {
public:
    any_search(std::shared_ptr<live_cluster> core, time_point deadline, session_handler done, given_up_flag given_up)
        : core_{std::move(core)}, deadline_{deadline}, done_{std::move(done)}, given_up_{std::move(given_up)} {}

    void start_round() {
        candidates_.clear();
        for (const auto& [id, node] : core_->metadata().nodes()) candidates_.push_back(id);
        // Any of them may be asked: at random, so that no broker gets all, but those that failed lately last.
        for (auto left = candidates_.size(); left > 1; --left) {
            const auto other = static_cast<std::size_t>(core_->random() * static_cast<double>(left));
            std::swap(candidates_[left - 1], candidates_[std::min(other, left - 1)]);
        }
        std::vector<std::int32_t> servers;
        for (std::size_t index = 0; index < core_->bootstrap().size(); ++index) {
            servers.push_back(live_cluster::bootstrap_node(index));
        }
        const auto by_health = [this](std::int32_t a, std::int32_t b) {
            return core_->not_before(a) < core_->not_before(b);
        };
        std::stable_sort(candidates_.begin(), candidates_.end(), by_health);
        std::stable_sort(servers.begin(), servers.end(), by_health);
        candidates_.insert(candidates_.end(), servers.begin(), servers.end());
        next_ = 0;
        attempt();
    }

private:
    void attempt() {
        if (core_->closed()) return finish(core_->ended(), nullptr);
        if (given_up_ && *given_up_) return finish(boost::asio::error::operation_aborted, nullptr);
        if (auto line = core_->least_loaded()) return finish({}, std::move(line));
        if (next_ == candidates_.size()) return pause();
        const auto node = candidates_[next_++];
        core_->async_session(node, purpose::common, deadline_,
                             [self = shared_from_this()](error_code error, std::shared_ptr<session> line) {
                                 self->on_session(error, std::move(line));
                             });
    }
    void on_session(error_code error, std::shared_ptr<session> line) {
        if (!error) return finish({}, std::move(line));
        if (core_->closed()) return finish(core_->ended(), nullptr);
        // The first thing that went wrong says more than what followed from it.
        if (!first_cause_) first_cause_ = error;
        if (!lasting_cause_ && ends_waiting(error)) lasting_cause_ = error;
        if (steady_clock::now() >= deadline_) return finish(first_cause_, nullptr);
        attempt();
    }
    void pause() {
        // Nobody let us in, and somebody refused us: the next round would end no better.
        if (lasting_cause_) return finish(lasting_cause_, nullptr);
        const auto when = steady_clock::now() + core_->retry_delay(rounds_++);
        if (when >= deadline_) return finish(first_cause_, nullptr);
        core_->wait_until(when, [self = shared_from_this()](error_code ended) {
            if (ended) return self->finish(ended, nullptr);
            self->start_round();
        });
    }
    void finish(error_code error, std::shared_ptr<session> line) {
        if (auto done = std::exchange(done_, nullptr)) done(error, std::move(line));
    }

    std::shared_ptr<live_cluster> core_;
    time_point deadline_;
    session_handler done_;
    given_up_flag given_up_;
    std::vector<std::int32_t> candidates_;
    std::size_t next_ = 0;
    int rounds_ = 0;
    error_code first_cause_;
    error_code lasting_cause_;
};

} // namespace

void live_cluster::async_any_session(time_point deadline, session_handler done, given_up_flag given_up) {
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    auto search = std::make_shared<any_search>(self, deadline, std::move(done), std::move(given_up));
    boost::asio::post(strand_, [search = std::move(search)] { search->start_round(); });
}

KASIO_END_NAMESPACE

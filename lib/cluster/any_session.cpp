// SPDX-License-Identifier: BSL-1.0
// Some broker, whichever answers. On the strand.
#include "cluster/live_cluster.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// Goes through known nodes, then the bootstrap list, again and again with back-off, until one lets it in.
class any_search : public std::enable_shared_from_this<any_search> {
public:
    any_search(std::shared_ptr<live_cluster> core, time_point deadline, session_handler done)
        : core_{std::move(core)}, deadline_{deadline}, done_{std::move(done)} {}

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
        if (auto line = core_->least_loaded()) return finish({}, std::move(line));
        if (next_ == candidates_.size()) {
            const auto when = steady_clock::now() + core_->retry_delay(rounds_++);
            if (when >= deadline_) return finish(first_cause_, nullptr);
            return core_->call_at(when, [self = shared_from_this()] { self->start_round(); });
        }
        const auto node = candidates_[next_++];
        core_->async_session(node, purpose::common, deadline_,
                             [self = shared_from_this()](error_code error, std::shared_ptr<session> line) {
                                 if (!error) return self->finish({}, std::move(line));
                                 // The first thing that went wrong says more than what followed from it.
                                 if (!self->first_cause_) self->first_cause_ = error;
                                 if (steady_clock::now() >= self->deadline_) {
                                     return self->finish(self->first_cause_, nullptr);
                                 }
                                 self->attempt();
                             });
    }
    void finish(error_code error, std::shared_ptr<session> line) {
        if (auto done = std::exchange(done_, nullptr)) done(error, std::move(line));
    }

    std::shared_ptr<live_cluster> core_;
    time_point deadline_;
    session_handler done_;
    std::vector<std::int32_t> candidates_;
    std::size_t next_ = 0;
    int rounds_ = 0;
    error_code first_cause_;
};

} // namespace

void live_cluster::async_any_session(time_point deadline, session_handler done) {
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    auto search = std::make_shared<any_search>(self, deadline, std::move(done));
    boost::asio::post(strand_, [search = std::move(search)] { search->start_round(); });
}

KASIO_END_NAMESPACE

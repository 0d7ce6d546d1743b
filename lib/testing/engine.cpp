// SPDX-License-Identifier: BSL-1.0
#include "testing/engine.hpp"

#include <stdexcept>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace asio = boost::asio;

broker::impl::impl(broker_options options)
    : state_{std::move(options)}, tls_{make_server_context(state_.options.tls)} {
    if (state_.options.nodes < 1)
        throw std::invalid_argument{"kasio::testing::broker: at least one node is needed"};
    state_.versions.set_profile(state_.options.profile, any_node);
    for (int id = 1; id <= state_.options.nodes; ++id) open_node(id);
    thread_ = std::thread{[this] { io_.run(); }};
}

broker::impl::~impl() {
    asio::post(io_, [this] { stop(); });
    thread_.join();
}

void broker::impl::open_node(int id) {
    const broker_options& options = state_.options;
    const auto index = static_cast<std::size_t>(id - 1);
    const std::uint16_t port = index < options.ports.size() ? options.ports[index] : std::uint16_t{0};
    node_slot& slot = slots_[id];
    slot.port = std::make_unique<listener>(io_, options.host, port, [this, id](asio::ip::tcp::socket socket) {
        on_accepted(id, std::move(socket));
    });
    const std::string& host = options.advertised_host.empty() ? options.host : options.advertised_host;
    state_.nodes.push_back({id, host, slot.port->port()});
}

void broker::impl::stop() {
    election_.cancel();
    group_timer_.cancel();
    for (auto& [id, slot] : slots_) slot.port->close();
    for (const auto& connection : connections_of(any_node)) connection->close();
    abandon_orphans(any_node);
    waiters_.clear();
    change_waiters_.clear();
    work_.reset();
}

request_action broker::impl::admit(request_record request) {
    state_.requests.add(request);
    for (auto at = waiters_.begin(); at != waiters_.end();) {
        if (state_.requests.count(at->which, at->node) < at->count) {
            ++at;
            continue;
        }
        at->reached.set_value();
        at = waiters_.erase(at);
    }
    return state_.rules.decide(request);
}

void broker::impl::settle() {
    if (state_.groups.take_touched()) plan_group_timer();
    if (!state_.take_changed() || std::exchange(wake_planned_, true)) return;
    // Later: the one who changed something is in the middle of a request.
    asio::post(io_, [this] { wake_waiting(); });
}

void broker::impl::wake_waiting() {
    wake_planned_ = false;
    for (std::promise<void>& waiter : std::exchange(change_waiters_, {})) waiter.set_value();
    for (const auto& connection : connections_of(any_node)) connection->wake();
}

void broker::impl::on_accepted(int node, asio::ip::tcp::socket socket) {
    ++slots_.at(node).accepted;
    const auto accepted =
        std::make_shared<connection>(std::move(socket), tls_, *this, node, ++last_connection_);
    connections_.emplace(accepted->id(), accepted);
    accepted->start();
}

void broker::impl::on_closed(connection& closed) {
    state_.groups.abandon(closed.id());
    std::erase_if(orphans_, [](const auto& one) { return one.expired(); });
    if (closed.is_orphaned()) orphans_.push_back(closed.weak_from_this());
    connections_.erase(closed.id());
}

void broker::impl::abandon_orphans(int node) {
    for (const auto& one : orphans_) {
        const auto orphan = one.lock();
        if (orphan && (node == any_node || orphan->node() == node)) orphan->abandon();
    }
}

std::vector<std::shared_ptr<connection>> broker::impl::connections_of(int node) const {
    std::vector<std::shared_ptr<connection>> found;
    for (const auto& [id, connection] : connections_)
        if (node == any_node || connection->node() == node) found.push_back(connection);
    return found;
}

node_state& broker::impl::node(int id) {
    node_state* const found = state_.node(id);
    if (found == nullptr)
        throw std::invalid_argument{"kasio::testing::broker: no node " + std::to_string(id)};
    return *found;
}

topic_state& broker::impl::topic(std::string_view name) {
    topic_state* const found = state_.topic(name);
    if (found == nullptr)
        throw std::invalid_argument{"kasio::testing::broker: no topic " + std::string{name}};
    return *found;
}

partition_state& broker::impl::partition(std::string_view name, int index) {
    partition_state* const found = topic(name).partition(index);
    if (found != nullptr) return *found;
    throw std::invalid_argument{"kasio::testing::broker: no partition " + std::to_string(index) +
                                " of topic " + std::string{name}};
}

void broker::impl::kill_node(int id) {
    node_state& victim = node(id);
    if (!std::exchange(victim.alive, false)) return;
    slots_.at(id).port->shut();
    state().sessions.forget(id);
    close_connections(id, false);
    abandon_orphans(id);
    plan_election();
}

void broker::impl::revive_node(int id) {
    node_state& revived = node(id);
    if (std::exchange(revived.alive, true)) return;
    slots_.at(id).paused = false;
    slots_.at(id).port->reopen();
    plan_election();
}

void broker::impl::plan_election() {
    if (std::exchange(election_planned_, true)) return;
    election_.expires_after(state_.options.election_delay);
    election_.async_wait([this](const boost::system::error_code& cancelled) {
        election_planned_ = false;
        if (cancelled) return;
        state_.elect();
        state_.rehome_groups(std::chrono::steady_clock::now());
        settle();
    });
}

void broker::impl::plan_group_timer() {
    const auto next = state_.groups.next_deadline();
    if (!next) return;
    group_timer_.expires_at(*next);
    group_timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (cancelled) return;
        if (state_.groups.on_time([this] { return state_.topics_of_groups(); },
                                  std::chrono::steady_clock::now()))
            state_.mark_changed();
        plan_group_timer();
        settle();
    });
}

std::future<void> broker::impl::next_change() {
    change_waiters_.emplace_back();
    return change_waiters_.back().get_future();
}

void broker::impl::pause_node(int id, bool paused) {
    slots_.at(node(id).id).paused = paused;
    if (paused) return;
    for (const auto& connection : connections_of(id)) connection->resume();
}

void broker::impl::close_connections(int node, bool with_reset) {
    for (const auto& connection : connections_of(node)) {
        if (with_reset) connection->reset();
        else connection->close();
    }
}

std::size_t broker::impl::connection_count(int node) const { return connections_of(node).size(); }

std::size_t broker::impl::accepted_count(int node) const {
    std::size_t total = 0;
    for (const auto& [id, slot] : slots_)
        if (node == any_node || node == id) total += slot.accepted;
    return total;
}

bool broker::impl::wait_for_requests(api which, int node, std::size_t count,
                                     std::chrono::milliseconds timeout) {
    std::future<void> reached;
    const bool waits = call([&] {
        if (state_.requests.count(which, node) >= count) return false;
        waiters_.push_back({which, node, count, {}});
        reached = waiters_.back().reached.get_future();
        return true;
    });
    if (!waits) return true;
    if (reached.wait_for(timeout) == std::future_status::ready) return true;
    // What came meanwhile still counts; whoever waits in vain leaves a waiter behind, which only counts.
    return call([&] { return state_.requests.count(which, node) >= count; });
}

} // namespace testing
KASIO_END_NAMESPACE

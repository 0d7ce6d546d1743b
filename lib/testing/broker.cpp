// SPDX-License-Identifier: BSL-1.0
// The public face: each function does its work on the cluster's thread.
#include "testing/engine.hpp"
#include "testing/topic_config.hpp"

#include <stdexcept>

KASIO_BEGIN_NAMESPACE
namespace testing {

broker::broker(broker_options options) : impl_{std::make_unique<impl>(std::move(options))} {}
broker::~broker() = default;

std::string broker::bootstrap_servers() const {
    std::string servers;
    for (int node = 1; node <= node_count(); ++node) servers += (servers.empty() ? "" : ",") + address(node);
    return servers;
}

std::string broker::address(int node) const {
    const std::string& host = impl_->state().options.host;
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? '[' + host + ']' : host) + ':' + std::to_string(port(node));
}

std::uint16_t broker::port(int node) const {
    return impl_->call([&] { return impl_->port(node); });
}

int broker::node_count() const { return impl_->state().options.nodes; }
std::string broker::cluster_id() const { return impl_->state().cluster_id; }

void broker::create_topic(std::string_view topic, int partitions, int replication_factor) {
    impl_->call([&] {
        const int replicas = replication_factor == 0 ? -1 : replication_factor;
        const broker_errc error = impl_->state().create_topic(topic, partitions, replicas);
        if (error == broker_errc::none) return;
        throw std::invalid_argument{"kasio::testing::broker: topic " + std::string{topic} + ": " +
                                    make_error_code(error).message()};
    });
}

void broker::delete_topic(std::string_view topic) {
    impl_->call([&] {
        static_cast<void>(impl_->topic(topic));
        impl_->state().delete_topic(topic);
    });
}

bool broker::has_topic(std::string_view topic) const {
    return impl_->call([&] { return impl_->state().topic(topic) != nullptr; });
}

uuid broker::topic_id(std::string_view topic) const {
    return impl_->call([&] { return impl_->topic(topic).id; });
}

int broker::partition_count(std::string_view topic) const {
    return impl_->call([&] { return static_cast<int>(impl_->topic(topic).partitions.size()); });
}

void broker::add_partitions(std::string_view topic, int new_total) {
    impl_->call([&] { impl_->state().add_partitions(impl_->topic(topic), new_total); });
}

void broker::set_topic_config(std::string_view topic, std::string_view name, std::string_view value) {
    const auto error = impl_->call([&] { return testing::set_topic_config(&impl_->topic(topic), name, value); });
    if (error != broker_errc::none) throw std::invalid_argument{"no such value: " + std::string{value}};
}

int broker::leader(std::string_view topic, int partition) const {
    return impl_->call([&] { return impl_->partition(topic, partition).leader; });
}

std::int32_t broker::leader_epoch(std::string_view topic, int partition) const {
    return impl_->call([&] { return impl_->partition(topic, partition).leader_epoch; });
}

void broker::move_leader(std::string_view topic, int partition, int node) {
    impl_->call(
        [&] { impl_->state().move_leader(impl_->partition(topic, partition), impl_->node(node).id); });
}

void broker::set_preferred_replica(std::string_view topic, int partition, int node) {
    impl_->call([&] {
        auto& state = impl_->partition(topic, partition);
        state.preferred = node < 0 ? -1 : impl_->node(node).id;
        impl_->state().mark_changed();
    });
}

void broker::set_fetch_session_limit(std::size_t limit) {
    impl_->call([&] {
        auto& state = impl_->state();
        state.sessions.limit = limit;
        for (const node_state& node : state.nodes) state.sessions.forget(node.id);
    });
}

void broker::kill_node(int node) {
    impl_->call([&] { impl_->kill_node(node); });
}

void broker::revive_node(int node) {
    impl_->call([&] { impl_->revive_node(node); });
}

void broker::pause_node(int node) {
    impl_->call([&] { impl_->pause_node(node, true); });
}

void broker::resume_node(int node) {
    impl_->call([&] { impl_->pause_node(node, false); });
}

void broker::close_connections(int node) {
    impl_->call([&] { impl_->close_connections(node, true); });
}

void broker::set_advertised_address(int node, std::string host, std::uint16_t port) {
    impl_->call([&] {
        node_state& state = impl_->node(node);
        state.host = std::move(host);
        state.port = port;
    });
}

void broker::next(api which, request_action action, int count, int node) {
    impl_->call([&] { impl_->state().rules.add(which, node, std::move(action), count); });
}

void broker::fail_next(api which, broker_errc error, int count, int node) {
    request_action action;
    action.error = error;
    next(which, std::move(action), count, node);
}

void broker::drop_next(api which, int count, int node) {
    request_action action;
    action.drop = true;
    next(which, std::move(action), count, node);
}

void broker::drop_answer_next(api which, int count, int node) {
    request_action action;
    action.drop_answer = true;
    next(which, std::move(action), count, node);
}

void broker::delay_next(api which, std::chrono::milliseconds delay, int count, int node) {
    request_action action;
    action.delay = delay;
    next(which, std::move(action), count, node);
}

void broker::throttle_next(api which, std::chrono::milliseconds time, int count, int node) {
    request_action action;
    action.throttle_time = time;
    next(which, std::move(action), count, node);
}

void broker::close_next(api which, int count, int node) {
    request_action action;
    action.close = true;
    next(which, std::move(action), count, node);
}

void broker::cut_next_connection(cut_side side, std::size_t bytes, int count, int node) {
    impl_->call([&] { impl_->state().rules.add_connection_cut(side, bytes, node, count); });
}

void broker::cut_next_request(api which, std::size_t bytes, int count, int node) {
    impl_->call([&] { impl_->state().rules.add_request_cut(which, bytes, node, count); });
}

void broker::greet_next_connection(std::string bytes, int count, int node) {
    impl_->call([&] { impl_->state().rules.add_greeting(std::move(bytes), node, count); });
}

void broker::on_request(std::function<std::optional<request_action>(const request_record&)> hook) {
    impl_->call([&] { impl_->state().rules.set_hook(std::move(hook)); });
}

void broker::clear_faults() {
    impl_->call([&] {
        impl_->state().rules.clear();
        impl_->state().view.clear();
    });
}

void broker::set_versions(api which, std::int16_t min, std::int16_t max, int node) {
    impl_->call([&] { impl_->state().versions.bound(which, min, max, node); });
}

void broker::set_profile(version_profile profile, int node) {
    impl_->call([&] {
        impl_->state().versions.set_profile(profile, node);
        impl_->close_connections(node, false);
    });
}

void broker::set_sasl(broker_sasl sasl) {
    impl_->call([&] { impl_->state().sasl = std::move(sasl); });
}

void broker::hide_brokers(int answers) {
    impl_->call([&] { impl_->state().view.hide_brokers(answers); });
}

void broker::hide_partitions(std::string_view topic, int answers) {
    impl_->call([&] { impl_->state().view.hide_partitions(topic, answers); });
}

void broker::hide_topic(std::string_view topic, int answers) {
    impl_->call([&] { impl_->state().view.hide_topic(topic, answers); });
}

void broker::show_leader(std::string_view topic, int partition, int node, std::int32_t epoch, int answers) {
    impl_->call([&] { impl_->state().view.show_leader(topic, partition, {node, epoch}, answers); });
}

void broker::show_partition_error(std::string_view topic, int partition, broker_errc error, int answers) {
    impl_->call([&] { impl_->state().view.show_error(topic, partition, error, answers); });
}

std::vector<request_record> broker::requests(api which, int node) const {
    return impl_->call([&] { return impl_->state().requests.list(which, node); });
}

std::size_t broker::request_count(api which, int node) const {
    return impl_->call([&] { return impl_->state().requests.count(which, node); });
}

void broker::clear_requests() {
    impl_->call([&] { impl_->state().requests.clear(); });
}

bool broker::wait_for_requests(api which, std::size_t count, std::chrono::milliseconds timeout,
                               int node) const {
    return impl_->wait_for_requests(which, node, count, timeout);
}

std::size_t broker::connection_count(int node) const {
    return impl_->call([&] { return impl_->connection_count(node); });
}

std::size_t broker::accepted_count(int node) const {
    return impl_->call([&] { return impl_->accepted_count(node); });
}

} // namespace testing
KASIO_END_NAMESPACE

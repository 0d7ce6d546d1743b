// SPDX-License-Identifier: BSL-1.0
// The property names of Java and librdkafka that have a member to stand for.
#include "settings.hpp"
#include "usage_error.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

namespace cli {

namespace {

using setter = std::function<void(settings&, const std::string& value)>;

[[noreturn]] void refuse(const std::string& value, const char* wanted) {
    throw usage_error{"'" + value + "' is no " + wanted};
}

std::int64_t number(const std::string& value) {
    std::int64_t result = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error != std::errc{} || end != value.data() + value.size()) refuse(value, "number");
    return result;
}

bool flag(const std::string& value) {
    if (value == "true" || value == "1" || value == "yes") return true;
    if (value == "false" || value == "0" || value == "no") return false;
    refuse(value, "boolean");
}

template <class Member>
setter milliseconds(Member member) {
    return [member](settings& to, const std::string& value) {
        member(to) = std::chrono::milliseconds{number(value)};
    };
}
template <class Member>
setter integer(Member member) {
    return [member](settings& to, const std::string& value) {
        using Type = std::remove_reference_t<decltype(member(to))>;
        member(to) = static_cast<Type>(number(value));
    };
}
template <class Member>
setter boolean(Member member) {
    return [member](settings& to, const std::string& value) { member(to) = flag(value); };
}

void set_codec(settings& to, const std::string& value) {
    const auto codec = kasio::parse_compression(value);
    if (!codec) refuse(value, "codec");
    to.producer.compression = *codec;
}

void set_acks(settings& to, const std::string& value) {
    if (value == "all" || value == "-1") to.producer.acks = kasio::acks::all;
    else if (value == "1") to.producer.acks = kasio::acks::leader;
    else if (value == "0") to.producer.acks = kasio::acks::none;
    else refuse(value, "number of acks (all, 1, 0)");
}

void set_isolation(settings& to, const std::string& value) {
    if (value == "read_committed") to.consumer.isolation_level = kasio::isolation_level::read_committed;
    else if (value == "read_uncommitted")
        to.consumer.isolation_level = kasio::isolation_level::read_uncommitted;
    else refuse(value, "isolation level");
}

void set_reset(settings& to, const std::string& value) {
    if (value == "earliest" || value == "beginning" || value == "smallest")
        to.consumer.offset_reset = kasio::offset_reset::earliest;
    else if (value == "latest" || value == "end" || value == "largest")
        to.consumer.offset_reset = kasio::offset_reset::latest;
    else if (value == "none" || value == "error") to.consumer.offset_reset = kasio::offset_reset::none;
    else refuse(value, "offset reset");
}

const std::map<std::string, setter, std::less<>>& table() {
#define MEMBER(path) [](settings& to) -> auto& { return to.path; }
    static const std::map<std::string, setter, std::less<>> names = [] {
        std::map<std::string, setter, std::less<>> all{
            {"bootstrap.servers",
             [](settings& to, const std::string& value) { to.cluster.bootstrap_servers = value; }},
            {"client.id", [](settings& to, const std::string& value) { to.cluster.client_id = value; }},
            {"client.rack", [](settings& to, const std::string& value) { to.cluster.client_rack = value; }},
            {"socket.connection.setup.timeout.ms", milliseconds(MEMBER(cluster.connect_timeout))},
            {"request.timeout.ms", milliseconds(MEMBER(cluster.request_timeout))},
            {"default.api.timeout.ms", milliseconds(MEMBER(cluster.default_timeout))},
            {"connections.max.idle.ms", milliseconds(MEMBER(cluster.idle_timeout))},
            {"reconnect.backoff.ms", milliseconds(MEMBER(cluster.reconnect_backoff))},
            {"reconnect.backoff.max.ms", milliseconds(MEMBER(cluster.reconnect_backoff_max))},
            {"retry.backoff.ms", milliseconds(MEMBER(cluster.retry_backoff))},
            {"retry.backoff.max.ms", milliseconds(MEMBER(cluster.retry_backoff_max))},
            {"metadata.max.age.ms", milliseconds(MEMBER(cluster.metadata_max_age))},
            {"send.buffer.bytes", integer(MEMBER(cluster.send_buffer))},
            {"receive.buffer.bytes", integer(MEMBER(cluster.receive_buffer))},
            {"receive.message.max.bytes", integer(MEMBER(cluster.max_response_bytes))},
            {"socket.keepalive.enable", boolean(MEMBER(cluster.tcp_keepalive))},
            {"acks", set_acks},
            {"enable.idempotence", boolean(MEMBER(producer.idempotence))},
            {"linger.ms", milliseconds(MEMBER(producer.linger))},
            {"batch.size", integer(MEMBER(producer.batch_size))},
            {"max.request.size", integer(MEMBER(producer.max_request_size))},
            {"buffer.memory", integer(MEMBER(producer.buffer_memory))},
            {"max.block.ms", milliseconds(MEMBER(producer.max_block))},
            {"delivery.timeout.ms", milliseconds(MEMBER(producer.delivery_timeout))},
            {"retries", integer(MEMBER(producer.retries))},
            {"max.in.flight.requests.per.connection", integer(MEMBER(producer.max_in_flight))},
            {"compression.type", set_codec},
            {"compression.level", integer(MEMBER(producer.compression_level))},
            {"isolation.level", set_isolation},
            {"auto.offset.reset", set_reset},
            {"fetch.min.bytes", integer(MEMBER(consumer.fetch_min_bytes))},
            {"fetch.max.bytes", integer(MEMBER(consumer.fetch_max_bytes))},
            {"fetch.max.wait.ms", milliseconds(MEMBER(consumer.fetch_max_wait))},
            {"max.partition.fetch.bytes", integer(MEMBER(consumer.partition_fetch_bytes))},
            {"max.poll.records", integer(MEMBER(consumer.max_poll_records))},
            {"check.crcs", boolean(MEMBER(consumer.check_crcs))},
            {"allow.auto.create.topics", boolean(MEMBER(consumer.allow_auto_create))},
        };
        // librdkafka's own names for the same.
        const std::pair<const char*, const char*> aliases[] = {
            {"metadata.broker.list", "bootstrap.servers"},
            {"socket.timeout.ms", "request.timeout.ms"},
            {"topic.metadata.refresh.interval.ms", "metadata.max.age.ms"},
            {"socket.send.buffer.bytes", "send.buffer.bytes"},
            {"socket.receive.buffer.bytes", "receive.buffer.bytes"},
            {"request.required.acks", "acks"},
            {"queue.buffering.max.ms", "linger.ms"},
            {"message.max.bytes", "max.request.size"},
            {"message.timeout.ms", "delivery.timeout.ms"},
            {"message.send.max.retries", "retries"},
            {"max.in.flight", "max.in.flight.requests.per.connection"},
            {"compression.codec", "compression.type"},
            {"fetch.wait.max.ms", "fetch.max.wait.ms"},
            {"fetch.message.max.bytes", "max.partition.fetch.bytes"},
        };
        for (const auto& [alias, name] : aliases) all.emplace(alias, all.at(name));
        return all;
    }();
#undef MEMBER
    return names;
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string nearest(std::string_view name) {
    std::string best;
    std::size_t least = 4;
    for (const auto& [known, set] : table()) {
        if (const auto apart = distance(name, known); apart < least) {
            least = apart;
            best = known;
        }
    }
    return best.empty() ? std::string{} : " (did you mean " + best + "?)";
}

} // namespace

void apply_properties(settings& to, const std::vector<std::string>& properties) {
    std::string unknown;
    for (const auto& property : properties) {
        const auto equals = property.find('=');
        if (equals == property.npos || equals == 0)
            throw usage_error{"-X '" + property + "' is not name=value"};
        auto name = std::string_view{property}.substr(0, equals);
        if (name.starts_with("topic.") && !table().contains(name)) name.remove_prefix(6);
        const auto known = table().find(name);
        if (known == table().end()) {
            unknown += (unknown.empty() ? "" : ", ") + std::string{name} + nearest(name);
            continue;
        }
        try {
            known->second(to, property.substr(equals + 1));
        } catch (const usage_error& error) {
            throw usage_error{"-X " + std::string{name} + ": " + error.what()};
        }
    }
    if (!unknown.empty()) throw usage_error{"unknown property: " + unknown};
}

} // namespace cli

// SPDX-License-Identifier: BSL-1.0
#include "properties/draft.hpp"

#include <array>

KASIO_BEGIN_NAMESPACE

namespace {

using text = std::string_view;

/// A size of a socket's buffer; 0 and Java's -1 leave it to the system.
wrong_value read_buffer(text value, std::size_t& to) {
    std::int64_t number = 0;
    auto wrong = read_number(value, -1, std::numeric_limits<std::int32_t>::max(), number);
    if (wrong.empty()) to = number < 0 ? 0 : static_cast<std::size_t>(number);
    return wrong;
}

wrong_value set_idle(draft& to, text value) {
    std::chrono::milliseconds time{0};
    // Java's -1 is librdkafka's 0: never.
    auto wrong = trimmed(value) == "-1" ? wrong_value{} : read_milliseconds(value, 0, time);
    if (wrong.empty()) to.options.cluster.idle_timeout = time;
    return wrong;
}

wrong_value set_servers(draft& to, text value) {
    const auto servers = trimmed(value);
    if (servers.empty()) return "is empty";
    // Of PLAINTEXT://host:port, which librdkafka takes, only host and port are wanted.
    std::string list;
    for (auto each : list_of(servers)) {
        const auto scheme = each.find("://");
        if (scheme != each.npos) each.remove_prefix(scheme + 3);
        if (!list.empty()) list += ',';
        list += each;
    }
    to.options.cluster.bootstrap_servers = list;
    return {};
}

wrong_value set_lookup(draft& to, text value) {
    const auto way = lower_case(trimmed(value));
    auto& chosen = to.options.cluster.dns_lookup;
    if (way == "use_all_dns_ips") chosen = dns_lookup::use_all_dns_ips;
    else if (way == "resolve_canonical_bootstrap_servers_only")
        chosen = dns_lookup::resolve_canonical_bootstrap_servers_only;
    else return "is neither use_all_dns_ips nor resolve_canonical_bootstrap_servers_only";
    return {};
}

wrong_value set_family(draft& to, text value) {
    const auto family = lower_case(trimmed(value));
    auto& chosen = to.options.cluster.address_family;
    if (family == "any") chosen = address_family::any;
    else if (family == "v4") chosen = address_family::v4;
    else if (family == "v6") chosen = address_family::v6;
    else return "is none of any, v4, v6";
    return {};
}

wrong_value set_recovery(draft&, text value) {
    const auto strategy = lower_case(trimmed(value));
    if (strategy == "rebootstrap") return {};
    return strategy == "none" ? "is not available: kasio always asks the bootstrap servers again"
                              : "is neither none nor rebootstrap";
}

template <auto Member>
wrong_value set_time(draft& to, text value) {
    return read_milliseconds(value, 1, to.options.cluster.*Member);
}
template <auto Member>
wrong_value set_pause(draft& to, text value) {
    return read_milliseconds(value, 0, to.options.cluster.*Member);
}

wrong_value set_client_id(draft& to, text value) {
    to.options.cluster.client_id = value; // byte for byte: services parse it
    return {};
}
wrong_value set_rack(draft& to, text value) {
    to.options.cluster.client_rack = trimmed(value);
    return {};
}
wrong_value set_send_buffer(draft& to, text value) {
    return read_buffer(value, to.options.cluster.send_buffer);
}
wrong_value set_receive_buffer(draft& to, text value) {
    return read_buffer(value, to.options.cluster.receive_buffer);
}
wrong_value set_most_response(draft& to, text value) {
    return read_member(value, 1000, to.options.cluster.max_response_bytes);
}
wrong_value set_keepalive(draft& to, text value) {
    return read_flag(value, to.options.cluster.tcp_keepalive);
}
wrong_value set_no_delay(draft& to, text value) { return read_flag(value, to.options.cluster.tcp_no_delay); }

using c = cluster_options;

constexpr auto settings = std::to_array<setting>({
    {"bootstrap.servers", set_servers},
    {"client.id", set_client_id},
    {"client.rack", set_rack},
    {"client.dns.lookup", set_lookup},
    {"broker.address.family", set_family},
    {"metadata.recovery.strategy", set_recovery},
    {"socket.connection.setup.timeout.ms", set_time<&c::connect_timeout>},
    {"request.timeout.ms", set_time<&c::request_timeout>},
    {"default.api.timeout.ms", set_time<&c::default_timeout>},
    {"connections.max.idle.ms", set_idle},
    {"reconnect.backoff.ms", set_pause<&c::reconnect_backoff>},
    {"reconnect.backoff.max.ms", set_pause<&c::reconnect_backoff_max>},
    {"retry.backoff.ms", set_pause<&c::retry_backoff>},
    {"retry.backoff.max.ms", set_pause<&c::retry_backoff_max>},
    {"metadata.max.age.ms", set_time<&c::metadata_max_age>},
    {"send.buffer.bytes", set_send_buffer},
    {"receive.buffer.bytes", set_receive_buffer},
    {"receive.message.max.bytes", set_most_response},
    {"socket.keepalive.enable", set_keepalive},
    {"socket.nagle.disable", set_no_delay},
});

} // namespace

std::span<const setting> cluster_settings() { return settings; }

KASIO_END_NAMESPACE

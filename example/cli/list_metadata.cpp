// SPDX-License-Identifier: BSL-1.0
#include "format.hpp"
#include "settings.hpp"

#include <boost/asio/io_context.hpp>

#include <iostream>

namespace asio = boost::asio;

namespace cli {

namespace {

std::string joined(const std::vector<std::int32_t>& ids) {
    std::string text;
    for (const auto id : ids) text += (text.empty() ? "" : ",") + std::to_string(id);
    return text;
}

void print(std::ostream& out, const kasio::cluster_metadata& known) {
    out << ' ' << known.brokers.size() << " brokers:\n";
    for (const auto& broker : known.brokers) {
        out << "  broker " << broker.id << " at " << broker.host << ':' << broker.port
            << (broker.id == known.controller_id ? " (controller)" : "") << '\n';
    }
    out << ' ' << known.topics.size() << " topics:\n";
    for (const auto& topic : known.topics) {
        out << "  topic \"" << topic.name << "\" with " << topic.partitions.size() << " partitions:";
        if (topic.error) out << ' ' << kasio::error_name(topic.error);
        out << '\n';
        for (const auto& each : topic.partitions) {
            out << "    partition " << each.partition << ", leader " << each.leader << ", replicas: "
                << joined(each.replicas) << ", isrs: " << joined(each.in_sync_replicas);
            if (each.error) out << ", " << kasio::error_name(each.error);
            out << '\n';
        }
    }
}

void print_json(std::ostream& out, const kasio::cluster_metadata& known) {
    std::string text = "{\"controllerid\":" + std::to_string(known.controller_id) + ",\"brokers\":[";
    for (const auto& broker : known.brokers) {
        if (&broker != &known.brokers.front()) text += ',';
        text += "{\"id\":" + std::to_string(broker.id) + ",\"name\":";
        append_json_string(text, broker.host + ":" + std::to_string(broker.port));
        text += '}';
    }
    text += "],\"topics\":[";
    for (const auto& topic : known.topics) {
        if (&topic != &known.topics.front()) text += ',';
        text += "{\"topic\":";
        append_json_string(text, topic.name);
        if (topic.error) text += ",\"error\":\"" + kasio::error_name(topic.error) + '"';
        text += ",\"partitions\":[";
        for (const auto& each : topic.partitions) {
            if (&each != &topic.partitions.front()) text += ',';
            text += "{\"partition\":" + std::to_string(each.partition) + ",\"leader\":" + std::to_string(each.leader) +
                    ",\"replicas\":[" + joined(each.replicas) + "],\"isrs\":[" + joined(each.in_sync_replicas) + "]}";
        }
        text += "]}";
    }
    out << text << "]}\n";
}

} // namespace

int list_metadata(const settings& with) {
    asio::io_context context{1};
    kasio::cluster kafka{context.get_executor(), with.cluster};
    int code = 0;
    kafka.async_metadata(with.topic, [&](kasio::error_code error, const kasio::cluster_metadata& known) {
        if (error) {
            complain("metadata", error, kafka.last_failure());
            code = 1;
        } else {
            (with.json ? print_json : print)(std::cout, known);
        }
        kafka.async_close([](kasio::error_code) {});
    });
    context.run();
    return code;
}

} // namespace cli

// SPDX-License-Identifier: BSL-1.0
#include "look_up.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "stop.hpp"
#include "text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sstream>

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
            out << "    partition " << each.partition << ", leader " << each.leader
                << ", replicas: " << joined(each.replicas) << ", isrs: " << joined(each.in_sync_replicas);
            if (each.error) out << ", " << kasio::error_name(each.error);
            out << '\n';
        }
    }
}

/// As kcat has it.
std::string json_list(const std::vector<std::int32_t>& ids) {
    std::string text;
    for (const auto id : ids) text += (text.empty() ? "{\"id\":" : ",{\"id\":") + std::to_string(id) + '}';
    return '[' + text + ']';
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
            text += "{\"partition\":" + std::to_string(each.partition);
            if (each.error) text += ",\"error\":\"" + kasio::error_name(each.error) + '"';
            text += ",\"leader\":" + std::to_string(each.leader) +
                    ",\"replicas\":" + json_list(each.replicas) +
                    ",\"isrs\":" + json_list(each.in_sync_replicas) + '}';
        }
        text += "]}";
    }
    out << text << "]}\n";
}

class listing {
public:
    listing(asio::io_context& context, const settings& with)
        : with_{with}, kafka_{context.get_executor(), with.cluster}, stop_{context} {
        stop_.on_stop([this] { cancel_.emit(asio::cancellation_type::terminal); });
    }

    asio::awaitable<void> run() {
        const auto topic = with_.topics.empty() ? std::string{} : with_.topics.front();
        const auto found = co_await ask_metadata(kafka_, topic, with_.metadata_timeout, cancel_);
        if (found.error) {
            if (!stop_.asked()) complain("metadata", found.error, kafka_.last_failure());
            failed_ = true;
        } else {
            show(found.known);
        }
        co_await kafka_.async_close(asio::as_tuple(asio::use_awaitable));
        stop_.cancel();
    }

    [[nodiscard]] int exit_code() const { return failed_ ? 1 : 0; }

private:
    void show(const kasio::cluster_metadata& known) {
        std::ostringstream text;
        (with_.json ? print_json : print)(text, known);
        output out;
        out.pending() = text.str();
        out.flush();
        if (out.error()) complain("standard output", out.error());
        // Of all topics some may be broken; the one that was asked for should not be.
        const bool broken = !with_.topics.empty() && (known.topics.empty() || known.topics.front().error);
        if (broken && !known.topics.empty())
            complain("topic " + with_.topics.front(), known.topics.front().error);
        failed_ = broken || out.error();
    }

    const settings& with_;
    kasio::cluster kafka_;
    stop_signal stop_;
    asio::cancellation_signal cancel_;
    bool failed_ = false;
};

} // namespace

int list_metadata(const settings& with) {
    asio::io_context context{1};
    listing job{context, with};
    asio::co_spawn(context, job.run(), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return job.exit_code();
}

} // namespace cli

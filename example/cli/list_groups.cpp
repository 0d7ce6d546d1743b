// SPDX-License-Identifier: BSL-1.0
// `kasio groups`: which groups there are, or all about those that are named.
#include "group_info.hpp"
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

std::string number_or_dash(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "-";
}

void print(std::ostream& out, const found_groups& found) {
    out << ' ' << found.groups.size() << " groups:\n";
    for (const auto& each : found.groups) {
        out << "  group \"" << each.id << '"';
        if (!each.state.empty()) out << ", " << each.state;
        if (!each.type.empty()) out << ", type " << each.type;
        if (!each.protocol.empty()) out << ", protocol " << each.protocol;
        out << ", coordinator " << each.coordinator << '\n';
    }
}

void print(std::ostream& out, const group_info& group) {
    out << " group \"" << group.id << "\", " << group.state << ", type " << group.type;
    if (!group.assignor.empty()) out << ", assignor " << group.assignor;
    out << ", coordinator " << group.coordinator << ", " << group.members.size() << " members:\n";
    for (const auto& member : group.members) {
        out << "  member " << member.id;
        if (member.instance) out << ", instance " << *member.instance;
        out << ", client " << member.client << " at " << member.host << ':';
        for (const auto& each : member.partitions) out << ' ' << each;
        out << (member.partitions.empty() ? " nothing\n" : "\n");
    }
    for (const auto& each : group.progress) {
        out << "  " << each.partition << ": committed " << number_or_dash(each.committed) << ", end "
            << number_or_dash(each.end) << ", lag " << number_or_dash(each.lag());
        if (each.member != nullptr) out << ", member " << each.member->id;
        if (each.error) out << ", " << kasio::error_name(each.error);
        out << '\n';
    }
}

class json_object {
public:
    explicit json_object(std::string& out) : out_{out} { out_ += '{'; }
    json_object(const json_object&) = delete;
    json_object& operator=(const json_object&) = delete;
    ~json_object() { out_ += '}'; }

    /// Left out when it is empty.
    json_object& text(std::string_view name, std::string_view value) {
        if (!value.empty()) append_json_string(key(name), value);
        return *this;
    }
    json_object& number(std::string_view name, const std::optional<std::int64_t>& value) {
        key(name) += value ? std::to_string(*value) : "null";
        return *this;
    }
    template <class Items, class Append>
    json_object& list(std::string_view name, const Items& items, Append append) {
        key(name) += '[';
        for (const auto& each : items) {
            if (&each != &items.front()) out_ += ',';
            append(out_, each);
        }
        out_ += ']';
        return *this;
    }

private:
    std::string& key(std::string_view name) {
        if (out_.back() != '{') out_ += ',';
        append_json_string(out_, name);
        return out_ += ':';
    }
    std::string& out_;
};

void append_json(std::string& out, const kasio::topic_partition& partition) {
    json_object{out}.text("topic", partition.topic).number("partition", partition.partition);
}

void append_json(std::string& out, const group_member& member) {
    json_object{out}
        .text("id", member.id)
        .text("instance", member.instance.value_or(""))
        .text("client", member.client)
        .text("host", member.host)
        .list("partitions", member.partitions,
              [](std::string& to, const auto& each) { append_json(to, each); });
}

void append_json(std::string& out, const group_progress& each) {
    json_object{out}
        .text("topic", each.partition.topic)
        .number("partition", each.partition.partition)
        .number("committed", each.committed)
        .number("end", each.end)
        .number("lag", each.lag())
        .text("member", each.member == nullptr ? "" : each.member->id)
        .text("error", each.error ? kasio::error_name(each.error) : "");
}

void append_json(std::string& out, const group_info& group) {
    json_object{out}
        .text("group", group.id)
        .text("state", group.state)
        .text("type", group.type)
        .text("assignor", group.assignor)
        .number("coordinator", group.coordinator)
        .list("members", group.members, [](std::string& to, const auto& each) { append_json(to, each); })
        .list("offsets", group.progress, [](std::string& to, const auto& each) { append_json(to, each); });
}

void append_json(std::string& out, const listed_group& group) {
    json_object{out}
        .text("group", group.id)
        .text("state", group.state)
        .text("type", group.type)
        .text("protocol", group.protocol)
        .number("coordinator", group.coordinator);
}

template <class Items>
std::string as_json(const Items& items) {
    std::string text;
    json_object{text}.list("groups", items, [](std::string& to, const auto& each) { append_json(to, each); });
    return text + '\n';
}

class looking {
public:
    looking(asio::io_context& context, const settings& with)
        : with_{with},
          kafka_{context.get_executor(), with.cluster},
          scout_{kafka_, with.metadata_timeout, cancel_},
          stop_{context} {
        stop_.on_stop([this] { cancel_.emit(asio::cancellation_type::terminal); });
    }

    asio::awaitable<void> run() {
        if (with_.groups.empty()) co_await list();
        else co_await describe();
        output out;
        out.pending() = std::move(text_);
        out.flush();
        if (out.error()) fail("standard output", out.error());
        co_await kafka_.async_close(asio::as_tuple(asio::use_awaitable));
        stop_.cancel();
    }

    [[nodiscard]] int exit_code() const { return failed_ ? 1 : 0; }

private:
    asio::awaitable<void> list() {
        const auto found = co_await scout_.list();
        if (found.error) fail("groups of " + found.where, found.error);
        if (found.error && found.groups.empty()) co_return;
        std::ostringstream text;
        print(text, found);
        text_ = with_.json ? as_json(found.groups) : text.str();
    }

    /// Each that can be described, and an error for each that cannot.
    asio::awaitable<void> describe() {
        std::vector<group_info> found;
        found.reserve(with_.groups.size());
        for (const auto& name : with_.groups) {
            group_info group{name};
            co_await scout_.describe(group, with_.consumer);
            if (stop_.asked()) co_return;
            if (group.error) fail("group " + name, group.error);
            else found.push_back(std::move(group));
        }
        std::ostringstream text;
        for (const auto& each : found) print(text, each);
        text_ = with_.json ? as_json(found) : text.str();
    }

    void fail(const std::string& what, const kasio::error_code& error) {
        failed_ = true;
        if (!stop_.asked()) complain(what, error, kafka_.last_failure());
    }

    const settings& with_;
    kasio::cluster kafka_;
    asio::cancellation_signal cancel_;
    group_scout scout_;
    stop_signal stop_;
    std::string text_;
    bool failed_ = false;
};

} // namespace

int list_groups(const settings& with) {
    asio::io_context context{1};
    looking job{context, with};
    asio::co_spawn(context, job.run(), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    context.run();
    return job.exit_code();
}

} // namespace cli

// SPDX-License-Identifier: BSL-1.0
#include "consumer/fetch_session.hpp"

#include <kasio/broker_error.hpp>

#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

// The epoch of a request outside of any session.
constexpr std::int32_t no_session = -1;

/// Appends partitions to a request, a topic at a time as they come.
class partition_list {
public:
    partition_list(protocol::fetch_request& request, std::int32_t partition_bytes, std::int16_t version)
        : request_{request},
          partition_bytes_{partition_bytes},
          with_epochs_{version >= fetch_session::first_with_epochs} {}

    void add(const fetch_item& item) {
        const auto& position = *item.partition->position;
        if (request_.topics.empty() || *last_ != *position.topic ||
            request_.topics.back().topic_id != item.topic_id) {
            auto& topic = request_.topics.emplace_back();
            topic.topic = *position.topic;
            topic.topic_id = item.topic_id;
            last_ = position.topic.get();
        }
        auto& partition = request_.topics.back().partitions.emplace_back();
        partition.partition = position.number;
        partition.current_leader_epoch = item.leader_epoch;
        partition.fetch_offset = item.offset;
        // Brokers that do not know of it cannot be told.
        if (with_epochs_) partition.last_fetched_epoch = item.last_epoch;
        partition.partition_max_bytes = partition_bytes_;
    }

private:
    protocol::fetch_request& request_;
    const std::int32_t partition_bytes_;
    const bool with_epochs_;
    const std::string* last_ = nullptr;
};

} // namespace

std::size_t fetch_session::hash::operator()(const key& of) const noexcept {
    std::uint64_t id = 0;
    std::memcpy(&id, of.id.bytes.data(), sizeof id);
    const auto topic =
        of.name.empty() ? std::hash<std::uint64_t>{}(id) : std::hash<std::string_view>{}(of.name);
    // Partitions of one topic differ in a small number only: spread it.
    return topic ^ (static_cast<std::size_t>(of.partition) * 0x9E3779B97F4A7C15ULL);
}

fetch_session::key fetch_session::key_of(const fetch_item& item) const noexcept {
    const auto& position = *item.partition->position;
    if (by_id_) return {item.topic_id, {}, position.number};
    return {{}, *position.topic, position.number};
}

void fetch_session::ask(protocol::fetch_request& request, const fetch_round& round, std::int16_t version,
                        std::int32_t partition_bytes) {
    const bool by_id = version >= first_by_id;
    if (std::exchange(by_id_, by_id) != by_id) start_over();
    const bool sessions = version >= first_with_sessions;
    if (!sessions) epoch_ = 0;
    whole_ = epoch_ == 0;
    if (whole_) known_.clear();
    request.session_id = sessions ? id_ : 0;
    request.session_epoch = sessions ? epoch_ : no_session;
    ++requests_;
    partition_list list{request, partition_bytes, version};
    for (const auto& item : round.items) {
        if (tell(item)) list.add(item);
    }
    if (known_.size() != round.items.size()) forget(request);
}

bool fetch_session::ask_again(protocol::fetch_request& request, std::int16_t version) noexcept {
    if (epoch_ == 0 || version < first_with_sessions || by_id_ != (version >= first_by_id)) return false;
    whole_ = false;
    request.session_id = id_;
    request.session_epoch = epoch_;
    ++requests_;
    return true;
}

/// True when the broker has to be told.
bool fetch_session::tell(const fetch_item& item) {
    const auto place = known_.find(key_of(item));
    if (place != known_.end() && place->second.item.partition == item.partition) {
        auto& known = place->second;
        const bool changed = !known.item.says_the_same(item);
        known.item = item;
        known.asked = requests_;
        return changed;
    }
    // Given up and taken on again meanwhile: the key refers to a name that goes with its partition.
    if (place != known_.end()) known_.erase(place);
    known_.emplace(key_of(item), told{item, requests_, 0});
    return true;
}

/// Names what is not wanted now.
void fetch_session::forget(protocol::fetch_request& request) {
    std::map<std::pair<uuid, std::string_view>, std::vector<std::int32_t>> topics;
    for (const auto& [where, known] : known_) {
        if (known.asked != requests_) topics[{where.id, where.name}].push_back(where.partition);
    }
    for (auto& [topic, partitions] : topics) {
        auto& forgotten = request.forgotten_topics_data.emplace_back();
        forgotten.topic_id = topic.first;
        forgotten.topic = topic.second;
        forgotten.partitions = std::move(partitions);
    }
    std::erase_if(known_, [this](const auto& each) { return each.second.asked != requests_; });
}

void fetch_session::start_over() noexcept { epoch_ = 0; }

void fetch_session::on_failure() noexcept { start_over(); }

fetch_session::outcome fetch_session::on_answer(const protocol::fetch_response& answer) noexcept {
    if (answer.error_code != 0) {
        const auto error = static_cast<broker_errc>(answer.error_code);
        start_over();
        if (error == broker_errc::fetch_session_id_not_found) id_ = 0;
        const bool lost = error == broker_errc::fetch_session_id_not_found ||
                          error == broker_errc::invalid_fetch_session_epoch;
        return lost ? outcome::session_lost : outcome::refused;
    }
    if (answer.session_id == 0) {
        // It does not remember, or no longer.
        id_ = 0;
        start_over();
    } else if (whole_) {
        id_ = answer.session_id;
        epoch_ = 1;
    } else if (answer.session_id == id_) {
        epoch_ = epoch_ == std::numeric_limits<std::int32_t>::max() ? 1 : epoch_ + 1;
    } else {
        start_over();
    }
    return outcome::taken;
}

const fetch_item* fetch_session::find(const protocol::fetch_response::fetchable_topic_response& topic,
                                      std::int32_t partition) {
    const key wanted = by_id_ ? key{topic.topic_id, {}, partition} : key{{}, topic.topic, partition};
    const auto place = known_.find(wanted);
    if (place == known_.end()) {
        // It believes that we read something else.
        start_over();
        return nullptr;
    }
    if (std::exchange(place->second.answered, requests_) == requests_) return nullptr;
    return &place->second.item;
}

std::vector<fetch_item> fetch_session::unanswered() {
    std::vector<fetch_item> left_out;
    if (!whole_) return left_out;
    for (const auto& [where, known] : known_) {
        if (known.answered != requests_) left_out.push_back(known.item);
    }
    if (!left_out.empty()) start_over();
    return left_out;
}

KASIO_END_NAMESPACE

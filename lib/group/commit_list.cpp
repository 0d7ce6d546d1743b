// SPDX-License-Identifier: BSL-1.0
#include "group/commit_list.hpp"

#include "base/broker_error_table.hpp"

#include <algorithm>
#include <ostream>

KASIO_BEGIN_NAMESPACE

std::ostream& operator<<(std::ostream& out, const committed_offset& offset) {
    out << offset.partition;
    if (offset.error) return out << ": " << error_name(offset.error);
    return out << '@' << offset.offset;
}

commit_step step_after_commit(std::int16_t code) noexcept {
    switch (static_cast<broker_errc>(code)) {
        case broker_errc::none: return commit_step::done;
        case broker_errc::unknown_topic_or_partition:
        case broker_errc::unknown_topic_id:
        case broker_errc::unstable_offset_commit:
        case broker_errc::coordinator_load_in_progress: return commit_step::again;
        case broker_errc::coordinator_not_available:
        case broker_errc::not_coordinator:
        case broker_errc::request_timed_out: return commit_step::find_again;
        case broker_errc::rebalance_in_progress:
        case broker_errc::stale_member_epoch: return commit_step::rejoining;
        case broker_errc::illegal_generation:
        case broker_errc::unknown_member_id:
        case broker_errc::fenced_member_epoch: return commit_step::not_member;
        case broker_errc::fenced_instance_id: return commit_step::replaced;
        default: break;
    }
    const bool foreseen = code > 0 && find_broker_error(code) != nullptr;
    return foreseen && !is_retriable(from_broker(code)) ? commit_step::fail : commit_step::again;
}

commit_list::commit_list(std::vector<committed_offset> items) {
    std::stable_sort(items.begin(), items.end(),
                     [](const auto& a, const auto& b) { return a.partition < b.partition; });
    for (auto& each : items) {
        each.error = {};
        if (!items_.empty() && items_.back().partition == each.partition) items_.back() = std::move(each);
        else items_.push_back(std::move(each));
    }
    settled_.resize(items_.size());
}

bool commit_list::open() const noexcept {
    return std::find(settled_.begin(), settled_.end(), false) != settled_.end();
}

error_code commit_list::outcome() const noexcept {
    const auto failed =
        std::find_if(items_.begin(), items_.end(), [](const auto& each) { return each.error.failed(); });
    return failed == items_.end() ? error_code{} : failed->error;
}

void commit_list::fail(error_code error) {
    for (std::size_t at = 0; at < items_.size(); ++at) fail(at, error);
}

void commit_list::fail(std::size_t which, error_code error) {
    if (settled_[which]) return;
    settled_[which] = true;
    items_[which].error = error;
}

std::int16_t commit_list::note_ids(const find_id& id_of) {
    ids_.clear();
    for (std::size_t at = 0; at < items_.size(); ++at) {
        const auto& topic = items_[at].partition.topic;
        if (settled_[at] || ids_.contains(topic)) continue;
        const auto id = id_of(topic);
        if (id == uuid{}) {
            ids_.clear();
            return highest_by_name;
        }
        ids_.emplace(topic, id);
    }
    return highest_by_id;
}

std::int16_t commit_list::keep_ids(const find_id& id_of) {
    if (ids_.empty()) return highest_by_name;
    for (std::size_t at = 0; at < items_.size(); ++at) {
        if (settled_[at]) continue;
        const auto now = id_of(items_[at].partition.topic);
        if (now != uuid{} && now != this->id_of(items_[at].partition.topic))
            fail(at, broker_errc::unknown_topic_id);
    }
    return highest_by_id;
}

uuid commit_list::id_of(const std::string& topic) const {
    const auto known = ids_.find(topic);
    return known == ids_.end() ? uuid{} : known->second;
}

template <class Topic>
std::string_view commit_list::name_of(const Topic& topic) const {
    if constexpr (requires { topic.topic_id; }) {
        if (topic.name.empty()) {
            const auto known = std::find_if(ids_.begin(), ids_.end(),
                                            [&](const auto& each) { return each.second == topic.topic_id; });
            return known == ids_.end() ? std::string_view{} : known->first;
        }
    }
    return topic.name;
}

protocol::offset_commit_request commit_list::commit_request(const group_identity& as) const {
    protocol::offset_commit_request request;
    request.group_id = as.group_id;
    request.generation_id_or_member_epoch = as.generation;
    request.member_id = as.member_id;
    request.group_instance_id = as.instance_id;
    for (std::size_t at = 0; at < items_.size(); ++at) {
        if (settled_[at]) continue;
        const auto& item = items_[at];
        if (request.topics.empty() || request.topics.back().name != item.partition.topic) {
            auto& topic = request.topics.emplace_back();
            topic.name = item.partition.topic;
            topic.topic_id = id_of(topic.name);
        }
        auto& asked = request.topics.back().partitions.emplace_back();
        asked.partition_index = item.partition.partition;
        asked.committed_offset = item.offset;
        asked.committed_leader_epoch = item.leader_epoch;
        asked.committed_metadata = item.metadata;
    }
    return request;
}

protocol::offset_fetch_request commit_list::fetch_request(const group_identity& as, bool require_stable,
                                                          std::int16_t version) const {
    constexpr std::int16_t first_with_stable = 7;
    protocol::offset_fetch_request request;
    // Java sends it without to older brokers too, which know of no pending transaction here.
    request.require_stable = require_stable && version >= first_with_stable;
    const auto fill = [this](auto& topics) {
        for (std::size_t at = 0; at < items_.size(); ++at) {
            if (settled_[at]) continue;
            const auto& partition = items_[at].partition;
            if (topics.empty() || topics.back().name != partition.topic) {
                auto& topic = topics.emplace_back();
                topic.name = partition.topic;
                if constexpr (requires { topic.topic_id; }) topic.topic_id = id_of(topic.name);
            }
            topics.back().partition_indexes.push_back(partition.partition);
        }
    };
    if (version < first_with_groups) {
        request.group_id = as.group_id;
        fill(*request.topics);
        return request;
    }
    auto& group = request.groups.emplace_back();
    group.group_id = as.group_id;
    if (as.by_epoch && !as.member_id.empty()) {
        group.member_id = as.member_id;
        group.member_epoch = as.generation;
    }
    fill(*group.topics);
    return request;
}

std::optional<std::size_t> commit_list::find(std::string_view topic, std::int32_t partition) const noexcept {
    const auto before = [&](const committed_offset& each) {
        if (each.partition.topic != topic) return each.partition.topic < topic;
        return each.partition.partition < partition;
    };
    const auto place = std::partition_point(items_.begin(), items_.end(), before);
    if (place == items_.end() || place->partition.topic != topic || place->partition.partition != partition)
        return std::nullopt;
    return static_cast<std::size_t>(place - items_.begin());
}

void commit_list::settle(std::size_t which, std::int16_t code, verdict& all) {
    if (settled_[which]) return;
    const auto step = step_after_commit(code);
    if (step == commit_step::done || step == commit_step::fail) {
        settled_[which] = true;
        items_[which].error = from_broker(code);
        return;
    }
    if (step > all.step || all.step == commit_step::done) all = {step, from_broker(code)};
}

/// What an answer says nothing of is asked again.
void commit_list::close(verdict& all) const {
    if (all.step == commit_step::done && open()) all = {commit_step::again, errc::malformed_response};
}

commit_list::verdict commit_list::on_commit_answer(const protocol::offset_commit_response& answer) {
    verdict all;
    for (const auto& topic : answer.topics) {
        const auto name = name_of(topic);
        for (const auto& said : topic.partitions) {
            if (const auto which = find(name, said.partition_index)) settle(*which, said.error_code, all);
        }
    }
    close(all);
    return all;
}

template <class Topics>
void commit_list::on_fetched(const Topics& topics, verdict& all) {
    for (const auto& topic : topics) {
        const auto name = name_of(topic);
        for (const auto& said : topic.partitions) {
            const auto which = find(name, said.partition_index);
            if (!which || settled_[*which]) continue;
            auto& item = items_[*which];
            // A partition that is not there has no committed offset either.
            const bool none =
                said.error_code == static_cast<std::int16_t>(broker_errc::unknown_topic_or_partition);
            settle(*which, none ? std::int16_t{0} : said.error_code, all);
            if (none || said.error_code != 0 || said.committed_offset < 0) continue;
            item.offset = said.committed_offset;
            item.leader_epoch = said.committed_leader_epoch;
            item.metadata = said.metadata.value_or("");
        }
    }
}

commit_list::verdict commit_list::on_fetch_answer(const protocol::offset_fetch_response& answer,
                                                  const std::string& group_id) {
    verdict all;
    std::int16_t code = answer.error_code;
    on_fetched(answer.topics, all);
    for (const auto& group : answer.groups) {
        if (group.group_id != group_id) continue;
        code = group.error_code;
        on_fetched(group.topics, all);
    }
    if (code != 0) {
        for (std::size_t at = 0; at < items_.size(); ++at) settle(at, code, all);
    }
    close(all);
    return all;
}

KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
// Topics of a group: what its leader has to know of them, which names fit a pattern, which name an id has. On
// the strand.
#include "group/consumer_group.hpp"

#include "cluster/request_routed.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/metadata.hpp>

#include <algorithm>
#include <regex>

KASIO_BEGIN_NAMESPACE

void consumer_group::watch_topics() {
    std::set<std::string, std::less<>> wanted;
    if (subscription_) wanted.insert(subscription_->topics.begin(), subscription_->topics.end());
    wanted.insert(matched_.begin(), matched_.end());
    for (const auto& [topic, partitions] : shared_out_) wanted.insert(topic);
    for (const auto& each : wanted) {
        if (!watched_.contains(each)) cluster_->watch_topic(each, options_.allow_auto_create);
    }
    for (const auto& each : watched_) {
        if (!wanted.contains(each)) cluster_->unwatch_topic(each);
    }
    watched_ = std::move(wanted);
}

/// The leader asks anew: what it shares out must not be what it happened to know.
void consumer_group::start_duties(std::uint64_t ticket) {
    protocol::metadata_request request;
    request.allow_auto_topic_creation = false;
    auto& asked = request.topics.emplace();
    for (auto& each : duties_->topics()) asked.emplace_back().name = std::move(each);
    const auto limit =
        steady_clock::now() +
        std::min<std::chrono::milliseconds>(cluster_->options().default_timeout, options_.session_timeout);
    request_routed(cluster_, route{}, std::move(request), limit,
                   [self = shared_from_this(), ticket, entry = entries_](
                       error_code error, const protocol::metadata_response& answer) {
                       if (entry == self->entries_) self->on_layouts(ticket, error, answer);
                   });
}

void consumer_group::on_layouts(std::uint64_t ticket, error_code error,
                                const protocol::metadata_response& answer) {
    if (ended_ || !classic_ || !duties_) return;
    std::map<std::int32_t, std::string> racks;
    for (const auto& each : answer.brokers) {
        if (each.rack) racks[each.node_id] = *each.rack;
    }
    std::vector<topic_layout> layouts;
    shared_out_.clear();
    for (const auto& topic : error ? decltype(answer.topics){} : answer.topics) {
        const auto count = topic.error_code == 0 && topic.name ? topic.partitions.size() : 0;
        if (topic.name) shared_out_[*topic.name] = count;
        if (count == 0) continue;
        auto& layout = layouts.emplace_back(*topic.name, count);
        for (const auto& each : topic.partitions) {
            const auto number = static_cast<std::size_t>(each.partition_index);
            if (each.partition_index < 0 || number >= count) continue;
            for (const auto node : each.replica_nodes) {
                if (const auto rack = racks.find(node); rack != racks.end())
                    layout.racks[number].push_back(rack->second);
            }
        }
    }
    if (!error) error = duties_->share_out(*classic_->agreed(), layouts);
    if (error) {
        act([&](group_member& member, time_point now, member_actions& out) {
            static_cast<classic_member&>(member).on_duties_failed(ticket, error, now, out);
        });
        return;
    }
    watch_topics();
    assignments_ = std::make_shared<std::vector<std::pair<std::string, std::string>>>(duties_->assignments());
    duties_.reset();
    send_assignments(ticket);
}

void consumer_group::on_metadata() {
    if (ended_ || !classic_) return;
    look_at_layouts();
}

/// A leader whose topics have grown has them shared out again.
void consumer_group::look_at_layouts() {
    if (!classic_->leads() || !classic_->stable()) return;
    const bool grown = std::any_of(shared_out_.begin(), shared_out_.end(), [this](const auto& each) {
        const auto* known = cluster_->metadata().find(each.first);
        return known != nullptr && !known->error && known->partitions.size() > each.second;
    });
    if (!grown) return;
    act([](group_member& member, time_point now, member_actions& out) {
        static_cast<classic_member&>(member).on_topics_changed(now, out);
    });
}

/// Which topics there are, again and again: new ones may fit the pattern.
void consumer_group::match_topics() {
    if (!subscription_ || subscription_->pattern.empty() || by_epoch_ || matching_ || ended_) return;
    matching_ = true;
    protocol::metadata_request request;
    request.allow_auto_topic_creation = false;
    request.topics.reset(); // all
    request_routed(cluster_, route{}, std::move(request),
                   steady_clock::now() + cluster_->options().default_timeout,
                   [self = shared_from_this()](error_code error, const protocol::metadata_response& answer) {
                       self->on_topic_names(error, answer);
                   });
}

void consumer_group::on_topic_names(error_code error, const protocol::metadata_response& answer) {
    matching_ = false;
    const auto core = core_.lock();
    if (!core || ended_ || leaving_ || closing_ || !classic_ || !subscription_ ||
        subscription_->pattern.empty())
        return;
    const auto later = error ? cluster_->retry_delay(0) : cluster_->options().metadata_max_age;
    cluster_->call_at(steady_clock::now() + later, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->match_topics();
    });
    if (error) return core->tell_group(error);
    std::vector<std::string> found;
    try {
        const std::regex pattern{subscription_->pattern};
        for (const auto& each : answer.topics) {
            if (!each.name || each.is_internal || each.error_code != 0) continue;
            if (std::regex_match(*each.name, pattern)) found.push_back(*each.name);
        }
    } catch (const std::regex_error&) {
        return core->fail_waits(errc::invalid_argument);
    }
    found.insert(found.end(), subscription_->topics.begin(), subscription_->topics.end());
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    // The first time too when there is none: the member is to be one all the same.
    const bool first = classic_->topics().empty() && !classic_->was_asked();
    matched_ = found;
    watch_topics();
    if (!first && found == classic_->topics()) return;
    const bool waiting = core->waits_for_records();
    act([&](group_member& member, time_point now, member_actions& out) {
        if (waiting) member.on_poll(true, now, out);
        member.subscribe(std::move(found), now, out);
    });
}

/// Topics that the broker names by id only.
void consumer_group::resolve(std::vector<uuid> ids) {
    std::vector<std::pair<uuid, std::string>> names;
    for (const auto& topic : watched_) {
        const auto* known = cluster_->metadata().find(topic);
        if (known != nullptr && std::find(ids.begin(), ids.end(), known->id) != ids.end())
            names.emplace_back(known->id, topic);
    }
    const auto told = [entry = entries_,
                       weak = weak_from_this()](std::vector<std::pair<uuid, std::string>> all) {
        const auto self = weak.lock();
        if (!self) return;
        self->answer(entry, [&](group_member& member, time_point now, member_actions& out) {
            static_cast<consumer_member&>(member).on_names(all, now, out);
        });
    };
    if (names.size() == ids.size()) return told(std::move(names));
    protocol::metadata_request request;
    request.allow_auto_topic_creation = false;
    auto& asked = request.topics.emplace();
    for (const auto& id : ids) {
        auto& each = asked.emplace_back();
        each.topic_id = id;
        each.name.reset();
    }
    request_routed(
        cluster_, route{}, std::move(request), steady_clock::now() + cluster_->options().request_timeout,
        [told, names = std::move(names)](error_code, const protocol::metadata_response& answer) mutable {
            for (const auto& each : answer.topics) {
                if (each.error_code == 0 && each.name && !each.name->empty())
                    names.emplace_back(each.topic_id, *each.name);
            }
            told(std::move(names));
        });
}

KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/committed_offset.hpp>
#include <kasio/messages/offset.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// As whom a group knows us.
struct group_identity {
    std::string group_id;
    /// Generation of a classic group or epoch of a member; -1 and an empty id: nobody, as one who reads what
    /// it was told to read.
    std::int32_t generation = -1;
    std::string member_id;
    std::optional<std::string> instance_id;
    /// A member by the protocol of KIP-848.
    bool by_epoch = false;
    group_identity() {}
    friend bool operator==(const group_identity&, const group_identity&) = default;
};

/// What to do about a code in an answer to OffsetCommit or OffsetFetch.
enum class commit_step : std::uint8_t {
    done,
    /// The same again after a pause; so with codes that nobody foresaw.
    again,
    /// Another broker is in charge by now: find it, then again.
    find_again,
    /// The group is between two generations, or our epoch has moved on: again, as whom it knows us then.
    rejoining,
    /// The group no longer knows this member, or not this generation.
    not_member,
    /// Not this member any more, for good: another one has taken its place.
    replaced,
    /// Tell: asking again does not mend it.
    fail,
};
[[nodiscard]] commit_step step_after_commit(std::int16_t code) noexcept;

/// The offsets of one commit, or the partitions of one question, while it is under way. Partitions are named
/// once, in order.
class commit_list {
public:
    static constexpr std::int16_t highest_by_name = 9;
    static constexpr std::int16_t highest_by_id = 10;
    static constexpr std::int16_t first_with_groups = 8;

    /// Of a partition that is named twice the last offset counts.
    explicit commit_list(std::vector<committed_offset> items);

    [[nodiscard]] bool open() const noexcept;
    [[nodiscard]] const std::vector<committed_offset>& items() const noexcept { return items_; }
    [[nodiscard]] std::vector<committed_offset> take() noexcept { return std::move(items_); }
    /// Success, or what is wrong with the first that has failed.
    [[nodiscard]] error_code outcome() const noexcept;
    /// Settles what is open.
    void fail(error_code error);
    /// Settles one that is open with an error.
    void fail(std::size_t which, error_code error);
    [[nodiscard]] bool settled(std::size_t which) const noexcept { return settled_[which]; }

    using find_id = std::function<uuid(const std::string& topic)>;
    /// Notes the ids of the topics that are open, zero where one is not known, and tells the highest version
    /// that can name them all: from 10 on topics go by id.
    [[nodiscard]] std::int16_t note_ids(const find_id& id_of);
    /// As noted before. What is of a topic that has another id by now is settled with `unknown_topic_id`: its
    /// offset is none of the new topic's.
    [[nodiscard]] std::int16_t keep_ids(const find_id& id_of);
    [[nodiscard]] protocol::offset_commit_request commit_request(const group_identity& as) const;
    [[nodiscard]] protocol::offset_fetch_request fetch_request(const group_identity& as, bool require_stable,
                                                               std::int16_t version) const;

    /// What an answer leaves to do: the gravest of its codes. What it leaves out stays open.
    struct verdict {
        commit_step step = commit_step::done;
        error_code cause;
    };
    verdict on_commit_answer(const protocol::offset_commit_response& answer);
    verdict on_fetch_answer(const protocol::offset_fetch_response& answer, const std::string& group_id);

private:
    [[nodiscard]] std::optional<std::size_t> find(std::string_view topic,
                                                  std::int32_t partition) const noexcept;
    void settle(std::size_t which, std::int16_t code, verdict& all);
    [[nodiscard]] uuid id_of(const std::string& topic) const;
    /// Which topic an answer speaks of.
    template <class Topic>
    [[nodiscard]] std::string_view name_of(const Topic& topic) const;
    template <class Topics>
    void on_fetched(const Topics& topics, verdict& all);
    void close(verdict& all) const;

    std::vector<committed_offset> items_;
    std::vector<bool> settled_;
    /// Of all topics that were open, or none.
    std::map<std::string, uuid> ids_;
};

KASIO_END_NAMESPACE

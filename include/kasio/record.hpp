// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/bytes.hpp>
#include <kasio/config.hpp>

#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Milliseconds since the Unix epoch, as Kafka stores them.
using timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// Who set a record's timestamp (topic setting `message.timestamp.type`).
enum class timestamp_type : std::uint8_t { create_time, log_append_time };

/// A header of a record: a name that may repeat, and a value that may be null (KIP-82).
struct header {
    std::string_view key = {};
    bytes_view value = {};
    friend bool operator==(const header&, const header&) = default;
};

/// A record to send. It borrows everything it points to until the call that takes it returns: the producer
/// encodes it into a batch at once.
///
/// `partition`: chosen by the producer's partitioner when absent. `timestamp`: now when absent.
struct producer_record {
    std::string_view topic = {};
    std::optional<std::int32_t> partition = {};
    bytes_view key = {};
    bytes_view value = {};
    std::span<const header> headers = {};
    std::optional<kasio::timestamp> timestamp = {};
};
// g++ 12 destroys temporaries of other kinds twice inside a co_await expression.
static_assert(std::is_trivially_copyable_v<producer_record>);

/// A forward range over a record's headers, decoded as one walks. Borrowed like the record.
class headers_view {
public:
    class iterator {
    public:
        using value_type = header;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::forward_iterator_tag;
        iterator() noexcept = default;
        [[nodiscard]] const header& operator*() const noexcept { return current_; }
        [[nodiscard]] const header* operator->() const noexcept { return &current_; }
        KASIO_DECL iterator& operator++() noexcept;
        iterator operator++(int) noexcept {
            auto before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.left_ == b.left_; }

    private:
        friend class headers_view;
        KASIO_DECL iterator(const char* at, std::int32_t left) noexcept;
        void read() noexcept;
        const char* at_ = nullptr;
        std::int32_t left_ = 0;
        header current_;
    };

    headers_view() noexcept = default;
    /// `count` headers in Kafka's encoding at `at`, whose bounds the caller has checked.
    headers_view(const char* at, std::int32_t count) noexcept : at_{at}, count_{count} {}

    [[nodiscard]] iterator begin() const noexcept { return {at_, count_}; }
    [[nodiscard]] iterator end() const noexcept { return {nullptr, 0}; }
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(count_); }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    /// The value of the last header with that name; nothing when there is none.
    [[nodiscard]] KASIO_DECL std::optional<bytes_view> last(std::string_view key) const noexcept;

private:
    const char* at_ = nullptr;
    std::int32_t count_ = 0;
};

/// A record that owns its bytes; what `record_view::to_owned` gives.
struct owned_record {
    std::string topic;
    std::int32_t partition = -1;
    std::int64_t offset = -1;
    kasio::timestamp timestamp{};
    kasio::timestamp_type timestamp_type = kasio::timestamp_type::create_time;
    std::int32_t leader_epoch = -1;
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
    owned_record() {}
    friend bool operator==(const owned_record&, const owned_record&) = default;
};

/// What all records of one batch share. Kept by the `fetched_records` the record came in.
struct batch_origin {
    std::string_view topic = {};
    std::int32_t partition = -1;
    std::int32_t leader_epoch = -1;
    kasio::timestamp_type timestamp_type = kasio::timestamp_type::create_time;
};

/// A record as it lies in the fetched bytes: cheap to copy, owns nothing, valid as long as the
/// `fetched_records` it came from.
class record_view {
public:
    record_view() noexcept = default;
    record_view(const batch_origin* origin, std::int64_t offset, kasio::timestamp time, bytes_view key, bytes_view value,
                headers_view headers) noexcept
        : origin_{origin}, offset_{offset}, time_{time}, key_{key}, value_{value}, headers_{headers} {}

    [[nodiscard]] std::string_view topic() const noexcept { return origin_->topic; }
    [[nodiscard]] std::int32_t partition() const noexcept { return origin_->partition; }
    [[nodiscard]] std::int64_t offset() const noexcept { return offset_; }
    /// Null and empty differ.
    [[nodiscard]] bytes_view key() const noexcept { return key_; }
    /// Null (a tombstone) and empty differ.
    [[nodiscard]] bytes_view value() const noexcept { return value_; }
    [[nodiscard]] headers_view headers() const noexcept { return headers_; }
    [[nodiscard]] kasio::timestamp timestamp() const noexcept { return time_; }
    [[nodiscard]] kasio::timestamp_type timestamp_type() const noexcept { return origin_->timestamp_type; }
    /// Epoch of the leader that appended the record's batch; -1 when the broker did not say.
    [[nodiscard]] std::int32_t leader_epoch() const noexcept { return origin_->leader_epoch; }
    /// A copy that outlives the fetched bytes.
    [[nodiscard]] KASIO_DECL owned_record to_owned() const;

private:
    const batch_origin* origin_ = nullptr;
    std::int64_t offset_ = -1;
    kasio::timestamp time_{};
    bytes_view key_;
    bytes_view value_;
    headers_view headers_;
};

KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What the chaos tests share: histories, their checker, and what makes them.
namespace chaos {

/// Where an operation stands. `fail`: it certainly had no effect; `info`: nobody knows. `note`: no operation,
/// but something that happened.
enum class phase : std::uint8_t { invoke, ok, fail, info, note };

/// A record somebody saw, or a place in a log. Every value is written once, so that it names its write.
struct sighting {
    std::string key;
    std::int64_t offset = -1;
    std::int64_t value = -1;
    friend bool operator==(const sighting&, const sighting&) = default;
};

/// One line of a history.
///
/// | what | phase | means |
/// |---|---|---|
/// | `send` | all | `value` goes to topic `key`; at its end `key` is topic/partition and `offset` its place |
/// | `transaction` | ok, fail, info | how transaction `value`, which sends name as their `group`, ended |
/// | `poll` | all | `items` are the records it gave, in their order |
/// | `flush`, `close`, `wait` | all | operations that only must end |
/// | `commit` | all | `items` are the offsets; `text` is `auto` or `given` |
/// | `assign`, `seek` | note | `process` reads `key` from `offset`; -1: unknown until read |
/// | `unassign`, `pause`, `resume` | note | of `key` by `process` |
/// | `reset`, `truncated` | note | `process` was told that `key` goes on at `offset` |
/// | `assigned`, `revoked`, `lost` | note | `process`, a member of group `group`, and `key` |
/// | `log` | note | the truth: all records of `key`, in `items` |
/// | `final` | note | readers have read all logs to their ends |
/// | `committed` | note | the truth: offsets of group `group`, in `items` |
/// | `clean` | note | no member of group `group` died or was thrown out |
/// | `copied` | note | the output holds `value` for the record at `offset` of `key`, by group `group` |
/// | `residue` | note | `value` things named `text` were left after close |
/// | `budget` | note | `process` held `value` bytes; its limit is `offset`, one item at most `group` bytes |
/// | `hang` | note | the run did not end |
/// | `fault` | note | what the nemesis did |
struct event {
    std::int64_t time = 0;
    std::string process = {};
    std::int64_t operation = -1;
    chaos::phase phase = phase::note;
    std::string what = {};
    std::string key = {};
    std::int64_t value = -1;
    std::int64_t offset = -1;
    /// The transaction or the call that a send was part of; a group.
    std::int64_t group = -1;
    /// Of an invocation: when it must have ended.
    std::int64_t until = -1;
    std::string text = {};
    std::vector<sighting> items = {};
    friend bool operator==(const event&, const event&) = default;
};

using history = std::vector<event>;

/// One JSON object, without the end of the line. Members that say nothing are left out.
[[nodiscard]] std::string to_json(const event& what);
/// The inverse; the members may come in any order. Throws `std::runtime_error`.
[[nodiscard]] event from_json(std::string_view line);
/// A line per event.
[[nodiscard]] std::string to_lines(const history& events);
[[nodiscard]] history from_lines(std::string_view text);

} // namespace chaos

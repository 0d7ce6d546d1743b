// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/assignor.hpp>
#include <kasio/error.hpp>
#include <kasio/messages/group.hpp>

#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What a group's leader has to do with the answer to its JoinGroup: read what the members say, share the
/// topics out, write down what each gets. The bytes of others are not believed: a member whose bytes cannot
/// be read gets nothing.
class leader_duties {
public:
    explicit leader_duties(const protocol::join_group_response& answer);

    /// All that any member wants.
    [[nodiscard]] std::vector<std::string> topics() const;
    /// What the assignor throws, or a partition given to two members or to one that is none, is an error
    /// (`errc::invalid_argument`): nothing must be sent then.
    [[nodiscard]] error_code share_out(const assignor& by, const std::vector<topic_layout>& layouts);
    /// Member ids, with the bytes for each.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& assignments() const noexcept {
        return assignments_;
    }

private:
    std::vector<member_subscription> members_;
    std::vector<std::string> unreadable_;
    std::vector<std::pair<std::string, std::string>> assignments_;
};

KASIO_END_NAMESPACE

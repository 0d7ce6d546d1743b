// SPDX-License-Identifier: BSL-1.0
#include "testing/group_entry.hpp"

#include "testing/group_bytes.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

bool group_entry::has_members() const {
    if (consumer) return !consumer->members().empty();
    return classic && classic->state() != classic_group::phase::empty;
}

bool group_entry::is_subscribed(std::string_view topic) const {
    if (consumer) return consumer->is_subscribed(std::string{topic});
    if (!classic) return false;
    const auto wants = [&](const classic_member& member) {
        return std::any_of(member.protocols.begin(), member.protocols.end(), [&](const auto& protocol) {
            const auto topics = topics_of(protocol.second.view());
            return std::find(topics.begin(), topics.end(), topic) != topics.end();
        });
    };
    return std::any_of(classic->members().begin(), classic->members().end(), wants);
}

void group_entry::note_commit(noted_commit commit) {
    commits.push_back(std::move(commit));
    if (commits.size() > commits_kept) commits.pop_front();
}

} // namespace testing
KASIO_END_NAMESPACE

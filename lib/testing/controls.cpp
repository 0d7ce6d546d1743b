// SPDX-License-Identifier: BSL-1.0
#include "testing/controls.hpp"

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

template <class Rules>
void use_up(Rules& rules, typename Rules::iterator at) {
    if (--at->left <= 0) rules.erase(at);
}

} // namespace

bool is_plain(const request_action& action) {
    using std::chrono::milliseconds;
    return action.error == broker_errc::none && action.throttle_time == milliseconds{0} &&
           action.delay == milliseconds{0} && action.delay_answer == milliseconds{0} && !action.drop &&
           !action.drop_answer && !action.close && !action.cut_answer_after && !action.edit_answer &&
           !action.raw_answer && action.byte_interval == milliseconds{0};
}

void controls::add(api which, int node, request_action action, int count) {
    if (count > 0) actions_.push_back({which, node, count, std::move(action)});
}

void controls::add_connection_cut(cut_side side, std::size_t bytes, int node, int count) {
    if (count > 0) connection_cuts_.push_back({api::any, node, count, {side, bytes}});
}

void controls::add_request_cut(api which, std::size_t bytes, int node, int count) {
    if (count > 0) request_cuts_.push_back({which, node, count, bytes});
}

void controls::add_greeting(std::string bytes, int node, int count) {
    if (count > 0) greetings_.push_back({api::any, node, count, std::move(bytes)});
}

void controls::clear() {
    actions_.clear();
    connection_cuts_.clear();
    request_cuts_.clear();
    greetings_.clear();
    hook_ = nullptr;
}

request_action controls::decide(const request_record& request) {
    if (hook_) {
        // A copy: the hook may replace itself while it runs.
        const request_hook hook = hook_;
        if (auto action = hook(request); action && !is_plain(*action)) return *std::move(action);
    }
    const auto at = std::find_if(actions_.begin(), actions_.end(),
                                 [&](const auto& rule) { return rule.fits(request.api, request.node); });
    if (at == actions_.end()) return {};
    request_action action = at->what;
    use_up(actions_, at);
    return action;
}

std::optional<controls::connection_cut> controls::draw_connection_cut(int node) {
    const auto at = std::find_if(connection_cuts_.begin(), connection_cuts_.end(),
                                 [&](const auto& rule) { return rule.fits(api::any, node); });
    if (at == connection_cuts_.end()) return std::nullopt;
    const connection_cut cut = at->what;
    use_up(connection_cuts_, at);
    return cut;
}

std::optional<std::string> controls::draw_greeting(int node) {
    const auto at = std::find_if(greetings_.begin(), greetings_.end(),
                                 [&](const auto& rule) { return rule.fits(api::any, node); });
    if (at == greetings_.end()) return std::nullopt;
    std::string bytes = at->what;
    use_up(greetings_, at);
    return bytes;
}

bool controls::draw_request_cut(api which, int node, std::size_t received) {
    const auto at = std::find_if(request_cuts_.begin(), request_cuts_.end(), [&](const auto& rule) {
        return rule.fits(which, node) && rule.what <= received;
    });
    if (at == request_cuts_.end()) return false;
    use_up(request_cuts_, at);
    return true;
}

} // namespace testing
KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/testing/request.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// True when the action asks for nothing out of the ordinary.
[[nodiscard]] bool is_plain(const request_action& action);

/// The rules that tests have set, and what each request draws from them.
class controls {
public:
    using request_hook = std::function<std::optional<request_action>(const request_record&)>;

    void add(api which, int node, request_action action, int count);
    void add_connection_cut(cut_side side, std::size_t bytes, int node, int count);
    void add_request_cut(api which, std::size_t bytes, int node, int count);
    void add_greeting(std::string bytes, int node, int count);
    void set_hook(request_hook hook) { hook_ = std::move(hook); }
    void clear();

    /// What to do with a request: the hook's word if it has one, else the first rule that fits, which is used
    /// up by one.
    [[nodiscard]] request_action decide(const request_record& request);

    struct connection_cut {
        cut_side side = cut_side::request;
        std::size_t bytes = 0;
    };
    /// Drawn once by each accepted connection.
    [[nodiscard]] std::optional<connection_cut> draw_connection_cut(int node);
    /// What an accepted connection is sent unasked. Drawn once by each.
    [[nodiscard]] std::optional<std::string> draw_greeting(int node);
    /// Whether `received` bytes of a request of that api are where its connection is to be reset; a rule that
    /// fires is used up by one. A whole request that is shorter than the rule says passes.
    [[nodiscard]] bool draw_request_cut(api which, int node, std::size_t received);

private:
    template <class What>
    struct rule {
        api which = api::any;
        int node = any_node;
        int left = 0;
        What what;

        [[nodiscard]] bool fits(api asked, int asked_node) const {
            return (which == api::any || which == asked) && (node == any_node || node == asked_node);
        }
    };

    std::vector<rule<request_action>> actions_;
    std::vector<rule<connection_cut>> connection_cuts_;
    std::vector<rule<std::size_t>> request_cuts_;
    std::vector<rule<std::string>> greetings_;
    request_hook hook_;
};

} // namespace testing
KASIO_END_NAMESPACE

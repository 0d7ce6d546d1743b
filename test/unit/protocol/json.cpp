// SPDX-License-Identifier: BSL-1.0
#include "json.hpp"

#include <boost/json/src.hpp>

namespace kasio_test {

namespace {

namespace json = boost::json;

class comparison {
public:
    std::vector<std::string> differences;

    void values(const std::string& path, const json::value& expected, const json::value& full,
                const json::value& lean) {
        if (expected.is_object() && full.is_object() && lean.is_object()) {
            return objects(path, expected.get_object(), full.get_object(), lean.get_object());
        }
        if (expected.is_array() && full.is_array() && lean.is_array()) {
            return arrays(path, expected.get_array(), full.get_array(), lean.get_array());
        }
        const bool numbers = expected.is_number() && full.is_number();
        if (numbers
                ? expected.to_number<double>() != full.to_number<double>() || !same_integer(expected, full)
                : expected != full) {
            differences.push_back(path + ": " + json::serialize(full) + " instead of " +
                                  json::serialize(expected));
        }
    }

private:
    static bool same_integer(const json::value& a, const json::value& b) {
        return a.is_double() || b.is_double() || a.to_number<std::int64_t>() == b.to_number<std::int64_t>();
    }

    void objects(const std::string& path, const json::object& expected, const json::object& full,
                 const json::object& lean) {
        for (const auto& [key, value] : expected) {
            const std::string inner = path + '.' + std::string{key};
            const auto* const printed = full.if_contains(key);
            const auto* const travels = lean.if_contains(key);
            if (printed == nullptr) differences.push_back(inner + ": missing");
            else values(inner, value, *printed, travels != nullptr ? *travels : *printed);
        }
        for (const auto& [key, value] : lean) {
            if (!expected.contains(key))
                differences.push_back(path + '.' + std::string{key} + ": not expected");
        }
    }

    void arrays(const std::string& path, const json::array& expected, const json::array& full,
                const json::array& lean) {
        if (expected.size() != full.size()) {
            differences.push_back(path + ": " + std::to_string(full.size()) + " elements instead of " +
                                  std::to_string(expected.size()));
            return;
        }
        for (std::size_t i = 0; i < expected.size(); ++i) {
            values(path + '[' + std::to_string(i) + ']', expected[i], full[i], lean[i]);
        }
    }
};

} // namespace

std::vector<std::string> json_differences(const std::string& expected, const std::string& full,
                                          const std::string& lean) {
    comparison run;
    run.values("", json::parse(expected), json::parse(full), json::parse(lean));
    return run.differences;
}

void require_json(const std::string& text) { static_cast<void>(json::parse(text)); }

} // namespace kasio_test

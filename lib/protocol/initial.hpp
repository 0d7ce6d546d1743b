// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

// Does a field have the value that it has in a fresh message? Then a tagged one does not travel.

template <class Number>
    requires std::is_arithmetic_v<Number>
[[nodiscard]] bool is_initial(Number value, field f) noexcept {
    return value == static_cast<Number>(f.initial);
}
[[nodiscard]] inline bool is_initial(const uuid& value, field) noexcept { return value.is_zero(); }
[[nodiscard]] inline bool is_initial(const std::string& value, field) noexcept { return value.empty(); }
[[nodiscard]] inline bool is_initial(const bytes_view& value, field f) noexcept {
    return f.starts_null ? value.is_null() : !value.is_null() && value.empty();
}
template <class Element>
[[nodiscard]] bool is_initial(const std::vector<Element>& value, field) noexcept {
    return value.empty();
}
template <class Value>
[[nodiscard]] bool is_initial(const std::optional<Value>& value, field f) noexcept {
    return f.starts_null ? !value : value && value->empty();
}
template <class Message>
    requires std::is_class_v<Message>
[[nodiscard]] bool is_initial(const Message& value, field) {
    return value == Message{};
}

} // namespace protocol
KASIO_END_NAMESPACE

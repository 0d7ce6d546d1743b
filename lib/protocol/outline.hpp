// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// One line of a description.
struct outline_row {
    /// 0 for the fields of the message itself.
    int depth = 0;
    std::string name;
    /// As Kafka writes it: `int32`, `[]string`; `struct` and `[]struct` are followed by their fields, one
    /// deeper.
    std::string type;
    field words;
    /// The member initialiser: a number, `true`, `false`, `null`, or nothing for zero and empty.
    std::string initial;
};

/// The codec that lists a description's fields. It is run on a fresh message.
class outliner {
public:
    static constexpr bool changes_messages = false;

    [[nodiscard]] const std::vector<outline_row>& rows() const noexcept { return rows_; }

    template <class Value>
    void operator()(const char* name, const Value& value, plain_field f = always) {
        add(name, value, f);
    }
    template <class Value>
    void operator()(const char* name, const Value& value, tagged_field f) {
        add(name, value, f);
    }

    template <class Message>
    void structure(const Message& message) {
        describe(*this, message);
    }

private:
    template <class Value>
    void add(const char* name, const Value& value, field f) {
        rows_.push_back({depth_, name, type_of(value), f, initial_of(value)});
        ++depth_;
        descend(value);
        --depth_;
    }

    static std::string type_of(bool) { return "bool"; }
    static std::string type_of(std::int8_t) { return "int8"; }
    static std::string type_of(std::int16_t) { return "int16"; }
    static std::string type_of(std::uint16_t) { return "uint16"; }
    static std::string type_of(std::int32_t) { return "int32"; }
    static std::string type_of(std::int64_t) { return "int64"; }
    static std::string type_of(double) { return "float64"; }
    static std::string type_of(const std::string&) { return "string"; }
    static std::string type_of(const bytes_view&) { return "bytes"; }
    static std::string type_of(const uuid&) { return "uuid"; }
    template <class Value>
    static std::string type_of(const std::optional<Value>&) {
        return type_of(Value{});
    }
    template <class Element>
    static std::string type_of(const std::vector<Element>&) {
        return "[]" + type_of(Element{});
    }
    template <class Message>
    static std::string type_of(const Message&) {
        return "struct";
    }

    static std::string initial_of(bool value) { return value ? "true" : ""; }
    static std::string initial_of(const bytes_view& value) { return value.is_null() ? "null" : ""; }
    template <class Number>
        requires std::is_arithmetic_v<Number>
    static std::string initial_of(Number value) {
        return value == Number{} ? "" : std::to_string(value);
    }
    template <class Value>
    static std::string initial_of(const std::optional<Value>& value) {
        return value ? "" : "null";
    }
    template <class Value>
        requires std::is_class_v<Value>
    static std::string initial_of(const Value&) {
        return "";
    }

    template <class Message>
    void descend(const Message& message) {
        if constexpr (std::is_class_v<Message> && !std::is_same_v<Message, std::string> &&
                      !std::is_same_v<Message, uuid> && !std::is_same_v<Message, bytes_view>) {
            describe(*this, message);
        }
    }
    template <class Value>
    void descend(const std::optional<Value>&) {
        descend(Value{});
    }
    template <class Element>
    void descend(const std::vector<Element>&) {
        descend(Element{});
    }

    int depth_ = 0;
    std::vector<outline_row> rows_;
};

/// Defined, by the description, in the message's family.
template <class Message>
void outline_message(outliner& codec, const Message& fresh);

} // namespace protocol
KASIO_END_NAMESPACE

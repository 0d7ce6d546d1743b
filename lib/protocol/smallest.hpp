// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// The codec that adds up how few bytes a value takes at one version: what a count from the wire is held
/// against before it is believed. Everything of variable length counts as empty or null.
class smallest_size {
public:
    static constexpr bool changes_messages = false;

    smallest_size(std::int16_t version, bool flexible) noexcept : version_{version}, flexible_{flexible} {}

    /// Of one element of an array; never 0, so that a count without bytes behind it is refused in any case.
    template <class Element>
    static std::size_t of(std::int16_t version, bool flexible) {
        smallest_size codec{version, flexible};
        codec.add(Element{}, always);
        return codec.size_ > 0 ? codec.size_ : 1;
    }

    template <class Value>
    void operator()(const char*, const Value& value, plain_field f = always) {
        if (f.stands_in(version_)) add(value, f);
    }
    template <class Value>
    void operator()(const char*, const Value&, tagged_field) noexcept {}

private:
    template <class Number>
        requires std::is_arithmetic_v<Number>
    void add(const Number&, field) noexcept {
        size_ += sizeof(Number);
    }
    void add(const uuid&, field) noexcept { size_ += 16; }
    void add(const std::string&, field) noexcept { size_ += flexible_ ? 1 : sizeof(std::int16_t); }
    void add(const std::optional<std::string>&, field) noexcept {
        size_ += flexible_ ? 1 : sizeof(std::int16_t);
    }
    void add(const bytes_view&, field) noexcept { size_ += flexible_ ? 1 : sizeof(std::int32_t); }
    template <class Element>
    void add(const std::vector<Element>&, field) noexcept {
        size_ += flexible_ ? 1 : sizeof(std::int32_t);
    }
    template <class Element>
    void add(const std::optional<std::vector<Element>>&, field) noexcept {
        size_ += flexible_ ? 1 : sizeof(std::int32_t);
    }
    template <class Message>
    void add(const std::optional<Message>&, field) noexcept {
        size_ += 1;
    }
    template <class Message>
        requires std::is_class_v<Message>
    void add(const Message& message, field) {
        describe(*this, message);
        size_ += flexible_ ? 1 : 0;
    }

    std::size_t size_ = 0;
    std::int16_t version_;
    bool flexible_;
};

} // namespace protocol
KASIO_END_NAMESPACE

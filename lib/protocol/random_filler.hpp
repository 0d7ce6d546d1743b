// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// The codec that fills a fresh message with random values which the version can carry. It owns the bytes
/// that the message's views point to.
class random_filler {
public:
    static constexpr bool changes_messages = true;

    random_filler(std::uint64_t seed, std::int16_t version) : random_{seed}, version_{version} {}

    template <class Value>
    void operator()(const char*, Value& value, plain_field f = always) {
        if (f.stands_in(version_)) fill(value, f);
    }
    /// Now and then tagged fields keep their initial value, with which they do not travel.
    template <class Value>
    void operator()(const char*, Value& value, tagged_field f) {
        if (f.stands_in(version_) && !one_in(3)) fill(value, f);
    }

    template <class Message>
    void structure(Message& message) {
        describe(*this, message);
    }

private:
    void fill(bool& value, field f);
    void fill(double& value, field f);
    void fill(uuid& value, field f);
    void fill(std::string& value, field f);
    void fill(bytes_view& value, field f);

    template <class Integer>
        requires std::is_integral_v<Integer>
    void fill(Integer& value, field) {
        value = static_cast<Integer>(integer());
    }
    template <class Value>
    void fill(std::optional<Value>& value, field f) {
        if (f.may_be_null_in(version_) && one_in(4)) value.reset();
        else fill(value.emplace(), f);
    }
    template <class Element>
    void fill(std::vector<Element>& elements, field) {
        elements.resize(length());
        for (Element& element : elements) fill(element, always);
    }
    template <class Message>
        requires std::is_class_v<Message>
    void fill(Message& message, field) {
        structure(message);
    }

    [[nodiscard]] bool one_in(unsigned n) { return random_() % n == 0; }
    [[nodiscard]] std::size_t length() { return random_() % 4; }
    /// Often one at the edge of a type.
    [[nodiscard]] std::int64_t integer();
    [[nodiscard]] std::string text();

    std::mt19937_64 random_;
    std::int16_t version_;
    std::deque<std::string> bytes_;
};

/// Defined, by the description, in the message's family.
template <class Message>
void fill_message(random_filler& codec, Message& fresh);

} // namespace protocol
KASIO_END_NAMESPACE

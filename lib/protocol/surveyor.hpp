// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/initial.hpp"

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

/// A part of an encoded message that a reader understands as one thing.
struct place {
    enum class kind : std::uint8_t {
        /// Bytes of a string, an identifier, records and the like.
        content,
        number,
        /// Of a string or bytes, or the count of an array; the same plus one where it is a varint.
        length,
        /// Whether a struct that may be null is there.
        presence,
        tag_count,
        tag,
        tag_size,
    };
    kind what = kind::content;
    std::size_t at = 0;
    std::size_t size = 0;
    /// A varint, whose size depends on its value.
    bool is_varint = false;
};

/// The codec that tells where the parts of a message lie once it is encoded at one version. It encodes
/// nothing and knows nothing of the encoder, so that the two can be held against each other.
///
/// The message must be one that the version can carry.
class surveyor {
public:
    static constexpr bool changes_messages = false;

    surveyor(std::int16_t version, bool flexible) : version_{version}, flexible_{flexible} {}

    /// In the order of the wire; together they are the whole message, without gaps.
    [[nodiscard]] const std::vector<place>& places() const noexcept { return places_; }
    /// Bytes of the encoded message.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    template <class Value>
    void operator()(const char*, const Value& value, plain_field f = always) {
        if (f.stands_in(version_)) add(value);
    }
    template <class Value>
    void operator()(const char*, const Value& value, tagged_field f) {
        if (f.stands_in(version_) && !is_initial(value, f))
            tagged_.push_back({f.tag, &value, &add_erased<Value>});
    }

    template <class Message>
    void structure(const Message& message) {
        std::vector<tagged_value> outer;
        outer.swap(tagged_);
        describe(*this, message);
        if (flexible_) end_structure();
        tagged_.swap(outer);
    }

private:
    struct tagged_value {
        std::int8_t tag;
        const void* value;
        void (*add)(surveyor&, const void*);
    };

    template <class Value>
    static void add_erased(surveyor& self, const void* value) {
        self.add(*static_cast<const Value*>(value));
    }

    template <class Number>
        requires std::is_arithmetic_v<Number>
    void add(Number) {
        add_place(place::kind::number, sizeof(Number));
    }
    void add(const uuid& value);
    void add(const std::string& value);
    void add(const std::optional<std::string>& value);
    void add(const bytes_view& value);
    template <class Element>
    void add(const std::vector<Element>& elements) {
        add_length(sizeof(std::int32_t), elements.size());
        for (const Element& element : elements) add(element);
    }
    template <class Element>
    void add(const std::optional<std::vector<Element>>& elements) {
        if (elements) add(*elements);
        else add_null(sizeof(std::int32_t));
    }
    template <class Message>
    void add(const std::optional<Message>& message) {
        add_place(place::kind::presence, 1);
        if (message) structure(*message);
    }
    template <class Message>
        requires std::is_class_v<Message>
    void add(const Message& message) {
        structure(message);
    }

    void add_place(place::kind what, std::size_t size, bool is_varint = false);
    void add_varint(place::kind what, std::uint64_t value);
    /// `plain_size`: how many bytes it takes where it is no varint.
    void add_length(std::size_t plain_size, std::size_t length);
    void add_null(std::size_t plain_size);
    void end_structure();

    std::vector<place> places_;
    std::size_t size_ = 0;
    std::vector<tagged_value> tagged_;
    std::int16_t version_;
    bool flexible_;
};

/// Defined, by the description, in the message's family.
template <class Message>
void survey_message(surveyor& codec, const Message& message);

} // namespace protocol
KASIO_END_NAMESPACE

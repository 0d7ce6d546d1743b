// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"
#include "protocol/frame.hpp"
#include "protocol/initial.hpp"

#include <kasio/bytes.hpp>
#include <kasio/error.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// The codec that writes a message at one version to the end of a frame.
///
/// The first failure sticks (`error()`): a value that the version has no place for, a null where none may be,
/// a length beyond the format. Memory that runs out is reported by std::bad_alloc.
class encoder {
public:
    static constexpr bool changes_messages = false;

    encoder(outgoing_frame& out, std::int16_t version, bool flexible) noexcept
        : out_{out}, version_{version}, flexible_{flexible} {}

    [[nodiscard]] errc error() const noexcept { return error_; }
    [[nodiscard]] bool failed() const noexcept { return error_ != errc{}; }

    template <class Value>
    void operator()(const char*, const Value& value, plain_field f = always) {
        put(value, f);
    }

    /// Notes the field for the end of its struct; a field with its initial value is left out.
    template <class Value>
    void operator()(const char*, const Value& value, tagged_field f) {
        if (admit(f, is_initial(value, f)) && !is_initial(value, f)) note(f, &value, &put_noted<Value>);
    }

    /// A struct and, where the version is flexible, its tag section.
    template <class Message>
    void structure(const Message& message) {
        tag_section tags;
        tag_section* const outer = tags_;
        tags_ = &tags;
        describe(*this, message);
        if (flexible_) end_structure(tags);
        tags_ = outer;
    }

    // For headers, which have shapes of their own.
    void put(std::int16_t value, field f);
    void put(std::int32_t value, field f);
    /// With the old 16-bit length in every version, as the client id has.
    void put_short_string(bytes_view text);
    void put_empty_tag_section();

private:
    using put_function = void (*)(encoder&, const void*, field);

    struct noted_field {
        field f;
        const void* value;
        put_function put;
    };

    struct tag_section {
        noted_field fields[max_tagged_fields];
        std::size_t count = 0;
        tag_section() noexcept {} // leaves the array as it is: most structs use none of it
    };

    template <class Value>
    static void put_noted(encoder& self, const void* value, field f) {
        self.put(*static_cast<const Value*>(value), f);
    }

    void put(bool value, field f);
    void put(std::int8_t value, field f);
    void put(std::uint16_t value, field f);
    void put(std::int64_t value, field f);
    void put(double value, field f);
    void put(const uuid& value, field f);
    void put(const std::string& value, field f);
    void put(const std::optional<std::string>& value, field f);
    void put(const bytes_view& value, field f);

    template <class Element>
    void put(const std::vector<Element>& elements, field f) {
        if (!admit(f, elements.empty())) return;
        put_count(elements.size());
        for (const Element& element : elements) put_element(element);
    }

    template <class Element>
    void put(const std::optional<std::vector<Element>>& elements, field f) {
        if (!admit(f, is_initial(elements, f))) return;
        if (!elements) return put_null_array(f);
        put_count(elements->size());
        for (const Element& element : *elements) put_element(element);
    }

    template <class Message>
    void put(const std::optional<Message>& message, field f) {
        if (!admit(f, message.has_value() != f.starts_null)) return;
        put_presence(message.has_value(), f);
        if (message) structure(*message);
    }

    template <class Message>
    void put(const Message& message, field f) {
        if (stands(f) || (!f.is_ignorable && admit(f, message == Message{}))) structure(message);
    }

    template <class Element>
    void put_element(const Element& element) {
        if constexpr (std::is_class_v<Element> && !std::is_same_v<Element, std::string> &&
                      !std::is_same_v<Element, uuid>) {
            structure(element);
        } else {
            put(element, always);
        }
    }

    [[nodiscard]] bool stands(field f) const noexcept { return f.stands_in(version_); }
    /// True when the field stands in the version; fails when its value would be lost.
    [[nodiscard]] bool admit(field f, bool initial) noexcept;
    void note(field f, const void* value, put_function put) noexcept;
    void put_count(std::size_t count);
    void put_null_array(field f);
    void put_presence(bool present, field f);
    void put_null(std::size_t plain_size, field f);
    void put_text(bytes_view text);
    void end_structure(tag_section& tags);
    void put_tagged(const noted_field& noted);
    void fail(errc cause) noexcept;

    outgoing_frame& out_;
    tag_section* tags_ = nullptr;
    std::int16_t version_;
    bool flexible_;
    bool in_tag_section_ = false;
    errc error_{};
};

} // namespace protocol
KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/cursor.hpp"
#include "protocol/field.hpp"
#include "protocol/smallest.hpp"

#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// The codec that reads a message at one version. Bytes become views of what it reads from.
///
/// Nothing from the wire is believed: a length must fit into what remains, a count into what remains divided
/// by the smallest element, before anything is allocated. Failure sticks (`ok()`); what was read until then
/// is left in the message. The message must be fresh, since fields that are absent are not touched. Memory
/// that runs out is reported by std::bad_alloc.
class decoder {
public:
    static constexpr bool changes_messages = true;

    decoder(std::span<const std::byte> bytes, std::int16_t version, bool flexible) noexcept
        : in_{bytes}, version_{version}, flexible_{flexible} {}

    [[nodiscard]] bool ok() const noexcept { return in_.ok(); }
    [[nodiscard]] std::size_t remaining() const noexcept { return in_.remaining(); }

    template <class Value>
    void operator()(const char*, Value& value, plain_field f = always) {
        if (f.stands_in(version_)) get(value, f);
    }

    /// Notes where the field goes, for the end of its struct.
    template <class Value>
    void operator()(const char*, Value& value, tagged_field f) noexcept {
        if (f.stands_in(version_)) note(f, &value, &get_noted<Value>);
    }

    /// A struct and, where the version is flexible, its tag section.
    template <class Message>
    void structure(Message& message) {
        tag_section tags;
        tag_section* const outer = tags_;
        tags_ = &tags;
        describe(*this, message);
        if (flexible_) end_structure(tags);
        tags_ = outer;
    }

    // For headers.
    [[nodiscard]] std::int16_t get_int16() noexcept { return in_.read<std::int16_t>(); }
    [[nodiscard]] std::int32_t get_int32() noexcept { return in_.read<std::int32_t>(); }
    void get_short_string(std::optional<std::string>& text);
    /// A tag section of which no tag is known.
    void skip_tag_section();

private:
    using get_function = void (*)(decoder&, void*, field);

    struct noted_field {
        field f;
        void* value;
        get_function get;
    };

    struct tag_section {
        noted_field fields[max_tagged_fields];
        std::size_t count = 0;
        tag_section() noexcept {} // leaves the array as it is: most structs use none of it
    };

    template <class Value>
    static void get_noted(decoder& self, void* value, field f) {
        self.get(*static_cast<Value*>(value), f);
    }

    void get(bool& value, field f) noexcept;
    void get(std::int8_t& value, field f) noexcept;
    void get(std::int16_t& value, field f) noexcept;
    void get(std::uint16_t& value, field f) noexcept;
    void get(std::int32_t& value, field f) noexcept;
    void get(std::int64_t& value, field f) noexcept;
    void get(double& value, field f) noexcept;
    void get(uuid& value, field f) noexcept;
    void get(std::string& value, field f);
    void get(std::optional<std::string>& value, field f);
    void get(bytes_view& value, field f) noexcept;

    template <class Element>
    void get(std::vector<Element>& elements, field f) {
        get_elements(elements, get_count(f));
    }

    template <class Element>
    void get(std::optional<std::vector<Element>>& elements, field f) {
        const std::int64_t count = get_count(f);
        if (count < 0) elements.reset();
        else get_elements(elements.emplace(), count);
    }

    template <class Message>
    void get(std::optional<Message>& message, field f) {
        if (get_presence(f)) structure(message.emplace());
        else message.reset();
    }

    template <class Message>
    void get(Message& message, field) {
        structure(message);
    }

    template <class Element>
    void get_elements(std::vector<Element>& elements, std::int64_t count) {
        if (count <= 0 || !fits(count, smallest_size::of<Element>(version_, flexible_))) return;
        std::vector<Element> fresh(
            static_cast<std::size_t>(count)); // less code than resize(), which must be able to move
        elements.swap(fresh);
        for (Element& element : elements) {
            if constexpr (std::is_class_v<Element> && !std::is_same_v<Element, std::string> &&
                          !std::is_same_v<Element, uuid>) {
                structure(element);
            } else {
                get(element, always);
            }
            if (!ok()) return;
        }
    }

    void note(field f, void* value, get_function get) noexcept;
    /// -1 for null.
    [[nodiscard]] std::int64_t get_count(field f) noexcept;
    [[nodiscard]] bool get_presence(field f) noexcept;
    /// Fails when `count` elements of at least `size` bytes do not fit into what remains.
    [[nodiscard]] bool fits(std::int64_t count, std::size_t size) noexcept;
    /// -1 for null; fails when there are fewer bytes than promised.
    [[nodiscard]] std::int64_t get_length(std::size_t plain_size, field f) noexcept;
    /// Nothing for null and for failure.
    [[nodiscard]] std::optional<std::string_view> get_text(field f) noexcept;
    void end_structure(const tag_section& tags);
    void get_tagged(const tag_section& tags, std::uint32_t tag, std::size_t size);

    cursor in_;
    tag_section* tags_ = nullptr;
    std::int16_t version_;
    bool flexible_;
};

} // namespace protocol
KASIO_END_NAMESPACE

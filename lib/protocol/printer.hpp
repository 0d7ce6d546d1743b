// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/initial.hpp"

#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct print_options {
    /// Tokens, salted passwords and the like become "***".
    bool mask_secrets = true;
    /// Longer bytes and records are only counted.
    std::size_t max_bytes = 64;
    /// Longer texts are cut, and what is left out is counted.
    std::size_t max_text = 256;
    /// Once the line is as long as this, the elements of arrays are only counted.
    std::size_t max_line = 16 * 1024;
    /// Tagged fields with their initial value, which do not travel, are printed too.
    bool initial_tags = false;
};

/// Everything as it is.
inline constexpr print_options print_all{.mask_secrets = false,
                                         .max_bytes = SIZE_MAX,
                                         .max_text = SIZE_MAX,
                                         .max_line = SIZE_MAX,
                                         .initial_tags = true};

/// The codec that prints a message as one line of JSON, with the names that Kafka's own tools use: bytes in
/// base 64, identifiers as Kafka prints them. Only what stands in the version is printed.
///
/// The line is fit for a log whatever the message holds: secrets are masked, what is long is cut, and texts,
/// which may come from anybody, have their control characters and broken UTF-8 escaped.
class printer {
public:
    static constexpr bool changes_messages = false;

    printer(std::int16_t version, print_options options) : version_{version}, options_{options} {}

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    template <class Value>
    void operator()(const char* name, const Value& value, plain_field f = always) {
        if (f.stands_in(version_)) put_field(name, value, f);
    }

    template <class Value>
    void operator()(const char* name, const Value& value, tagged_field f) {
        if (f.stands_in(version_) && (options_.initial_tags || !is_initial(value, f)))
            put_field(name, value, f);
    }

    template <class Message>
    void structure(const Message& message) {
        open('{');
        describe(*this, message);
        close('}');
    }

private:
    template <class Value>
    void put_field(const char* name, const Value& value, field f) {
        put_name(name);
        if (f.is_secret && options_.mask_secrets) put_verbatim("\"***\"");
        else put(value);
    }

    void put(bool value);
    void put(std::int64_t value);
    void put(double value);
    void put(const uuid& value);
    void put(const std::string& value);
    void put(const bytes_view& value);

    template <class Number>
        requires std::is_integral_v<Number>
    void put(Number value) {
        put(std::int64_t{value});
    }
    template <class Value>
    void put(const std::optional<Value>& value) {
        if (value) put(*value);
        else put_verbatim("null");
    }
    template <class Element>
    void put(const std::vector<Element>& elements) {
        open('[');
        std::size_t left = elements.size();
        for (const Element& element : elements) {
            separate();
            if (text_.size() >= options_.max_line) {
                put_rest(left, "more");
                break;
            }
            put(element);
            --left;
        }
        close(']');
    }
    template <class Message>
        requires std::is_class_v<Message>
    void put(const Message& message) {
        structure(message);
    }

    void put_name(std::string_view name);
    void put_verbatim(std::string_view text) { text_ += text; }
    void put_quoted(std::string_view text);
    void put_escaped(std::string_view text);
    void put_code(unsigned char code);
    /// Stands for what is left out.
    void put_rest(std::size_t count, std::string_view of);
    void open(char bracket);
    void close(char bracket);
    /// A comma before every element but the first.
    void separate();

    std::string text_;
    std::int16_t version_;
    print_options options_;
};

/// Defined, by the description, in the message's family.
template <class Message>
void print_message(printer& codec, const Message& message);

} // namespace protocol
KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"
#include "protocol/frame.hpp"
#include "protocol/outline.hpp"
#include "protocol/printer.hpp"
#include "protocol/random_filler.hpp"
#include "protocol/surveyor.hpp"

#include <kasio/error.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

class encoder;
class decoder;

/// Any message whose type is known at run time only: for logs of the in-process cluster, tests and fuzzing.
/// Bodies only: no header, no length.
class any_message {
public:
    virtual ~any_message() = default;
    [[nodiscard]] error_code encode(outgoing_frame& out, std::int16_t version) const noexcept;
    /// `left` becomes the number of bytes after the body. Bytes of the message are views of `body`.
    [[nodiscard]] error_code decode(std::span<const std::byte> body, std::int16_t version,
                                    std::size_t& left) noexcept;
    [[nodiscard]] std::string print(std::int16_t version, print_options options) const;
    /// Where the parts of the encoded message will lie.
    [[nodiscard]] surveyor survey(std::int16_t version) const;
    [[nodiscard]] std::vector<outline_row> outline() const;
    /// Makes the message a random one.
    virtual void fill(random_filler& filler) = 0;
    /// False for a message of another type.
    [[nodiscard]] virtual bool equals(const any_message& other) const = 0;

protected:
    explicit any_message(const api_info& api) noexcept : api_{api} {}

private:
    virtual void encode_with(encoder& codec) const = 0;
    virtual void decode_with(decoder& codec) = 0;
    virtual void print_with(printer& codec) const = 0;
    virtual void survey_with(surveyor& codec) const = 0;
    virtual void outline_with(outliner& codec) const = 0;

    const api_info& api_;
};

enum class message_kind : std::uint8_t { request, response, stored };

struct message_type {
    /// As Kafka's schema calls it: `FetchRequest`.
    std::string name;
    message_kind kind;
    /// The file it stands in: `<kasio/messages/family.hpp>`, or protocol/messages/family.hpp of what is
    /// stored.
    std::string_view family;
    api_info api;
    std::unique_ptr<any_message> (*make)();
};

/// Every message that this library describes.
[[nodiscard]] const std::vector<message_type>& message_types();

/// Null when there is none.
[[nodiscard]] const message_type* find_message_type(std::int16_t api_key, message_kind kind);

/// One line about a body, for people: `MetadataRequest v9 {"topics":null,...}`; what is wrong with it
/// otherwise.
[[nodiscard]] std::string print_body(std::int16_t api_key, message_kind kind, std::int16_t version,
                                     std::span<const std::byte> body, print_options options = {});

} // namespace protocol
KASIO_END_NAMESPACE

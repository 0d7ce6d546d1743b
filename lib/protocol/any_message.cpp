// SPDX-License-Identifier: BSL-1.0
#include "protocol/any_message.hpp"

#include "protocol/api_table.hpp"
#include "protocol/codec.hpp"
#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#include "protocol/frame_ends.hpp"
#include "protocol/messages/every_api.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

template <class Message>
class any_of final : public any_message {
public:
    error_code encode(outgoing_frame& out, std::int16_t version) const noexcept override {
        return encode_guarded(out, [&] {
            encoder codec{out, version, Message::api.is_flexible(version)};
            encode_body(codec, message_);
            return codec.error();
        });
    }
    error_code decode(std::span<const std::byte> body, std::int16_t version,
                      std::size_t& left) noexcept override {
        return decode_guarded([&] {
            decoder codec{body, version, Message::api.is_flexible(version)};
            message_ = Message{};
            decode_body(codec, message_);
            left = codec.remaining();
            return codec.ok();
        });
    }
    std::string print(std::int16_t version, print_options options) const override {
        printer codec{version, options};
        print_message(codec, message_);
        return codec.text();
    }
    void fill(random_filler& filler) override {
        message_ = Message{};
        fill_message(filler, message_);
    }
    bool equals(const any_message& other) const override {
        const auto* const same = dynamic_cast<const any_of*>(&other);
        return same != nullptr && same->message_ == message_;
    }
    std::vector<outline_row> outline() const override {
        outliner codec;
        outline_message(codec, Message{});
        return codec.rows();
    }

private:
    Message message_;
};

template <class Message>
std::unique_ptr<any_message> make_any() {
    return std::make_unique<any_of<Message>>();
}

template <class Request, class Response>
void add_api(std::vector<message_type>& types) {
    const std::string name{find_api(Request::api.key)->name};
    types.push_back({name + "Request", message_kind::request, Request::api, &make_any<Request>});
    types.push_back({name + "Response", message_kind::response, Response::api, &make_any<Response>});
}

std::vector<message_type> list_types() {
    std::vector<message_type> types;
#define KASIO_ADD(name) add_api<name##_request, name##_response>(types);
    KASIO_EVERY_API(KASIO_ADD)
#undef KASIO_ADD
    types.push_back({"ConsumerProtocolSubscription", message_kind::stored,
                     consumer_protocol_subscription::api, &make_any<consumer_protocol_subscription>});
    types.push_back({"ConsumerProtocolAssignment", message_kind::stored, consumer_protocol_assignment::api,
                     &make_any<consumer_protocol_assignment>});
    return types;
}

} // namespace

const std::vector<message_type>& message_types() {
    static const std::vector<message_type> types = list_types();
    return types;
}

const message_type* find_message_type(std::int16_t api_key, message_kind kind) {
    const auto& types = message_types();
    const auto found = std::find_if(types.begin(), types.end(), [&](const message_type& type) {
        return type.kind == kind && type.api.key == api_key;
    });
    return found != types.end() ? &*found : nullptr;
}

std::string print_body(std::int16_t api_key, message_kind kind, std::int16_t version,
                       std::span<const std::byte> body, print_options options) {
    const message_type* const type = find_message_type(api_key, kind);
    if (type == nullptr)
        return "api " + std::to_string(api_key) + " v" + std::to_string(version) + ", unknown";
    const std::string title = type->name + " v" + std::to_string(version) + ' ';
    if (!type->api.all().contains(version)) return title + "unknown version";
    const auto message = type->make();
    std::size_t left = 0;
    if (const error_code error = message->decode(body, version, left)) return title + error.message();
    return title + message->print(version, options);
}

} // namespace protocol
KASIO_END_NAMESPACE

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
    any_of() noexcept : any_message{Message::api} {}
    void fill(random_filler& filler) override {
        message_ = Message{};
        fill_message(filler, message_);
    }
    bool equals(const any_message& other) const override {
        const auto* const same = dynamic_cast<const any_of*>(&other);
        return same != nullptr && same->message_ == message_;
    }

private:
    void encode_with(encoder& codec) const override { encode_body(codec, message_); }
    void decode_with(decoder& codec) override {
        message_ = Message{};
        decode_body(codec, message_);
    }
    void print_with(printer& codec) const override { print_message(codec, message_); }
    void survey_with(surveyor& codec) const override { survey_message(codec, message_); }
    void outline_with(outliner& codec) const override { outline_message(codec, Message{}); }

    Message message_;
};

template <class Message>
std::unique_ptr<any_message> make_any() {
    return std::make_unique<any_of<Message>>();
}

template <class Request, class Response>
void add_api(std::vector<message_type>& types, std::string_view family) {
    const std::string name{find_api(Request::api.key)->name};
    types.push_back({name + "Request", message_kind::request, family, Request::api, &make_any<Request>});
    types.push_back({name + "Response", message_kind::response, family, Response::api, &make_any<Response>});
}

template <class Stored>
void add_stored(std::vector<message_type>& types, std::string_view family, const char* name) {
    types.push_back({name, message_kind::stored, family, Stored::api, &make_any<Stored>});
}

std::vector<message_type> list_types() {
    std::vector<message_type> types;
#define KASIO_ADD(family, name) add_api<name##_request, name##_response>(types, #family);
    KASIO_EVERY_API(KASIO_ADD)
#undef KASIO_ADD
    add_stored<consumer_protocol_subscription>(types, "consumer_protocol", "ConsumerProtocolSubscription");
    add_stored<consumer_protocol_assignment>(types, "consumer_protocol", "ConsumerProtocolAssignment");
    add_stored<end_txn_marker>(types, "control_record", "EndTxnMarker");
    add_stored<leader_change_message>(types, "control_record", "LeaderChangeMessage");
    return types;
}

} // namespace

error_code any_message::encode(outgoing_frame& out, std::int16_t version) const noexcept {
    return encode_guarded(out, [&] {
        encoder codec{out, version, api_.is_flexible(version)};
        encode_with(codec);
        return codec.error();
    });
}

error_code any_message::decode(std::span<const std::byte> body, std::int16_t version,
                               std::size_t& left) noexcept {
    return decode_guarded([&] {
        decoder codec{body, version, api_.is_flexible(version)};
        decode_with(codec);
        left = codec.remaining();
        return codec.ok();
    });
}

std::string any_message::print(std::int16_t version, print_options options) const {
    printer codec{version, options};
    print_with(codec);
    return codec.text();
}

surveyor any_message::survey(std::int16_t version) const {
    surveyor codec{version, api_.is_flexible(version)};
    survey_with(codec);
    return codec;
}

std::vector<outline_row> any_message::outline() const {
    outliner codec;
    outline_with(codec);
    return codec.rows();
}

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

// SPDX-License-Identifier: BSL-1.0
#include "security/gssapi.hpp"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

gss_buffer_desc borrowed(std::string_view bytes) {
    gss_buffer_desc buffer;
    buffer.length = bytes.size();
    buffer.value = const_cast<char*>(bytes.data()); // the library does not write to it
    return buffer;
}

/// What the library gave, given back to it.
class taken_buffer {
public:
    taken_buffer() = default;
    taken_buffer(const taken_buffer&) = delete;
    taken_buffer& operator=(const taken_buffer&) = delete;
    ~taken_buffer() {
        OM_uint32 minor = 0;
        gss_release_buffer(&minor, &buffer_);
    }
    gss_buffer_t get() { return &buffer_; }
    [[nodiscard]] std::string_view view() const {
        return {static_cast<const char*>(buffer_.value), buffer_.length};
    }

private:
    gss_buffer_desc buffer_ = GSS_C_EMPTY_BUFFER;
};

void add_status(std::string& text, OM_uint32 status, int type) {
    OM_uint32 more = 0;
    do {
        OM_uint32 minor = 0;
        taken_buffer words;
        if (gss_display_status(&minor, status, type, GSS_C_NO_OID, &more, words.get()) != GSS_S_COMPLETE)
            return;
        text += (text.empty() ? "" : ": ") + std::string{words.view()};
    } while (more != 0);
}

std::string told(OM_uint32 major, OM_uint32 minor) {
    std::string text;
    add_status(text, major, GSS_C_GSS_CODE);
    if (minor != 0) add_status(text, minor, GSS_C_MECH_CODE);
    return text;
}

/// No security layer; no size, since there is none.
constexpr std::string_view no_layer{"\1\0\0\0", 4};

class gssapi final : public sasl_machine {
public:
    explicit gssapi(gssapi_parameters parameters) : parameters_{std::move(parameters)} {}
    gssapi(const gssapi&) = delete;
    gssapi& operator=(const gssapi&) = delete;
    ~gssapi() override {
        OM_uint32 minor = 0;
        if (context_ != GSS_C_NO_CONTEXT) gss_delete_sec_context(&minor, &context_, GSS_C_NO_BUFFER);
        if (broker_ != GSS_C_NO_NAME) gss_release_name(&minor, &broker_);
        if (own_ != GSS_C_NO_CREDENTIAL) gss_release_cred(&minor, &own_);
    }

    sasl_step start() override {
        if (state_ != state::fresh) return failure("started twice");
        state_ = state::started;
        return sasl_step{sasl_step::action::block};
    }

    sasl_step on_work() override {
        if (state_ != state::started) return failure("there is nothing to do");
        if (auto wrong = name_broker(); !wrong.empty()) return failure(wrong);
        if (auto wrong = take_credentials(); !wrong.empty()) return failure(wrong);
        state_ = state::negotiating;
        return negotiate({});
    }

    sasl_step on_message(std::string_view message) override {
        if (state_ == state::negotiating) return negotiate(message);
        if (state_ == state::established) return choose_layer(message);
        if (state_ != state::chosen) return failure("the broker spoke out of turn");
        state_ = state::over;
        return sasl_step{sasl_step::action::done};
    }

private:
    enum class state : std::uint8_t { fresh, started, negotiating, established, chosen, over };

    sasl_step failure(const std::string& text) {
        state_ = state::over;
        return sasl_failure(errc::authentication_failed, "GSSAPI: " + printable(text));
    }
    static sasl_step send(std::string_view token) {
        sasl_step step{sasl_step::action::send};
        step.message = secret{token};
        return step;
    }

    std::string name_broker() {
        const auto text = parameters_.service + '@' + parameters_.host;
        auto name = borrowed(text);
        OM_uint32 minor = 0;
        const auto major = gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &broker_);
        return GSS_ERROR(major) ? told(major, minor) : std::string{};
    }

    std::string take_credentials() {
        // Without any wish the library takes the default by itself.
        if (parameters_.principal.empty() && parameters_.keytab.empty()) return {};
        OM_uint32 minor = 0;
        gss_name_t name = GSS_C_NO_NAME;
        if (!parameters_.principal.empty()) {
            auto text = borrowed(parameters_.principal);
            const auto major = gss_import_name(&minor, &text, GSS_C_NT_USER_NAME, &name);
            if (GSS_ERROR(major)) return told(major, minor);
        }
        // Tickets got by a key table are nobody else's, and used again.
        const std::string place = "MEMORY:kasio " + parameters_.principal + ' ' + parameters_.keytab;
        gss_key_value_element_desc places[] = {{"client_keytab", parameters_.keytab.c_str()},
                                               {"ccache", place.c_str()}};
        gss_key_value_set_desc store{2, places};
        const bool by_table = !parameters_.keytab.empty();
        gss_OID_set_desc kerberos{1, gss_mech_krb5};
        const auto major =
            gss_acquire_cred_from(&minor, name, GSS_C_INDEFINITE, &kerberos, GSS_C_INITIATE,
                                  by_table ? &store : GSS_C_NO_CRED_STORE, &own_, nullptr, nullptr);
        const auto told_minor = minor;
        if (name != GSS_C_NO_NAME) gss_release_name(&minor, &name);
        return GSS_ERROR(major) ? told(major, told_minor) : std::string{};
    }

    sasl_step negotiate(std::string_view message) {
        auto input = borrowed(message);
        taken_buffer output;
        OM_uint32 minor = 0;
        const auto major = gss_init_sec_context(
            &minor, own_, &context_, broker_, const_cast<gss_OID>(gss_mech_krb5),
            GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG, 0, GSS_C_NO_CHANNEL_BINDINGS,
            message.empty() ? GSS_C_NO_BUFFER : &input, nullptr, output.get(), nullptr, nullptr);
        if (GSS_ERROR(major)) return failure(told(major, minor));
        if (major == GSS_S_COMPLETE) state_ = state::established;
        return send(output.view());
    }

    /// The broker offers layers and a size, sealed; we choose none, and no other identity than our own.
    sasl_step choose_layer(std::string_view message) {
        auto sealed = borrowed(message);
        taken_buffer offer;
        OM_uint32 minor = 0;
        auto major = gss_unwrap(&minor, context_, &sealed, offer.get(), nullptr, nullptr);
        if (GSS_ERROR(major)) return failure(told(major, minor));
        if (offer.view().size() != 4 || (offer.view()[0] & 1) == 0)
            return failure("the broker wants a security layer, which Kafka has none of");
        auto choice = borrowed(no_layer);
        taken_buffer answer;
        major = gss_wrap(&minor, context_, 0, GSS_C_QOP_DEFAULT, &choice, nullptr, answer.get());
        if (GSS_ERROR(major)) return failure(told(major, minor));
        state_ = state::chosen;
        return send(answer.view());
    }

    const gssapi_parameters parameters_;
    state state_ = state::fresh;
    gss_name_t broker_ = GSS_C_NO_NAME;
    gss_cred_id_t own_ = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context_ = GSS_C_NO_CONTEXT;
};

} // namespace

std::unique_ptr<sasl_machine> make_gssapi(gssapi_parameters parameters) {
    return std::make_unique<gssapi>(std::move(parameters));
}

KASIO_END_NAMESPACE

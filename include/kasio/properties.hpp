// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/cluster_options.hpp>
#include <kasio/config.hpp>
#include <kasio/consumer_options.hpp>
#include <kasio/error.hpp>
#include <kasio/producer_options.hpp>

#include <boost/system/system_error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Names and values as the Java client and librdkafka know them (`linger.ms`, `security.protocol`, ...). Of a
/// name that stands there twice the last one counts.
using properties = std::vector<std::pair<std::string, std::string>>;

/// A name that was accepted and changes nothing here.
struct property_note {
    std::string name;
    /// Why, in a few words; never the value.
    std::string text;
    property_note() {}
    property_note(std::string property, std::string why) : name{std::move(property)}, text{std::move(why)} {}
    friend bool operator==(const property_note&, const property_note&) = default;
};

/// What properties come to.
struct client_options {
    cluster_options cluster = {};
    producer_options producer = {};
    consumer_options consumer = {};
    /// Worth a line in a log.
    std::vector<property_note> notes = {};
};

/// What is wrong with properties: all of it, in one line. Values of secrets are never part of it.
class KASIO_DECL property_error : public boost::system::system_error {
public:
    property_error(errc code, std::string text)
        : system_error{make_error_code(code)}, text_{std::move(text)} {}
    property_error(const property_error&) = default;
    property_error& operator=(const property_error&) = default;
    ~property_error() override;
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

/// Fills the options that the names stand for; other members keep what `start` has.
///
/// Names of both worlds are known, with librdkafka's aliases and its prefix `topic.`. **Units** are those of
/// the names: milliseconds, bytes, KiB for `.kbytes`. A name means one thing here, whichever world it comes
/// from: `request.timeout.ms` and `metadata.max.age.ms` are Java's. Names do not change what others default
/// to. `sasl.mechanism` counts only where `security.protocol` wants SASL, and is never guessed; of
/// `sasl.jaas.config` the lines of PlainLoginModule, ScramLoginModule and OAuthBearerLoginModule (tokens that nobody
/// signed) are read; where other tokens come from, the program says (`sasl_options::token_source`).
///
/// **Throws** `property_error`, which tells of all that is wrong: names that nobody knows, each with the
/// nearest known one (its code is `errc::unknown_property` then); values that cannot be, an alias and its
/// name with different values, and names for which kasio has something else or nothing yet
/// (`errc::invalid_option`). Of the latter, those whose value is empty, `null` or `false` ask for nothing and
/// are passed over.
[[nodiscard]] KASIO_DECL client_options options_from(const properties& given, client_options start = {});

/// The same from several sources, the strongest last: what a stronger one sets, by whichever name, is not
/// taken from a weaker one, and differs from it without being wrong.
[[nodiscard]] KASIO_DECL client_options options_from_layers(const std::vector<properties>& layers,
                                                            client_options start = {});

/// Reads a text in the syntax of Java's property files: comments after `#` and `!`, `name=value`, `name:
/// value` or `name value`, a backslash in front of a line's end goes on with the next line, `\t \n \r \f
/// \\ \uXXXX`. Bytes are taken for UTF-8.
///
/// **Throws** `property_error` (`errc::invalid_option`) for a `\u` without its four digits, which tells the
/// line.
[[nodiscard]] KASIO_DECL properties parse_properties(std::string_view text);

/// What the environment says, for tests, examples and tools: `KASIO_` and a known name in capitals with `_`
/// for what is no letter (`KASIO_SECURITY_PROTOCOL`, `KASIO_SSL_CA_LOCATION`, `KASIO_SASL_MECHANISM`,
/// `KASIO_SASL_USERNAME`, `KASIO_SASL_PASSWORD`); and
/// `KAFKA_BROKER`, which stands for `bootstrap.servers` where `KASIO_BOOTSTRAP_SERVERS` is not set. Empty
/// ones count as not set.
[[nodiscard]] KASIO_DECL properties environment_properties();

/// What becomes of a name.
enum class property_effect : std::uint8_t {
    /// It fills a member.
    sets,
    /// Accepted, reported as a note.
    ignored,
    /// An error that says what to use instead.
    refused,
    /// An error: kasio does not have it yet.
    unavailable,
};

/// One name of the table, for lists and completion.
struct known_property {
    std::string_view name;
    /// The name it is an alias of; its own otherwise.
    std::string_view target;
    property_effect effect = property_effect::sets;
    /// Its value is a secret.
    bool secret = false;
    /// Why it is ignored, or what to use instead; may be empty.
    std::string_view text;
};

/// All names, in alphabetical order.
[[nodiscard]] KASIO_DECL std::vector<known_property> known_properties();

KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
#include "base/broker_error_table.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/error.hpp>

#include "support/catch.hpp"

#include <set>

using namespace kasio;

TEST_CASE("a broker's number becomes an error and keeps its number even when nobody knows it") {
    CHECK_FALSE(from_broker(0).failed());
    CHECK(from_broker(0) == error_code{});
    CHECK(from_broker(6) == broker_errc::not_leader_or_follower);
    CHECK(from_broker(-1) == broker_errc::unknown_server_error);
    const error_code unknown = from_broker(31000);
    CHECK(unknown.failed());
    CHECK(unknown.value() == 31000);
    CHECK(error_name(unknown) == "UNKNOWN(31000)");
    CHECK(unknown.message() == "unknown broker error 31000");
    CHECK_FALSE(is_retriable(unknown));
}

TEST_CASE("errors have names and messages") {
    CHECK(error_name(broker_errc::not_leader_or_follower) == "NOT_LEADER_OR_FOLLOWER");
    CHECK(error_name(errc::request_timed_out) == "request_timed_out");
    CHECK(error_name(errc::not_enough_memory) == "not_enough_memory");
    CHECK(make_error_code(errc::closed).message() == "the object is closed");
    CHECK(make_error_code(broker_errc::producer_fenced).message().find("(PRODUCER_FENCED)") !=
          std::string::npos);
}

TEST_CASE("the table has every number from -1 to 136 once, each with a name of its own") {
    std::set<std::string> names;
    for (int number = -1; number <= 136; ++number) {
        if (number == 0) continue;
        const broker_error_row* const row = find_broker_error(number);
        REQUIRE(row != nullptr);
        CHECK(names.insert(row->name).second);
        CHECK_FALSE(std::string{row->meaning}.empty());
    }
    CHECK(broker_error_table().size() == names.size());
    CHECK(find_broker_error(0) == nullptr);
    CHECK(find_broker_error(137) == nullptr);
}

TEST_CASE("traits follow Kafka's exception classes") {
    CHECK(is_retriable(broker_errc::leader_not_available));
    CHECK(needs_metadata_refresh(broker_errc::leader_not_available));
    CHECK(is_retriable(broker_errc::not_coordinator));
    CHECK_FALSE(needs_metadata_refresh(broker_errc::not_coordinator));
    CHECK_FALSE(is_retriable(broker_errc::message_too_large));
    CHECK(is_fatal(broker_errc::producer_fenced));
    CHECK(is_fatal(broker_errc::sasl_authentication_failed));
    CHECK(is_abortable(broker_errc::transaction_abortable));
    CHECK_FALSE(is_abortable(broker_errc::producer_fenced));
    CHECK(is_retriable(errc::connection_lost));
    CHECK(needs_metadata_refresh(errc::connection_lost));
    CHECK(is_fatal(errc::authentication_failed));
    CHECK(is_abortable(errc::transaction_abort_required));
    CHECK_FALSE(is_retriable(error_code{}));
}

TEST_CASE("broken connections reported by the system are retriable, other system errors are not") {
    using boost::system::system_category;
    CHECK(is_retriable(error_code{ECONNRESET, system_category()}));
    CHECK(needs_metadata_refresh(error_code{ECONNREFUSED, system_category()}));
    CHECK_FALSE(is_retriable(error_code{EACCES, system_category()}));
}

TEST_CASE("the categories differ from each other and have fixed identities") {
    struct copy_of_client final : boost::system::error_category {
        copy_of_client() : error_category{0x9d3a61c85e0b47f2} {}
        const char* name() const noexcept override { return "kasio"; }
        std::string message(int) const override { return {}; }
    } const copy;
    CHECK(client_category() == copy);
    CHECK(client_category() != broker_category());
    CHECK(make_error_code(errc::connection_lost) == error_code(3, copy));
}

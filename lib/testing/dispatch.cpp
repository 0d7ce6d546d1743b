// SPDX-License-Identifier: BSL-1.0
#include "testing/dispatch.hpp"

#include "base/big_endian.hpp"
#include "testing/answers.hpp"
#include "testing/epoch_answers.hpp"
#include "testing/group_answers.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

struct job {
    call& what;
    const incoming_request& request;
    const request_action& action;
    bool last_try;
    outgoing_answer& out;
};

template <class Response>
outcome send(const job& job, Response& response, std::int16_t version) {
    if constexpr (requires { response.throttle_time_ms; })
        response.throttle_time_ms = static_cast<std::int32_t>(job.action.throttle_time.count());
    const auto failure =
        protocol::encode_response(job.out.frame, response, version, job.request.header.correlation_id);
    return failure ? outcome::refused : outcome::answered;
}

outcome finish(const job& job, const protocol::api_versions_request&,
               protocol::api_versions_response& response) {
    // Clients must be able to read the refusal of a version that they know and we do not: version 0
    // (KIP-511).
    const bool unsupported = response.error_code == number(broker_errc::unsupported_version);
    return send(job, response, unsupported ? std::int16_t{0} : job.what.version);
}

outcome finish(const job& job, const protocol::produce_request& request,
               protocol::produce_response& response) {
    if (request.acks != 0) return send(job, response, job.what.version);
    // A failure cannot be told by an answer, so Kafka closes the connection to make the client look again.
    for (const auto& topic : response.responses)
        for (const auto& partition : topic.partition_responses)
            if (partition.error_code != 0) return outcome::refused;
    return outcome::unanswered;
}

outcome finish(const job& job, const protocol::fetch_request&, fetch_answer& answer) {
    if (!answer.is_ready && !job.last_try) return outcome::waiting;
    job.out.keepers = std::move(answer.keepers);
    if (answer.context.error == broker_errc::none) {
        answer.response.session_id = job.what.state.sessions.settle(job.what.node, std::move(answer.context));
    }
    return send(job, answer.response, job.what.version);
}

template <class Request, class Response>
outcome finish(const job& job, const Request&, group_answer<Response>& answer) {
    if (!answer.is_ready) return job.last_try ? outcome::refused : outcome::waiting;
    job.out.keepers = std::move(answer.keepers);
    return send(job, answer.response, job.what.version);
}

template <class Request, class Response>
outcome finish(const job& job, const Request&, Response& response) {
    return send(job, response, job.what.version);
}

template <class Request>
outcome run(const job& job) {
    Request request;
    if (protocol::decode_request(job.request.body, job.what.version, request)) return outcome::refused;
    auto response = answer(job.what, request);
    return finish(job, request, response);
}

outcome refuse_version(const job& job) {
    job.what.injected = broker_errc::unsupported_version;
    auto response = answer(job.what, protocol::api_versions_request{});
    return send(job, response, 0);
}

/// Calls `visit` with the decoded request, when it is one that names partitions.
template <class Visit>
void visit_partitioned(const incoming_request& request, Visit visit) {
    const std::int16_t version = request.header.api_version;
    const auto decode_and_visit = [&](auto message) {
        if (!protocol::decode_request(request.body, version, message)) visit(message);
    };
    switch (static_cast<api>(request.header.api_key)) {
        case api::produce: return decode_and_visit(protocol::produce_request{});
        case api::fetch: return decode_and_visit(protocol::fetch_request{});
        case api::list_offsets: return decode_and_visit(protocol::list_offsets_request{});
        case api::offset_for_leader_epoch:
            return decode_and_visit(protocol::offset_for_leader_epoch_request{});
        default: return;
    }
}

/// A token without a header is answered without one; what is refused, by hanging up.
outcome exchange_raw_token(const job& job) {
    if (job.what.is_injected()) return outcome::refused;
    const std::string_view token{reinterpret_cast<const char*>(job.request.body.data()),
                                 job.request.body.size()};
    const auto reply = job.what.gate->on_token(token, job.what.state.sasl, job.what.now);
    if (reply.what == sasl_server::reply::verdict::refused) return outcome::refused;
    job.out.edited.resize(sizeof(std::int32_t));
    store_big(reinterpret_cast<std::byte*>(job.out.edited.data()),
              static_cast<std::int32_t>(reply.token.size()));
    job.out.edited += reply.token;
    job.out.is_edited = true;
    return outcome::answered;
}

std::int64_t wall_clock() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

outcome dispatch(cluster_state& state, const incoming_request& request, const request_action& action,
                 bool last_try, outgoing_answer& out) {
    const auto which = static_cast<api>(request.header.api_key);
    const std::int16_t version = request.header.api_version;
    call what{state,
              request.node,
              version,
              action.error,
              wall_clock(),
              std::chrono::steady_clock::now(),
              request.connection,
              request.header.client_id.value_or(""),
              '/' + state.options.host};
    what.gate = request.gate;
    const job job{what, request, action, last_try, out};
    if (request.gate->expects_raw()) return exchange_raw_token(job);
    if (!state.versions.range(which, request.node).contains(version)) {
        return which == api::api_versions ? refuse_version(job) : outcome::refused;
    }
    switch (which) {
        case api::produce: return run<protocol::produce_request>(job);
        case api::fetch: return run<protocol::fetch_request>(job);
        case api::list_offsets: return run<protocol::list_offsets_request>(job);
        case api::offset_for_leader_epoch: return run<protocol::offset_for_leader_epoch_request>(job);
        case api::metadata: return run<protocol::metadata_request>(job);
        case api::find_coordinator: return run<protocol::find_coordinator_request>(job);
        case api::join_group: return run<protocol::join_group_request>(job);
        case api::sync_group: return run<protocol::sync_group_request>(job);
        case api::heartbeat: return run<protocol::heartbeat_request>(job);
        case api::leave_group: return run<protocol::leave_group_request>(job);
        case api::consumer_group_heartbeat: return run<protocol::consumer_group_heartbeat_request>(job);
        case api::consumer_group_describe: return run<protocol::consumer_group_describe_request>(job);
        case api::describe_groups: return run<protocol::describe_groups_request>(job);
        case api::list_groups: return run<protocol::list_groups_request>(job);
        case api::delete_groups: return run<protocol::delete_groups_request>(job);
        case api::offset_commit: return run<protocol::offset_commit_request>(job);
        case api::offset_fetch: return run<protocol::offset_fetch_request>(job);
        case api::offset_delete: return run<protocol::offset_delete_request>(job);
        case api::txn_offset_commit: return run<protocol::txn_offset_commit_request>(job);
        case api::api_versions: return run<protocol::api_versions_request>(job);
        case api::sasl_handshake: return run<protocol::sasl_handshake_request>(job);
        case api::sasl_authenticate: return run<protocol::sasl_authenticate_request>(job);
        case api::create_topics: return run<protocol::create_topics_request>(job);
        case api::delete_topics: return run<protocol::delete_topics_request>(job);
        case api::init_producer_id: return run<protocol::init_producer_id_request>(job);
        default: return outcome::refused;
    }
}

std::chrono::milliseconds max_wait(const incoming_request& request) {
    const auto which = static_cast<api>(request.header.api_key);
    // The group's own time-outs end it.
    if (which == api::join_group || which == api::sync_group) return std::chrono::hours{24};
    std::int32_t wait = 0;
    visit_partitioned(request, [&wait](const auto& message) {
        if constexpr (requires { message.max_wait_ms; }) wait = std::max(message.max_wait_ms, 0);
    });
    return std::chrono::milliseconds{wait};
}

std::vector<request_target> targets_of(cluster_state& state, const incoming_request& request) {
    std::vector<request_target> targets;
    const auto name_of = [&](const uuid& id) {
        const topic_state* const topic = state.topic(id);
        return topic == nullptr ? std::string{} : topic->name;
    };
    visit_partitioned(request, [&]<class Message>(const Message& message) {
        const std::int16_t version = request.header.api_version;
        if constexpr (std::is_same_v<Message, protocol::produce_request>) {
            for (const auto& topic : message.topic_data)
                for (const auto& data : topic.partition_data)
                    targets.push_back({version >= 13 ? name_of(topic.topic_id) : topic.name, data.index});
        } else if constexpr (std::is_same_v<Message, protocol::fetch_request>) {
            for (const auto& topic : message.topics)
                for (const auto& wanted : topic.partitions)
                    targets.push_back(
                        {version >= 13 ? name_of(topic.topic_id) : topic.topic, wanted.partition});
        } else if constexpr (std::is_same_v<Message, protocol::offset_for_leader_epoch_request>) {
            for (const auto& topic : message.topics)
                for (const auto& wanted : topic.partitions)
                    targets.push_back({topic.topic, wanted.partition});
        } else {
            for (const auto& topic : message.topics)
                for (const auto& wanted : topic.partitions)
                    targets.push_back({topic.name, wanted.partition_index});
        }
    });
    return targets;
}

} // namespace testing
KASIO_END_NAMESPACE

// SPDX-License-Identifier: BSL-1.0
// Another client proves that the cluster speaks Kafka and not just our own dialect of it.
#include "support/catch.hpp"

#include <kasio/testing/broker.hpp>

#include <sys/wait.h>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace kasio::testing;

namespace {

bool has_kcat() { return std::system("command -v kcat > /dev/null 2>&1") == 0; }

struct finished {
    int code;
    std::string output;
};

finished run(const std::string& command) {
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string output;
    char buffer[4096];
    while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, got);
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

} // namespace

TEST_CASE("kcat writes and reads, with each codec, and as an idempotent producer") {
    if (!has_kcat()) {
        WARN("kcat is not installed: nothing was checked");
        return;
    }
    broker cluster{{.nodes = 3}};
    const std::string servers = "timeout 20 kcat -b " + cluster.bootstrap_servers();
    for (const std::string codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
        INFO(codec);
        const std::string topic = "by-kcat-" + codec;
        cluster.create_topic(topic, 3);
        const auto produced = run("seq 1 3000 | sed 's/.*/&:value &/' | " + servers + " -P -K: -t " + topic +
                                  " -z " + codec + " -X enable.idempotence=true 2>&1");
        CHECK(produced.output == "");
        CHECK(produced.code == 0);
        std::size_t stored = 0;
        for (int partition = 0; partition < 3; ++partition)
            stored += cluster.records(topic, partition).size();
        CHECK(stored == 3000);
        const auto consumed =
            run(servers + " -C -e -q -o beginning -K: -t " + topic + " 2>&1 | sort -n | cksum");
        CHECK(consumed.output == run("seq 1 3000 | sed 's/.*/&:value &/' | cksum").output);
    }
}

TEST_CASE("kcat lists the cluster") {
    if (!has_kcat()) {
        WARN("kcat is not installed: nothing was checked");
        return;
    }
    broker cluster{{.nodes = 3}};
    cluster.create_topic("listed", 2);
    const auto listed = run("timeout 20 kcat -L -b " + cluster.address(2) + " 2>&1");
    CHECK(listed.code == 0);
    CHECK(listed.output.find("3 brokers:") != std::string::npos);
    CHECK(listed.output.find("topic \"listed\" with 2 partitions:") != std::string::npos);
}

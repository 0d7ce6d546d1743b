// SPDX-License-Identifier: BSL-1.0
// Members of another client prove that the cluster keeps groups as Kafka does.
#include "support/catch.hpp"

#include <kasio/testing/groups.hpp>

#include <signal.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>

using namespace kasio::testing;
using namespace std::chrono_literals;

namespace {

bool has_kcat() { return std::system("command -v kcat > /dev/null 2>&1") == 0; }

/// kcat as a member of the group `g`, until it is told to leave.
class kcat_member {
public:
    kcat_member(const broker& cluster, const std::string& options) {
        const std::string command = "exec sh -c 'echo $$; exec timeout 100 kcat -b " +
                                    cluster.bootstrap_servers() +
                                    " -G g -q -u -f \"%p %o\\n\" -X auto.offset.reset=earliest"
                                    " -X auto.commit.interval.ms=100 " +
                                    options + " t 2>&1'";
        pipe_ = ::popen(command.c_str(), "r");
        REQUIRE(pipe_ != nullptr);
        REQUIRE(std::fscanf(pipe_, "%d", &pid_) == 1);
        reader_ = std::thread{[this] {
            char buffer[4096];
            while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe_))
                output_.append(buffer, got);
        }};
    }
    kcat_member(const kcat_member&) = delete;
    ~kcat_member() {
        if (reader_.joinable()) static_cast<void>(leave());
    }

    /// What it read: partition and offset of each record.
    std::multiset<std::pair<int, int>> leave() {
        ::kill(pid_, SIGINT);
        reader_.join();
        ::pclose(pipe_);
        INFO(output_);
        std::multiset<std::pair<int, int>> read;
        std::istringstream lines{output_};
        int partition = 0;
        int offset = 0;
        while (lines >> partition >> offset) read.emplace(partition, offset);
        CHECK(lines.eof());
        return read;
    }

private:
    std::FILE* pipe_ = nullptr;
    int pid_ = 0;
    std::string output_;
    std::thread reader_;
};

bool is_shared(const group_view& group, std::size_t members) {
    return group.state == "Stable" && group.members.size() == members &&
           std::all_of(group.members.begin(), group.members.end(),
                       [](const auto& member) { return !member.partitions.empty(); });
}

} // namespace

TEST_CASE("members of kcat share a group, come and go, and repeat nothing that was committed") {
    if (!has_kcat()) {
        WARN("kcat is not installed: nothing was checked");
        return;
    }
    const std::string assignor = GENERATE("range", "roundrobin", "cooperative-sticky");
    INFO(assignor);
    broker cluster{{.nodes = 3}};
    groups groups{cluster};
    cluster.create_topic("t", 4);
    std::int64_t written = 0;
    const auto write = [&](int count) {
        for (int i = 0; i < count; ++i) cluster.append("t", static_cast<int>(written++ % 4), {.value = "v"});
    };
    const auto wait_until_committed = [&] {
        CHECK(groups.wait_for(
            "g",
            [&](const group_view&) {
                std::int64_t total = 0;
                for (int partition = 0; partition < 4; ++partition)
                    if (const auto at = groups.committed("g", "t", partition)) total += at->offset;
                return total == written;
            },
            30s));
    };
    const std::string options = "-X partition.assignment.strategy=" + assignor;
    kcat_member one{cluster, options};
    write(400);
    REQUIRE(groups.wait_for(
        "g", [](const auto& group) { return is_shared(group, 1); }, 30s));
    wait_until_committed();
    kcat_member two{cluster, options};
    REQUIRE(groups.wait_for(
        "g", [](const auto& group) { return is_shared(group, 2); }, 30s));
    write(400);
    wait_until_committed();
    auto read = one.leave();
    REQUIRE(groups.wait_for(
        "g", [](const auto& group) { return is_shared(group, 1); }, 30s));
    write(400);
    wait_until_committed();
    const auto other = two.leave();
    CHECK_FALSE(other.empty());
    read.insert(other.begin(), other.end());
    CHECK(read.size() == 1200);
    CHECK(std::set<std::pair<int, int>>{read.begin(), read.end()}.size() == 1200);
    CHECK(groups.wait_for(
        "g", [](const auto& group) { return group.state == "Empty"; }, 30s));
    // No commit went back.
    std::map<int, std::int64_t> last;
    for (const auto& commit : groups.commits("g")) {
        CHECK(commit.offset >= last[commit.partition]);
        last[commit.partition] = commit.offset;
    }
}

// SPDX-License-Identifier: BSL-1.0
// The checker finds what it is for: a hand-made bad history for each anomaly, good ones in which it finds
// nothing.
#include "chaos/checker.hpp"
#include "chaos/history.hpp"
#include "support/catch.hpp"

#include <string>

using namespace chaos;

namespace {

/// A write of `value` to `key`: from its beginning to its end.
std::string sent(int value, const std::string& end, const std::string& key, int offset = -1,
                 const std::string& more = "") {
    const std::string number = std::to_string(value);
    return R"({"p":"w","n":)" + number + R"(,"ph":"invoke","f":"send","key":")" + key + R"(","value":)" +
           number + more + "}\n" + R"({"p":"w","n":)" + number + R"(,"ph":")" + end +
           R"(","f":"send","key":")" + key + R"(","value":)" + number +
           (offset < 0 ? "" : R"(,"offset":)" + std::to_string(offset)) + "}\n";
}

std::string note(const std::string& what, const std::string& key, const std::string& more = "") {
    return R"({"p":"r","ph":"note","f":")" + what + R"(","key":")" + key + '"' + more + "}\n";
}

std::string log(const std::string& key, const std::string& items) {
    return note("log", key, R"(,"items":[)" + items + "]");
}

int polls = 1000;

std::string poll(const std::string& items, const std::string& who = "r") {
    const std::string head =
        R"({"p":")" + who + R"(","n":)" + std::to_string(++polls) + R"(,"f":"poll","ph":)";
    return head + "\"invoke\"}\n" + head + R"("ok","items":[)" + items + "]}\n";
}

/// Three writes to t/0 that went well, and a reader of t/0.
std::string three() {
    return sent(1, "ok", "t/0", 0) + sent(2, "ok", "t/0", 1) + sent(3, "ok", "t/0", 2) +
           note("assign", "t/0", R"(,"offset":0)");
}

std::string anomalies(const std::string& lines) {
    const auto events = from_lines(lines);
    std::string names;
    for (const auto& each : checker{events}.run())
        if (names.find(each.anomaly) == std::string::npos) names += (names.empty() ? "" : " ") + each.anomaly;
    return names;
}

} // namespace

TEST_CASE("a history survives being written and read", "[chaos]") {
    event all;
    all.time = 12;
    all.process = "a \"quoted\"\n\\name";
    all.operation = 3;
    all.phase = phase::info;
    all.what = "send";
    all.key = "t/0";
    all.value = -7;
    all.offset = 5;
    all.group = 2;
    all.until = 99;
    all.text = "why";
    all.items = {{"t/0", 5, 17}, {"u/1", 6, 18}};
    const history events{all, {}};
    CHECK(from_lines(to_lines(events)) == events);
    for (const std::string broken :
         {"", "{", R"({"p":1})", R"({"q":"x"})", R"({"p":"x"}})", R"({"ph":"maybe"})"})
        CHECK_THROWS_AS(from_json(broken), std::runtime_error);
}

TEST_CASE("the checker finds nothing wrong with good histories", "[chaos]") {
    CHECK(anomalies("") == "");
    const auto all_read = poll(R"(["t/0",0,1],["t/0",1,2])") + poll(R"(["t/0",2,3])") + note("final", "");
    CHECK(anomalies(three() + log("t/0", R"(["t/0",0,1],["t/0",1,2],["t/0",2,3])") + all_read) == "");
    // What is unknown may be there or not; what was not sent is not.
    CHECK(anomalies(sent(1, "info", "t") + sent(2, "info", "t/0") + sent(3, "fail", "t") +
                    log("t/0", R"(["t/0",0,2])")) == "");
    // A position in a gap, a seek back, a reset.
    CHECK(anomalies(three() + poll(R"(["t/0",0,1],["t/0",1,2],["t/0",2,3])") +
                    note("seek", "t/0", R"(,"offset":1)") + poll(R"(["t/0",1,2])") +
                    note("reset", "t/0", R"(,"offset":0)") + poll(R"(["t/0",0,1],["t/0",1,2])")) == "");
    // A poll that was under way when the position changed gives what was there, or what is there now.
    const std::string begun = R"({"p":"r","n":900,"ph":"invoke","f":"poll"})"
                              "\n";
    const std::string seek = note("seek", "t/0", R"(,"offset":2)");
    const std::string old_place = R"({"p":"r","n":900,"ph":"ok","f":"poll","items":[["t/0",0,1]]})"
                                  "\n";
    const std::string new_place = R"({"p":"r","n":900,"ph":"ok","f":"poll","items":[["t/0",2,3]]})"
                                  "\n";
    CHECK(anomalies(three() + begun + seek + old_place + poll(R"(["t/0",2,3])")) == "");
    CHECK(anomalies(three() + begun + seek + new_place) == "");
    CHECK(anomalies(three() + begun + note("unassign", "t/0") + old_place) == "");
    // An aborted transaction lies in the log, and nobody reads it.
    CHECK(anomalies(sent(1, "ok", "t/0", 0, R"(,"group":9)") +
                    R"({"ph":"fail","f":"transaction","value":9})"
                    "\n" +
                    sent(2, "ok", "t/0", 2) + log("t/0", R"(["t/0",0,1],["t/0",2,2])") +
                    note("assign", "t/0", R"(,"offset":0)") + poll(R"(["t/0",2,2])") + note("final", "")) ==
          "");
}

TEST_CASE("the checker names each anomaly of writes", "[chaos]") {
    CHECK(anomalies(three() + log("t/0", R"(["t/0",0,1],["t/0",2,3])")) == "lost-write");
    CHECK(anomalies(three() + poll(R"(["t/0",0,1])") + note("seek", "t/0") + poll(R"(["t/0",2,3])") +
                    note("final", "")) == "lost-write");
    CHECK(anomalies(three() + poll(R"(["t/0",0,1],["t/0",1,2])") + note("final", "")) == "unseen");
    CHECK(anomalies(sent(1, "ok", "t/0", 0) + log("t/0", R"(["t/0",0,1],["t/0",1,1])")) == "duplicate");
    CHECK(anomalies(sent(1, "ok", "t", 0) + log("t/0", R"(["t/0",0,1])") + log("t/1", R"(["t/1",0,1])"))
              .find("duplicate") != std::string::npos);
    CHECK(anomalies(sent(1, "ok", "t/0", 4) + sent(2, "ok", "t/0", 4)) == "inconsistent-offsets");
    CHECK(anomalies(sent(1, "ok", "t/0", 1) + sent(2, "ok", "t/0", 0)) == "nonmonotonic-send");
    CHECK(anomalies(sent(1, "info", "t/0") + sent(2, "ok", "t/0", 0) +
                    log("t/0", R"(["t/0",0,2],["t/0",1,1])")) == "nonmonotonic-send");
    CHECK(anomalies(sent(1, "ok", "t/0", 1, R"(,"group":4)") + sent(2, "ok", "t/0", 0, R"(,"group":4)")) ==
          "int-nonmonotonic-send");
    CHECK(anomalies(sent(1, "fail", "t/0") + log("t/0", R"(["t/0",0,1])")) == "K2");
    CHECK(anomalies(sent(1, "info", "t") + log("u/0", R"(["u/0",0,1])")) == "K2");
    CHECK(anomalies(log("t/0", R"(["t/0",0,77])")) == "foreign");
}

TEST_CASE("the checker names each anomaly of transactions", "[chaos]") {
    const auto both = sent(1, "ok", "t/0", 0, R"(,"group":9)") + sent(2, "ok", "t/1", 0, R"(,"group":9)") +
                      note("assign", "t/0", R"(,"offset":0)");
    CHECK(anomalies(both +
                    R"({"ph":"fail","f":"transaction","value":9})"
                    "\n" +
                    poll(R"(["t/0",0,1])")) == "G1a");
    CHECK(anomalies(sent(1, "fail", "t/0") + note("assign", "t/0") + poll(R"(["t/0",0,1])")) == "G1a");
    CHECK(anomalies(both +
                    R"({"ph":"info","f":"transaction","value":9})"
                    "\n" +
                    poll(R"(["t/0",0,1])") + note("final", ""))
              .find("torn") != std::string::npos);
}

TEST_CASE("the checker names each anomaly of reads", "[chaos]") {
    CHECK(anomalies(three() + poll(R"(["t/0",0,1])") + poll(R"(["t/0",2,3])")) == "poll-skip");
    CHECK(anomalies(three() + poll(R"(["t/0",1,2])")) == "poll-skip");
    CHECK(anomalies(three() + poll(R"(["t/0",0,1],["t/0",2,3])")) == "int-poll-skip");
    CHECK(anomalies(three() + poll(R"(["t/0",0,1])") + poll(R"(["t/0",0,1])")) == "nonmonotonic-poll");
    CHECK(anomalies(three() + poll(R"(["t/0",0,1],["t/0",0,1])")) == "int-nonmonotonic-poll");
    CHECK(anomalies(three() + note("seek", "t/0", R"(,"offset":2)") + poll(R"(["t/0",0,1])")) ==
          "nonmonotonic-poll");
    CHECK(anomalies(three() + note("unassign", "t/0") + poll(R"(["t/0",0,1])")) == "unassigned-poll");
    CHECK(anomalies(three() + note("pause", "t/0") + poll(R"(["t/0",0,1])")) == "paused-poll");
    // The former position counts for the poll that was under way only.
    CHECK(anomalies(three() +
                    R"({"p":"r","n":900,"ph":"invoke","f":"poll"})"
                    "\n" +
                    note("seek", "t/0", R"(,"offset":2)") +
                    R"({"p":"r","n":900,"ph":"ok","f":"poll","items":[["t/0",0,1]]})"
                    "\n" +
                    poll(R"(["t/0",1,2])")) == "nonmonotonic-poll");
}

TEST_CASE("the checker names each broken promise about operations and resources", "[chaos]") {
    const std::string begin = R"({"p":"w","n":1,"ph":"invoke","f":"flush","until":1000})"
                              "\n";
    const std::string end = R"({"t":900,"p":"w","n":1,"ph":"ok","f":"flush"})"
                            "\n";
    CHECK(anomalies(begin + end) == "");
    CHECK(anomalies(begin) == "K1");
    CHECK(anomalies(begin + end + end) == "K1");
    CHECK(anomalies(end) == "K1");
    CHECK(anomalies(begin + begin + end) == "K1");
    CHECK(anomalies(begin + R"({"t":1001,"p":"w","n":1,"ph":"ok","f":"flush"})"
                            "\n") == "K1");
    CHECK(anomalies(begin + R"({"t":1,"p":"w","n":1,"ph":"ok","f":"flush","text":"inside"})"
                            "\n") == "K1");
    CHECK(anomalies(R"({"ph":"note","f":"residue","value":0,"text":"connections"})"
                    "\n") == "");
    CHECK(anomalies(R"({"ph":"note","f":"residue","value":2,"text":"connections"})"
                    "\n") == "K5");
    CHECK(anomalies(R"({"ph":"note","f":"budget","value":110,"offset":100,"group":10})"
                    "\n") == "");
    CHECK(anomalies(R"({"ph":"note","f":"budget","value":111,"offset":100,"group":10})"
                    "\n") == "K6");
    CHECK(anomalies(R"({"ph":"note","f":"hang","text":"in the middle"})"
                    "\n") == "hang");
}

TEST_CASE("the checker names each broken promise about groups", "[chaos]") {
    const auto member = [](const std::string& who, const std::string& what, const std::string& more = "") {
        return R"({"p":")" + who + R"(","ph":"note","f":")" + what + R"(","key":"t/0","group":7)" + more +
               "}\n";
    };
    const auto committed = [](int offset) {
        return R"({"ph":"note","f":"committed","group":7,"items":[["t/0",)" + std::to_string(offset) +
               ",-1]]}\n";
    };
    const auto part_of_commit = [](const std::string& who, int offset, int number, const std::string& phase,
                                   const std::string& more = "") {
        return R"({"p":")" + who + R"(","n":)" + std::to_string(number) +
               R"(,"f":"commit","group":7,"items":[["t/0",)" + std::to_string(offset) + R"(,-1]],"ph":")" +
               phase + '"' + more + "}\n";
    };
    const auto commit = [&](const std::string& who, int offset, int number = 500,
                            const std::string& more = "") {
        return part_of_commit(who, offset, number, "invoke", more) +
               part_of_commit(who, offset, number, "ok");
    };
    const auto begin = three() + member("a", "assigned");
    const auto read = poll(R"(["t/0",0,1],["t/0",1,2])", "a");
    const auto rest = poll(R"(["t/0",2,3])", "b");
    // A clean hand-over.
    CHECK(anomalies(begin + read + commit("a", 2) + committed(2) + member("a", "revoked") +
                    member("b", "assigned", R"(,"offset":2)") + rest + committed(3) + member("b", "clean")) ==
          "");
    CHECK(anomalies(begin + read + committed(3)) == "K3");
    CHECK(anomalies(begin + read + committed(2) + committed(1)) == "K3");
    CHECK(anomalies(begin + read + committed(2) + commit("a", 1) + committed(1)) == "");
    // What follows the polls is nobody's wish to go back.
    CHECK(anomalies(begin + read + committed(2) + commit("a", 1, 501, R"(,"text":"auto")") + committed(1)) ==
          "K3");
    CHECK(anomalies(begin + member("b", "assigned") + member("a", "revoked")) == "K4");
    CHECK(anomalies(begin + member("b", "assigned")) == "K4");
    CHECK(anomalies(begin + member("b", "assigned") + member("a", "lost")) == "");
    // An assignment that comes late, to one who is a member no more.
    CHECK(anomalies(begin + member("b", "assigned") + member("b", "lost") + member("a", "revoked")) == "");
    CHECK(anomalies(begin + read + member("a", "lost") + commit("a", 2)) == "K4");
    // On its way when it was lost, it may have come in time.
    CHECK(anomalies(begin + read + part_of_commit("a", 2, 500, "invoke") + member("a", "lost") +
                    part_of_commit("a", 2, 500, "ok")) == "");
    const auto copied = [&](int offset, int value) {
        return member("a", "copied",
                      R"(,"offset":)" + std::to_string(offset) + R"(,"value":)" + std::to_string(value));
    };
    CHECK(anomalies(begin + read + copied(0, 1) + copied(1, 2) + committed(2)) == "");
    CHECK(anomalies(begin + read + copied(0, 1) + committed(2)) == "K7");
    CHECK(anomalies(begin + read + copied(0, 1) + copied(1, 2) + copied(1, 2) + committed(2)) == "K7");
    CHECK(anomalies(begin + read + copied(0, 1) + copied(1, 2) + committed(1)) == "K7");
    CHECK(anomalies(begin + read + copied(0, 1) + copied(1, 99) + committed(2)) == "K7");
    CHECK(anomalies(begin + read + member("a", "revoked") + member("b", "assigned") +
                    poll(R"(["t/0",0,1])", "b") + member("b", "clean")) == "twice-consumed");
}

TEST_CASE("the window round a finding shows its log three offsets either side", "[chaos]") {
    std::string lines;
    for (int at = 0; at < 20; ++at) lines += sent(at + 1, "ok", "t/0", at);
    const auto shown = window(from_lines(lines), {"duplicate", "", "t/0", 10});
    CHECK(shown.find("\"offset\":7") != std::string::npos);
    CHECK(shown.find("\"offset\":13") != std::string::npos);
    CHECK(shown.find("\"offset\":14") == std::string::npos);
}

#include "drill/record/event_log.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "adapters_temp_files/scratch.hpp"
#include "drill/support/random_record.hpp"
#include "drill/support/same_record.hpp"

namespace lastcall::drill {
namespace {

using testing::scratch;

void write(const run_record& run, const std::filesystem::path& path) {
    event_log_writer log(path);
    log.begin(run);
    for (const auto& trial : run.trials) {
        log.begin_trial(trial);
        for (const auto& one : trial.samples) {
            log.add(one);
        }
        for (const auto& one : trial.exchanges) {
            log.add(one);
        }
        for (const auto& one : trial.connections) {
            log.add(one);
        }
        log.end_trial(trial);
    }
    log.end();
    EXPECT_EQ(log.problem(), "");
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

read_run read(const std::string& text) {
    std::istringstream lines(text);
    return read_event_log(lines, "run.ndjson");
}

/// The message of the error; empty when there is none.
std::string error_of(const std::string& text) {
    try {
        static_cast<void>(read(text));
        return "";
    } catch (const event_log_error& e) {
        return e.what();
    }
}

run_record small_record() {
    run_record run;
    run.sequence = "plain";
    run.lanes = {{"pool", 3, false, ""}};
    run.reachable[static_cast<std::size_t>(cell::idle)] = true;
    auto& trial = run.trials.emplace_back();
    trial.marks.set(mark::signal_sent, 5'000);
    trial.effects = effect_ledger{1, 1, 0, {1}, {}, ""};
    trial.leftovers = {{leftover::kind::process, "pid 7 sleep"}};
    trial.explanations = {{6'000, 7, "shell-in-front", "L14", "why", "fix"}};
    trial.notes = {"note"};
    trial.samples = {{5'000, 1, 2, -1, 1}};
    exchange one;
    one.lane = "pool";
    one.method = "GET";
    one.target = "/";
    one.connection = 1;
    one.sent_ns = 4'000;
    one.end_ns = 6'000;
    trial.exchanges = {one};
    connection_end quiet;
    quiet.lane = "idle";
    quiet.connection = 2;
    trial.connections = {quiet};
    return run;
}

std::string small_log() {
    const scratch folder;
    write(small_record(), folder / "run.ndjson");
    return text_of(folder / "run.ndjson");
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) {
        all.push_back(line);
    }
    return all;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) {
        text += line + '\n';
    }
    return text;
}

TEST(EventLog, ReadsBackEveryMemberOfWhateverWasWritten) {
    const scratch folder;
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        const auto run = random_record(seed).make();
        write(run, folder / "run.ndjson");
        const auto found = read_event_log(folder / "run.ndjson");
        EXPECT_TRUE(found.is_whole);
        expect_same(run, found.run);
        ASSERT_FALSE(::testing::Test::HasFailure());
    }
}

TEST(EventLog, TellsTwoRecordsApart) {
    auto other = small_record();
    other.trials[0].exchanges[0].missing = 1;
    ::testing::TestPartResultArray failures;
    {
        const ::testing::ScopedFakeTestPartResultReporter reporter(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &failures);
        expect_same(small_record(), other);
    }
    EXPECT_EQ(failures.size(), 1);
}

TEST(EventLog, ReplacesBytesThatAreNoText) {
    const scratch folder;
    auto run = small_record();
    run.subject = "a\xFF\xC0z";
    write(run, folder / "run.ndjson");
    EXPECT_EQ(read_event_log(folder / "run.ndjson").run.subject, "a\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST(EventLog, KeepsTextsOfAnyLength) {
    const scratch folder;
    auto run = small_record();
    run.subject = std::string(100'000, '\x02');
    run.trials[0].exchanges[0].target = run.names->intern(std::string(200'000, '"'));
    write(run, folder / "run.ndjson");
    expect_same(run, read_event_log(folder / "run.ndjson").run);
}

TEST(EventLog, CutAnywhereBehindItsFirstLineIsReadAsFarAsItGoes) {
    const auto text = small_log();
    const auto first = text.find('\n');
    for (std::size_t size = 0; size < text.size(); ++size) {
        SCOPED_TRACE(size);
        const auto cut = text.substr(0, size);
        if (size < first) {
            EXPECT_NE(error_of(cut), "");
            continue;
        }
        const auto found = read(cut);
        // All but the last line's end may be missing.
        EXPECT_EQ(found.is_whole, size + 1 == text.size());
        if (!found.is_whole && !found.run.trials.empty()) {
            const auto& trial = found.run.trials[0];
            EXPECT_EQ(trial.is_interrupted, trial.notes.empty());
        }
    }
}

TEST(EventLog, KeepsTheMarksOfATrialThatWasCut) {
    const scratch folder;
    {
        event_log_writer log(folder / "run.ndjson");
        const auto run = small_record();
        log.begin(run);
        log.begin_trial(run.trials[0]);
        log.add(mark::signal_sent, 77);
        log.add(run.trials[0].exchanges[0]);
    }
    const auto found = read_event_log(folder / "run.ndjson");
    EXPECT_FALSE(found.is_whole);
    ASSERT_EQ(found.run.trials.size(), 1U);
    EXPECT_TRUE(found.run.trials[0].is_interrupted);
    EXPECT_EQ(found.run.trials[0].marks[mark::signal_sent], 77);
    EXPECT_EQ(found.run.trials[0].exchanges.size(), 1U);
}

TEST(EventLog, SkipsLinesAndMembersOfAKindThatIsNotKnown) {
    auto lines = lines_of(small_log());
    lines.insert(lines.begin() + 1, R"({"weather":"fine"})");
    lines.insert(lines.begin() + 3, "");
    lines.back().insert(1, R"("more":[1,{}],)");
    const auto found = read(joined(lines));
    EXPECT_TRUE(found.is_whole);
    expect_same(small_record(), found.run);
}

TEST(EventLog, RefusesAVersionThatIsNotKnown) {
    auto lines = lines_of(small_log());
    const std::string is = "\"lastcall_events\":1";
    lines[0].replace(lines[0].find(is), is.size(), "\"lastcall_events\":2");
    EXPECT_EQ(error_of(joined(lines)),
              "run.ndjson:1: the event log is of version 2, only 1 is known; judge it with the "
              "version that wrote it");
}

TEST(EventLog, SaysOfWhatIsNoEventLogWhatToGive) {
    EXPECT_NE(error_of("").find("the file is empty; give one"), std::string::npos);
    EXPECT_NE(error_of("GET / HTTP/1.1\n").find("run.ndjson:1: this is no event log"),
              std::string::npos);
    EXPECT_NE(error_of("{}\n").find("no \"lastcall_events\""), std::string::npos);
    EXPECT_NE(error_of("[1]\n").find("an object was expected and not [1]"), std::string::npos);
}

TEST(EventLog, NamesTheLineThatIsNoJson) {
    auto lines = lines_of(small_log());
    lines[3] = lines[3].substr(0, 20);
    EXPECT_NE(error_of(joined(lines)).find("run.ndjson:4: this line is no JSON"),
              std::string::npos);
}

TEST(EventLog, RefusesLinesThatAreOutOfPlace) {
    const auto whole = lines_of(small_log());
    auto lines = whole;
    lines.insert(lines.begin() + 2, lines[1]);
    EXPECT_NE(error_of(joined(lines)).find(":3: a trial begins inside another"), std::string::npos);
    lines = whole;
    lines.erase(lines.begin() + 1);
    EXPECT_NE(error_of(joined(lines)).find("none has begun"), std::string::npos);
    lines = whole;
    lines.insert(lines.begin() + 2, whole.back());
    EXPECT_NE(error_of(joined(lines)).find("ends inside a trial"), std::string::npos);
    lines = whole;
    lines.push_back(whole[1]);
    EXPECT_NE(error_of(joined(lines)).find("after the end"), std::string::npos);
}

/// Calls `change` with every member of every object of every line, one at a time, and gives
/// `check` the text of the log with it.
template <class Change, class Check>
void with_each_member(Change change, Check check) {
    const auto lines = lines_of(small_log());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto flat = nlohmann::json::parse(lines[i]).flatten();
        for (const auto& [pointer, value] : flat.items()) {
            auto line = nlohmann::json::parse(lines[i]);
            if (change(line, nlohmann::json::json_pointer(pointer))) {
                auto changed = lines;
                changed[i] = line.dump();
                SCOPED_TRACE(pointer + " of line " + std::to_string(i + 1));
                check(joined(changed), pointer);
            }
        }
    }
}

TEST(EventLog, RefusesAMemberOfTheWrongType) {
    with_each_member(
        [](nlohmann::json& line, const nlohmann::json::json_pointer& member) {
            line[member] = nlohmann::json::array({nlohmann::json::object()});
            return true;
        },
        [](const std::string& text, const std::string&) { EXPECT_NE(error_of(text), ""); });
}

TEST(EventLog, RefusesNumbersThatAreTooLargeForTheirMeaning) {
    for (const char* const huge :
         {"1e40", "-9223372036854775809", "18446744073709551616", "-1.5"}) {
        with_each_member(
            [&](nlohmann::json& line, const nlohmann::json::json_pointer& member) {
                const bool is_number =
                    line[member].is_number() && member.back() != "processor_share";
                line[member] = nlohmann::json::parse(huge);
                return is_number;
            },
            [](const std::string& text, const std::string&) { EXPECT_NE(error_of(text), ""); });
    }
    // What fits the type is not yet a moment.
    with_each_member(
        [](nlohmann::json& line, const nlohmann::json::json_pointer& member) {
            const auto name = member.back();
            line[member] = INT64_MAX;
            return name == "sent" || name == "at" || name == "origin" || name == "grace" ||
                   name == "signal_sent" || name == "sweep_offset" || name == "late_p99";
        },
        [](const std::string& text, const std::string&) { EXPECT_NE(error_of(text), ""); });
}

TEST(EventLog, RefusesALineWithoutWhatItHasToHave) {
    int refused = 0;
    with_each_member(
        [](nlohmann::json& line, const nlohmann::json::json_pointer& member) {
            auto& parent = line[member.parent_pointer()];
            if (parent.is_object()) {
                parent.erase(member.back());
            }
            return parent.is_object();
        },
        [&](const std::string& text, const std::string&) {
            refused += error_of(text).empty() ? 0 : 1;
        });
    // Moments, counts that are 0 and what makes a line of a known kind may be missing.
    EXPECT_GT(refused, 60);
}

TEST(EventLog, RefusesAWordThatIsNotKnown) {
    auto text = small_log();
    const std::string is = R"("was":"ok")";
    text.replace(text.find(is), is.size(), R"("was":"odd")");
    EXPECT_NE(error_of(text).find("\"was\" is the word \"odd\", which is not known"),
              std::string::npos);
}

TEST(EventLog, SaysOnceThatTheDiskIsFullAndGoesOn) {
    event_log_writer log("/dev/full");
    log.begin(small_record());
    log.flush();
    EXPECT_EQ(log.problem(),
              "the event log /dev/full ends early: No space left on device; what is in it can be "
              "judged");
    const auto problem = log.problem();
    log.add(exchange{});
    log.end();
    EXPECT_EQ(log.problem(), problem);
}

TEST(EventLog, OfNoFileWritesNothing) {
    event_log_writer log;
    log.begin(small_record());
    log.add(exchange{});
    log.end();
    EXPECT_FALSE(log.is_open());
    EXPECT_EQ(log.problem(), "");
}

TEST(EventLog, NamesTheFileThatCanNotBeReadOrMade) {
    const scratch folder;
    EXPECT_THROW(static_cast<void>(read_event_log(folder / "none")), std::system_error);
    EXPECT_THROW(static_cast<void>(read_event_log(folder.path())), event_log_error);
    EXPECT_THROW(event_log_writer(folder / "none/run.ndjson"), std::system_error);
}

}  // namespace
}  // namespace lastcall::drill

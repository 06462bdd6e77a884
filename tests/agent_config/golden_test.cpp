// Every message, word for word: what is wrong, where, why, and what to write.
//
// golden/messages.txt holds each case: its name behind "== ", the file, a line "--", and what
// is said. LASTCALL_WRITE_GOLDEN=1 writes the messages anew, to be read before they are kept.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "agent/config/problem_text.hpp"
#include "agent/config/read_host.hpp"
#include "agent_config/fake_machine.hpp"

namespace lastcall::testing {
namespace {

struct golden_case {
    std::string name, yaml, messages;
};

std::vector<golden_case> read_cases() {
    std::ifstream file(GOLDEN);
    std::vector<golden_case> made;
    bool in_messages = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("== ")) {
            made.push_back({line.substr(3), {}, {}});
            in_messages = false;
        } else if (line == "--") {
            in_messages = true;
        } else if (!made.empty()) {
            (in_messages ? made.back().messages : made.back().yaml) += line + "\n";
        }
    }
    return made;
}

std::string messages_of(const std::string& yaml) {
    const fake_machine here;
    const auto read = agent::look_at_text(yaml, "lastcall.yaml", "/etc/app", here);
    std::string made;
    for (const auto& one : read.problems) {
        made += agent::explain(one, "lastcall.yaml", read.text, false);
    }
    return made;
}

class Message : public ::testing::TestWithParam<golden_case> {};

TEST_P(Message, SaysWhatIsWrongWhereAndWhatToWrite) {
    EXPECT_EQ(messages_of(GetParam().yaml), GetParam().messages) << GetParam().yaml;
}

INSTANTIATE_TEST_SUITE_P(Of, Message, ::testing::ValuesIn(read_cases()), [](const auto& one) {
    std::string name;
    bool upper = true;
    for (const char c : one.param.name) {
        const bool is_letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (is_letter) {
            name += static_cast<char>(upper ? std::toupper(static_cast<unsigned char>(c)) : c);
        }
        upper = !is_letter;
    }
    return name;
});

TEST(Messages, AreManyAndEachSaysSomething) {
    const auto cases = read_cases();
    EXPECT_GE(cases.size(), 60U);
    for (const auto& one : cases) {
        EXPECT_EQ(one.messages.empty(), one.name.starts_with("good")) << one.name;
    }
}

class golden_writer : public ::testing::Environment {
public:
    void TearDown() override {
        if (std::getenv("LASTCALL_WRITE_GOLDEN") == nullptr) {
            return;
        }
        const auto cases = read_cases();
        std::ofstream file(GOLDEN);
        for (const auto& one : cases) {
            file << "== " << one.name << "\n" << one.yaml << "--\n" << messages_of(one.yaml);
        }
    }
};

const auto* const writer = ::testing::AddGlobalTestEnvironment(new golden_writer);

}  // namespace
}  // namespace lastcall::testing

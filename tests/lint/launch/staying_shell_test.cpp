#include "lint/launch/staying_shell.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <sstream>
#include <string>

namespace lastcall::lint {
namespace {

/// The program says who it is: its process is the shell's when that has become it.
constexpr std::string_view self_naming_program = "sh -c 'echo $$'";

constexpr std::string_view becomes[] = {"PROGRAM",
                                        "true && PROGRAM",
                                        "true; PROGRAM",
                                        "true\nPROGRAM\n",
                                        "set -e; true; PROGRAM",
                                        "false || PROGRAM",
                                        "true & wait; PROGRAM",
                                        "true &\nPROGRAM",
                                        "A=1 PROGRAM",
                                        "true | cat; PROGRAM",
                                        "if true; then true; fi; PROGRAM",
                                        "trap '' TERM; PROGRAM",
                                        "cd / && \\\n PROGRAM",
                                        "true || true && true; A=1 B=2 PROGRAM"};

constexpr std::string_view stays[] = {
    "true && PROGRAM 2>&1", "PROGRAM < /dev/null",       "true; PROGRAM | cat",
    "{ true; PROGRAM; }",   "if true; then PROGRAM; fi", "f() { PROGRAM; }; f",
    "true & PROGRAM",       "trap true EXIT; PROGRAM"};

std::string with_program(std::string_view pattern) {
    std::string made(pattern);
    return made.replace(made.find("PROGRAM"), 7, self_naming_program);
}

/// What lint takes for true.
bool is_taken_to_stay(const std::string& shell, const std::string& text) {
    const std::vector<mapped_text> words{{shell, 0}, {"-c", 0}, {text, 0}};
    const auto chain = follow_launch(words, "Dockerfile", std::make_shared<line_index>(text),
                                     [](const std::string&) { return nullptr; });
    return staying_end(chain.hops.front(), nullptr) != nullptr;
}

std::string in_quotes(const std::string& text) {
    std::string made = "'";
    for (const char c : text) {
        made += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return made + "'";
}

/// What is true: the process of the shell, and that of the program.
bool stays_in_truth(const std::string& text) {
    const std::string command =
        "sh -c 'echo $$; exec bash -c \"$0\"' " + in_quotes(text) + " 2>/dev/null";
    FILE* const from = ::popen(command.c_str(), "r");
    if (from == nullptr) {
        ADD_FAILURE() << "no shell was started";
        return false;
    }
    std::string said;
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), from) != nullptr) {
        said += buffer.data();
    }
    ::pclose(from);
    std::istringstream words(said);
    int shell = 0;
    int last = 0;
    EXPECT_TRUE(words >> shell >> last) << said;
    return shell != last;
}

bool has_new_bash() {
    return std::system(
               "bash -c '((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501))' "
               "> /dev/null 2>&1") == 0;
}

TEST(StayingShell, IsGoneWhereABashBecomesTheLastCommand) {
    for (const auto one : becomes) {
        EXPECT_FALSE(is_taken_to_stay("bash", with_program(one))) << one;
    }
}

TEST(StayingShell, IsThereBehindAnythingElse) {
    for (const auto one : stays) {
        EXPECT_TRUE(is_taken_to_stay("bash", with_program(one))) << one;
    }
    EXPECT_TRUE(is_taken_to_stay("dash", with_program("true; PROGRAM")));
}

TEST(StayingShell, IsWhatARealBashDoes) {
    if (!has_new_bash()) {
        GTEST_SKIP() << "bash is older than 5.1, or not there";
    }
    for (const auto one : becomes) {
        EXPECT_FALSE(stays_in_truth(with_program(one))) << one;
    }
    for (const auto one : stays) {
        EXPECT_TRUE(stays_in_truth(with_program(one))) << one;
    }
}

}  // namespace
}  // namespace lastcall::lint

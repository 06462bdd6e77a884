// What nobody means: it is read in the time that its size asks for, and nothing ends or hangs.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "lint/shell/dump.hpp"
#include "lint/shell/execution.hpp"
#include "lint/shell/script.hpp"
#include "support/sanitized.hpp"

namespace lastcall::lint::shell {
namespace {

std::string repeated(std::string_view piece, std::size_t size) {
    std::string text;
    text.reserve(size + piece.size());
    while (text.size() < size) {
        text += piece;
    }
    return text;
}

constexpr std::string_view pieces[] = {
    "(",
    "((",
    "$(",
    "$((",
    "\"",
    "'",
    "`",
    "${",
    "${a:-",
    "\"$(",
    "\"${",
    "<(",
    "a[",
    "a[$(",
    "{ ",
    "if ",
    "if true; then ",
    "while ",
    "do ",
    "case a in a) ",
    "case ",
    "for x in ",
    "for ((",
    "f() ",
    "f(){ ",
    "function f ",
    "coproc ",
    "! ",
    "time ",
    "[[ ",
    "[[ a =~ (",
    "[[ a && ",
    "a=(",
    "a=([",
    "$'",
    "$[",
    "<<A ",
    "<<A\n",
    "<<'A'\n",
    "cat <<A <<B\n",
    "$(cat <<A\n",
    "<<-A\n\tA\n",
    "@(",
    "a@(",
    "a|",
    "a&&",
    "a;",
    "a&",
    ";;",
    "\\",
    "\\\n",
    "#",
    "a #",
    "{a}>",
    "1",
    "1>",
    ")",
    "}",
    "fi ",
    "done\n",
    "esac ",
    "else ",
    "elif ",
    "a b ",
    "\r\n",
    "``",
    "`\\`",
    "\"`",
    "x=`",
    "((a)",
    "((a) ",
    "((:)#((\n)#)\n",
    "$((a) ",
    "declare -a a=(",
    "export a=$(",
    "$a",
    "${#",
    "''",
    "case x in esac\n",
    "if a;then b;fi;",
    "|&",
    "&>",
    "trap '",
    "trap \"trap ",
    "eval \"",
    "$x\"$x",
};

/// Longer than any should take on a busy machine, shorter than anything quadratic would.
constexpr std::chrono::seconds limit{40};

TEST(HostileScript, OfMegabytesIsReadInTheTimeThatItsSizeAsksFor) {
    for (const std::string_view piece : pieces) {
        const std::string text = repeated(piece, testing::is_sanitized ? 100'000 : 1'000'000);
        const auto begin = std::chrono::steady_clock::now();
        (void)read_script(text);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, limit) << piece;
    }
}

TEST(HostileScript, IsFollowedInTheTimeThatItsSizeAsksFor) {
    for (const std::string_view piece : pieces) {
        const std::string text = repeated(piece, testing::is_sanitized ? 20'000 : 200'000);
        const auto begin = std::chrono::steady_clock::now();
        const script whole = read_script(text);
        (void)execution_of(whole);
        (void)dump(whole);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, limit) << piece;
    }
}

TEST(HostileScript, ThatIsTooDeepSaysSoWhereItIs) {
    const script whole = read_script("a\n" + repeated("( ", 2000) + "b");
    ASSERT_EQ(whole.problems.size(), 1U);
    EXPECT_EQ(whole.problems[0].what, problem::kind::too_deep);
    EXPECT_EQ(whole.at(whole.problems[0].where).line, 2U);
    EXPECT_EQ(whole.program.size(), 2U) << "what stands before is kept";
}

TEST(HostileScript, ThatIsTooLargeSaysSo) {
    const std::string text = repeated("a;", 3'000'000);
    const script whole = read_script(text);
    ASSERT_EQ(whole.problems.size(), 1U);
    EXPECT_EQ(whole.problems[0].what, problem::kind::too_large);
}

TEST(HostileScript, ThatWasDamagedAnywhereIsStillRead) {
    const std::filesystem::path corpus = CORPUS;
    std::mt19937 random(1);  // the same damage in each run
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string whole{std::istreambuf_iterator<char>(file),
                                std::istreambuf_iterator<char>()};
        for (int i = 0; i < 300; ++i) {
            std::string text = whole;
            for (int damage = 0; damage < 3 && !text.empty(); ++damage) {
                const std::size_t at = random() % text.size();
                const std::string_view piece = pieces[random() % std::size(pieces)];
                switch (random() % 3) {
                    case 0:
                        text.erase(at, 1 + random() % 9);
                        break;
                    case 1:
                        text.insert(at, piece);
                        break;
                    default:
                        text.resize(at);
                }
            }
            const script read = read_script(text);
            (void)execution_of(read);
            (void)dump(read);
            ++count;
        }
    }
    EXPECT_GT(count, 1000U);
}

}  // namespace
}  // namespace lastcall::lint::shell

// What the fuzzers found and what they began with, held against the same promises.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/target.hpp"

namespace lastcall::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> inputs_of(const std::string& name) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(CORPUS) / name)) {
        files.push_back(entry.path());
    }
    return files;
}

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void expect_kept(body run, std::string_view input) {
    // On the heap and without a zero behind it, so that a byte too many is seen by ASan.
    const std::vector<char> bytes(input.begin(), input.end());
    try {
        run({bytes.data(), bytes.size()});
    } catch (const std::exception& e) {
        FAIL() << e.what() << ", for the input: " << ::testing::PrintToString(std::string(input));
    }
}

class Corpus : public ::testing::TestWithParam<std::pair<const std::string, body>> {};

TEST_P(Corpus, KeepsThePromiseWholeAndCutAnywhere) {
    const auto& [name, run] = GetParam();
    const auto files = inputs_of(name);
    ASSERT_FALSE(files.empty());
    for (const fs::path& file : files) {
        const std::string input = read(file);
        SCOPED_TRACE(file);
        // Every cut of what is small, and sixteen of what is not.
        const std::size_t step = input.size() <= 64 ? 1 : input.size() / 16;
        for (std::size_t size = 0; size < input.size(); size += step) {
            expect_kept(run, std::string_view(input).substr(0, size));
        }
        expect_kept(run, input);
    }
}

INSTANTIATE_TEST_SUITE_P(Of, Corpus, ::testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& one) { return one.param.first; });

TEST(CorpusFolder, HasNoTargetThatIsNotLinked) {
    for (const auto& entry : fs::directory_iterator(CORPUS)) {
        EXPECT_TRUE(targets().contains(entry.path().filename())) << entry.path();
    }
}

TEST(Promise, IsSeenToBeBroken) { EXPECT_THROW(must(false, "on purpose"), broken_promise); }

}  // namespace
}  // namespace lastcall::fuzz

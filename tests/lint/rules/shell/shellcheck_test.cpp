// What ShellCheck says, with all that it can look for, about scripts that lose work at a stop: that
// a trap is for SIGKILL (S12), that its values are from too early (S13), and of the others nothing
// that is about the stop. Where it learns to, this test says so.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// What is about quotes and names, whatever the script is there for.
const std::set<std::string> general = {"SC2046", "SC2154", "SC2248", "SC2250", "SC2312", "SC3045"};

/// "SC2064" and the others that it says about a file.
std::set<std::string> codes_for(const fs::path& file) {
    const std::string command = "shellcheck --norc -o all -f gcc '" + file.string() + "' 2>&1";
    std::string said;
    FILE* const from = ::popen(command.c_str(), "r");
    if (from == nullptr) {
        return {"no shell"};
    }
    std::array<char, 4096> buffer{};
    while (const auto size = std::fread(buffer.data(), 1, buffer.size(), from)) {
        said.append(buffer.data(), size);
    }
    ::pclose(from);
    std::set<std::string> made;
    for (auto at = said.find("[SC"); at != std::string::npos; at = said.find("[SC", at + 1)) {
        made.insert(said.substr(at + 1, said.find(']', at) - at - 1));
    }
    return made;
}

/// The scripts of the fixtures in which a rule fires, by rule.
std::multimap<std::string, fs::path> bad_scripts() {
    std::multimap<std::string, fs::path> made;
    for (const auto& one : fs::recursive_directory_iterator(fs::path(LINT_CORPUS) / "shell")) {
        const auto folder = one.path().parent_path();
        if (one.is_regular_file() && folder.filename().string().starts_with("bad") &&
            one.path().filename() != "findings") {
            made.emplace(folder.parent_path().filename().string(), one.path());
        }
    }
    return made;
}

TEST(ShellCheck, SaysNothingAboutTheStopButForTwoRules) {
    if (std::system("command -v shellcheck > /dev/null 2>&1") != 0) {
        GTEST_SKIP() << "shellcheck is not installed";
    }
    const std::map<std::string, std::string> known = {{"S12", "SC2173"}, {"S13", "SC2064"}};
    const auto all = bad_scripts();
    ASSERT_GT(all.size(), 24U);
    for (const auto& [rule, file] : all) {
        SCOPED_TRACE(file.string());
        auto said = codes_for(file);
        for (const auto& code : general) {
            said.erase(code);
        }
        const auto says = known.find(rule);
        EXPECT_EQ(said, says == known.end() ? std::set<std::string>()
                                            : std::set<std::string>{says->second});
    }
}

}  // namespace
}  // namespace lastcall::lint

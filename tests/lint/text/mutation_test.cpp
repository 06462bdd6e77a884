// Good files, and what becomes of them when bytes are lost, doubled or changed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "lint/text/mutation.hpp"
#include "lint/text/reader_promises.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> corpus() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(LINT_CORPUS)) {
        if (entry.is_regular_file() && entry.path().extension() != ".sh") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(Corpus, GoodFilesHaveNoProblems) {
    ASSERT_GE(corpus().size(), 10U);
    for (const auto& path : corpus()) {
        SCOPED_TRACE(path);
        const auto text = text_of(path);
        const auto name = path.filename().string();
        EXPECT_NO_THROW(promises::reader_of(name)(text));
        std::vector<problem> problems;
        if (name.ends_with(".yaml")) {
            problems = read_yaml(text).problems;
        } else if (name.ends_with(".service")) {
            problems = read_unit_file(text).problems;
        } else if (name == "Dockerfile") {
            const auto file = read_dockerfile(text);
            problems = file.problems;
            EXPECT_TRUE(evaluate(file).problems.empty());
        } else if (name == "nginx.conf") {
            problems = read_braces(text, brace_style::nginx).problems;
        } else if (name == "haproxy.cfg") {
            problems = read_haproxy(text).problems;
        } else if (name == "supervisord.conf") {
            problems = read_ini(text, ini_style::supervisor).problems;
        } else if (name == "php-fpm.conf") {
            problems = read_ini(text, ini_style::php).problems;
        } else if (name == "traefik.toml") {
            problems = read_ini(text, ini_style::toml).problems;
        }
        EXPECT_TRUE(problems.empty()) << problems.at(0).at.line << ": " << problems.at(0).text;
    }
}

TEST(Corpus, MutationsKeepThePromises) {
    std::uint32_t state = 1;
    for (const auto& path : corpus()) {
        const auto keep = promises::reader_of(path.filename().string());
        const auto good = text_of(path);
        for (int round = 0; round < 400; ++round) {
            std::string text = good;
            for (int changes = round % 7; changes >= 0 && !text.empty(); --changes) {
                text = mutated(std::move(text), state);
            }
            try {
                keep(text);
            } catch (const std::exception& broken) {
                FAIL() << path << ", round " << round << ": " << broken.what() << "\n" << text;
            }
        }
    }
}

}  // namespace
}  // namespace lastcall::lint

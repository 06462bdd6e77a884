// Shows how shell scripts are read. usage: show_script dump|problems|commands|time FILE...
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "lint/shell/dump.hpp"
#include "lint/shell/walk.hpp"

namespace {

using namespace lastcall::lint::shell;

/// A line `LINE WORDS` for each simple command with words.
void show_commands(const script& whole) {
    for_each_command(whole, [&](const command& one) {
        if (const auto* simple = std::get_if<simple_command>(&one.what);
            simple != nullptr && !simple->words.empty()) {
            std::printf("%u %zu\n", whole.at(simple->words.front().where).line,
                        simple->words.size());
        }
    });
}

void show(std::string_view how, const char* path, const std::string& text) {
    const script whole = read_script(text);
    if (how == "dump") {
        std::printf("%s\n", dump(whole).c_str());
    } else if (how == "commands") {
        std::printf("file %s\n", path);
        show_commands(whole);
    } else {
        std::printf("file %s\n%s", path, dump_problems(whole).c_str());
    }
}

void measure(const std::vector<std::string>& texts) {
    std::size_t bytes = 0;
    std::size_t commands = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (const std::string& text : texts) {
        bytes += text.size();
        commands += read_script(text).program.size();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("%zu files, %.1f MB, %zu statements in %.3f s: %.0f files/s, %.1f MB/s\n",
                texts.size(), static_cast<double>(bytes) / 1e6, commands, took.count(),
                static_cast<double>(texts.size()) / took.count(),
                static_cast<double>(bytes) / 1e6 / took.count());
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3) {
        std::fprintf(stderr, "usage: show_script dump|problems|commands|time FILE...\n");
        return 2;
    }
    std::vector<std::string> texts;
    for (int i = 2; i < count; ++i) {
        std::ifstream file(arguments[i], std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        if (std::string_view(arguments[1]) == "time") {
            texts.push_back(std::move(text));
        } else {
            show(arguments[1], arguments[i], text);
        }
    }
    if (!texts.empty()) {
        measure(texts);
    }
    return 0;
}

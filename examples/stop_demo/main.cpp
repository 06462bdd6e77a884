// The main job of this project, as a person sees it: a real service under real load gets
// SIGTERM, finishes what it accepted, releases what it holds, and the proof is printed.
#include <cstdio>
#include <exception>
#include <fstream>

#include "checks.hpp"
#include "options.hpp"
#include "report.hpp"
#include "run.hpp"
#include "screen.hpp"

int main(int argc, char** argv) {
    using namespace stop_demo;
    const auto parsed = parse_options(argc, argv);
    if (parsed.exit) {
        std::fputs(parsed.message.c_str(), *parsed.exit == 0 ? stdout : stderr);
        return *parsed.exit;
    }
    try {
        screen out(stdout);
        const auto result = run(parsed.chosen, out);
        const auto verdict = judge(result);
        print_report(out, result, verdict);
        if (!parsed.chosen.json.empty()) {
            std::ofstream file(parsed.chosen.json);
            file << json_report(result, verdict);
            if (!file.flush()) {
                std::fprintf(stderr, "stop_demo: cannot write %s\n", parsed.chosen.json.c_str());
                return 1;
            }
        }
        return verdict.status();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "stop_demo: %s\n", error.what());
        return 1;
    }
}

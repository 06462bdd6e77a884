// What an init costs while nothing happens.
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "figures.hpp"

namespace keeper_bench {
namespace {

constexpr double most_bytes = 1'000'000;
constexpr double smallest_and_a_tenth = 1.1;
constexpr std::chrono::seconds settled{3};  // ours looks at the program once, after two seconds

double switches(const running& one) {
    return one.status({"voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"});
}

}  // namespace

void measure_still(bench& all) {
    values_of bytes;
    values_of resident;
    values_of signalled;
    values_of wakes;
    std::map<std::string, std::unique_ptr<running>> alive;
    in_turn(all, "still", 1, [&](const init& one) {
        if (one.is != kind::none) {
            bytes[one.name] = {static_cast<double>(std::filesystem::file_size(one.program))};
            alive[one.name] = std::make_unique<running>(one, all.plan(place::process, {"wait"}));
        }
    });
    std::this_thread::sleep_for(settled);
    values_of before;
    for (const auto& [name, one] : alive) {
        resident[name] = {one->status({"VmRSS"})};
        before[name] = {switches(*one)};
    }
    std::this_thread::sleep_for(std::chrono::seconds(all.chosen.idle_seconds));
    for (const auto& [name, one] : alive) {
        wakes[name] = {switches(*one) - before[name].front()};
        for (std::uint32_t i = 1; i <= 100; ++i) {
            one->send(SIGUSR1);
            wait_at_least(one->shared().received, i, 1);
        }
        signalled[name] = {one->status({"VmRSS"})};
    }
    add_rows(all, "still", "bytes on disk", "", bytes, measured::goal{most_bytes});
    add_rows(all, "still", "resident, 3 s after the start", "KiB", resident, {},
             against_best{smallest_and_a_tenth});
    add_rows(all, "still", "resident, after 100 signals", "KiB", signalled, {},
             against_best{smallest_and_a_tenth});
    add_rows(all, "still",
             "wake-ups in " + std::to_string(all.chosen.idle_seconds) + " idle seconds", "", wakes,
             measured::goal{0});
}

}  // namespace keeper_bench

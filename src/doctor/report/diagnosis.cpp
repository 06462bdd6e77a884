#include "doctor/report/diagnosis.hpp"

#include <lastcall/duration.hpp>

#include "doctor/rules/rules.hpp"

namespace lastcall::doctor {
namespace {

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string line_of(const finding& one) {
    return std::string(one.rule) + " pid " + std::to_string(one.pid) + ": " + one.what;
}

}  // namespace

diagnosis::diagnosis(seen&& what)
    : of(std::move(what)),
      route(make_route(of)),
      found(judge(of, route)),
      budget(make_budget(of)) {}

std::string blocker_line(const diagnosis& one) {
    if (one.of.find(one.of.service()) == nullptr && one.of.find(one.of.entry()) == nullptr) {
        return "it has ended";
    }
    const finding* step = nullptr;
    for (const finding& each : one.found) {
        if (each.rule == "L54" && one.of.platform.has_signalled()) {
            step = &each;  // that systemd waits for it: why is said by another
        } else if (each.how == weight::blocks) {
            return line_of(each);
        }
    }
    return step == nullptr ? "nothing that can be seen keeps it" : line_of(*step);
}

std::string looked_at_text(const diagnosis& one) {
    std::size_t threads = 0;
    std::size_t descriptors = 0;
    for (const auto& [pid, process] : one.of.second.processes) {
        threads += process.threads.threads.size();
        descriptors += process.descriptors.all.size();
    }
    const auto between =
        std::chrono::duration_cast<std::chrono::milliseconds>(one.of.between) / 100 * 100;
    return counted(one.of.second.processes.size(), "process", "processes") + " with " +
           counted(threads, "thread", "threads") + ", " +
           counted(descriptors, "descriptor", "descriptors") + " and " +
           counted(one.of.second.sockets.size(), "TCP socket", "TCP sockets") + ", twice, " +
           to_text(between) + " apart";
}

}  // namespace lastcall::doctor

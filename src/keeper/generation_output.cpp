// What comes from the generations: their log, what their lastcall-init tells, and what the
// hand-over of their sockets has seen.
#include <algorithm>
#include <array>

#include "keeper/keeper.hpp"
#include "keeper/places.hpp"
#include "sys/output.hpp"

namespace lastcall::keeper {
namespace {

constexpr int notes_at_once = 16;
constexpr std::size_t longest_line = 16U << 10U;  ///< of a log; longer ones are cut in two
constexpr std::string_view extension = "EXTEND_TIMEOUT_USEC=";

}  // namespace

/// Whole lines go to the file; two generations write into one.
void keeper::pass_log(generation& one, bool is_over) {
    std::array<char, 64U << 10U> some;
    ssize_t got = 0;
    // All that is left at the end; else one part a turn, so that one who talks a lot does
    // not keep the others waiting.
    do {
        got = sys::read_now(one.log.get(), some.data(), some.size());
        if (got > 0) {
            one.line.append(some.data(), static_cast<std::size_t>(got));
        }
        std::size_t end = one.line.rfind('\n');
        end = end == std::string::npos ? 0 : end + 1;
        if (end == 0 && (one.line.size() >= longest_line || (is_over && got <= 0))) {
            if (!one.line.empty()) {
                one.line += '\n';
            }
            end = one.line.size();
        }
        if (end > 0 && one.book) {
            one.book->write(std::string_view(one.line).substr(0, end));
        }
        one.line.erase(0, end);
    } while (is_over && (got > 0 || !one.line.empty()));
    if (got < 0 || is_over) {
        one.log.reset();
    }
}

void keeper::pass_notify(generation& one) {
    std::array<char, 4096> some;
    sys::fd_batch given;
    for (int taken = 0; taken < notes_at_once; ++taken) {
        const auto got = one.notify.receive(some, given);
        if (got.what != sys::datagram_inbox::outcome::message) {
            return;
        }
        // Anybody in this network namespace may send there: only its lastcall-init counts.
        if (got.sender != one.pid) {
            continue;
        }
        message told("notify");
        told.add("service", one.service).add("generation", one.number);
        std::string_view left(some.data(), got.size);
        while (!left.empty()) {
            const auto end = std::min(left.find('\n'), left.size());
            const auto line = left.substr(0, end);
            left.remove_prefix(std::min(end + 1, left.size()));
            if (line.empty() || line.find('\0') != std::string_view::npos) {
                continue;
            }
            one.is_ready = one.is_ready || line == "READY=1";
            if (line.starts_with(extension)) {
                extend_stop(line.substr(extension.size()));
            }
            if (line.starts_with("STATUS=")) {
                one.status = line.substr(std::string_view("STATUS=").size());
            }
            told.add("line", line);
        }
        changed_ = true;
        tell(told);
    }
}

void keeper::pass_handover(generation& one) {
    using what = sys::intercept_event::what;
    for (const auto& event : one.installed->take()) {
        switch (event.kind) {
            case what::bound:
            case what::listening:
                try {
                    note_bound(services_.at(one.service), one, event.socket,
                               key_of(event.socket, event.text));
                } catch (const sys::listener_error& problem) {
                    say(one.service + ": " + problem.what());
                }
                changed_ = true;
                tell(message("bound")
                         .add("service", one.service)
                         .add("generation", one.number)
                         .add("socket", event.socket)
                         .add("address", event.text)
                         .add("listens", event.kind == what::listening ? 1 : 0));
                break;
            case what::shut_down:
            case what::revived:
                for (auto& [name, listener] : services_.at(one.service).sockets) {
                    if (name == event.socket || name == key_of(event.socket, event.text)) {
                        listener.settle();
                        changed_ = true;
                    }
                }
                break;
            case what::problem:
            case what::ring:
                tell(message("handover_problem")
                         .add("service", one.service)
                         .add("generation", one.number)
                         .add("why", event.text));
                break;
            case what::ended:
                one.installed.reset();
                return;
        }
    }
}

void keeper::count_dropped() {
    for (auto& [name, one] : services_) {
        std::uint64_t bytes = 0;
        int error = 0;
        for (auto& [number, each] : one.generations) {
            if (each->book) {
                error = each->book->error();
                bytes += each->book->take_dropped();
            }
        }
        if (bytes > 0) {
            tell(message("log_dropped")
                     .add("service", name)
                     .add("bytes", static_cast<std::int64_t>(bytes))
                     .add("error", error));
        }
    }
}

}  // namespace lastcall::keeper

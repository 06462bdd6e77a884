#include "init/preflight.hpp"

#include <algorithm>
#include <array>

#include "core/fixed_text.hpp"
#include "core/stop_cause.hpp"
#include "doctor/stop_evidence.hpp"
#include "sys/clock.hpp"
#include "sys/process/process_table.hpp"

namespace lastcall::init {
namespace {

constexpr std::size_t table_size = 64;  // its children are the first of the walk
constexpr auto time_for_sockets = std::chrono::milliseconds(50);

}  // namespace

bool write_preflight(const preflight_request& request, const line_writer& writer) noexcept {
    std::array<sys::process_entry, table_size> table;
    const sys::descendants below = sys::find_descendants(request.main_pid, table);
    std::array<int, table_size> children{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < below.count && table[i].depth == 0; ++i) {
        if (!table[i].is_dead()) {
            children[count++] = table[i].pid;
        }
    }
    const doctor::stop_question question{
        .stop_signal = request.stop_signal,
        .stop_signal_name = request.stop_signal_name,
        .reaper = 0,
        .until = sys::monotonic_now() + time_for_sockets,
        .children = std::span(children).first(std::min<std::size_t>(count, 1)),
        .child_count = count,
    };
    doctor::stop_evidence subject;
    if (!subject.read(request.main_pid, question)) {
        return false;
    }
    const core::stop_facts& facts = subject.facts();
    const core::stop_cause cause = core::what_will_fail(facts);
    if (cause.kind == core::stop_cause_kind::unknown) {
        return false;
    }
    core::fixed_text<1000> line;
    line << "lastcall-init: warning: pid " << facts.pid << " (" << facts.command.substr(0, 160)
         << "): ";
    core::write_diagnosis(cause, facts, line);
    core::fixed_text<1008> whole;
    whole << line.view() << (line.is_cut() ? "…\n" : "\n");
    writer(whole.view());
    return true;
}

}  // namespace lastcall::init

#include "drill/record/event_log.hpp"
#include "drill/record/event_log_line.hpp"
#include "drill/record/event_log_objects.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/output.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t block = std::size_t{64} * 1024;

/// Keys of an object whose names are in a table: `"idle":`.
std::string key_of(std::string_view name) { return '"' + std::string(name) + "\":"; }

void write_findings(event_line& line, const trial_record& trial) {
    line.open("\"leftovers\":", '[');
    for (const auto& one : trial.leftovers) {
        line.open("", '{')
            .word("\"what\":", to_string(one.what))
            .text("\"text\":", one.text)
            .shut('}');
    }
    line.shut(']').open("\"explanations\":", '[');
    for (const auto& one : trial.explanations) {
        line.open("", '{')
            .moment("\"at\":", one.ns)
            .number("\"pid\":", one.pid)
            .text("\"cause\":", one.cause)
            .text("\"rule\":", one.rule)
            .text("\"why\":", one.why)
            .text("\"fix\":", one.fix)
            .shut('}');
    }
    line.shut(']');
    write_texts(line, "\"notes\":", trial.notes);
    if (!trial.problem.empty()) {
        line.text("\"problem\":", trial.problem);
    }
}

}  // namespace

event_log_writer::event_log_writer(const std::filesystem::path& path)
    : file_(sys::create_file(path.string())), path_(path.string()) {
    buffer_.reserve(block + 4096);
}

event_log_writer::~event_log_writer() { flush(); }

void event_log_writer::begin(const run_record& run) {
    if (!writes()) {
        return;
    }
    origin_ns_ = sys::monotonic_now().count();
    event_line line(buffer_, 0);
    line.open("", '{')
        .number("\"lastcall_events\":", 1)
        .number("\"origin\":", origin_ns_)
        .text("\"sequence\":", run.sequence)
        .text("\"subject\":", run.subject)
        .text("\"url\":", run.url)
        .text("\"signal\":", run.signal)
        .text("\"event\":", run.event)
        .text("\"host\":", run.host)
        .text("\"started\":", run.started);
    write(line, run.expected);
    line.open("\"lanes\":", '[');
    for (const auto& lane : run.lanes) {
        line.open("", '{')
            .text("\"name\":", lane.name)
            .number("\"clients\":", lane.clients)
            .truth("\"left_out\":", lane.is_left_out)
            .text("\"why\":", lane.why)
            .shut('}');
    }
    line.shut(']').open("\"reachable\":", '[');
    for (const auto where : all_cells()) {
        if (run.reachable[static_cast<std::size_t>(where)]) {
            line.word("", to_string(where));
        }
    }
    line.shut(']').finish();
    line_ended();
}

void event_log_writer::begin_trial(const trial_record& trial) {
    if (!writes()) {
        return;
    }
    event_line line(buffer_, origin_ns_);
    line.open("", '{')
        .number("\"trial\":", trial.number)
        .number("\"sweep_offset\":", trial.sweep_offset_ns)
        .finish();
    line_ended();
}

void event_log_writer::add(mark which, std::int64_t ns) {
    if (!writes()) {
        return;
    }
    event_line line(buffer_, origin_ns_);
    line.open("", '{').word("\"mark\":", to_string(which)).moment("\"at\":", ns).finish();
    line_ended();
    flush();
}

void event_log_writer::add(const exchange& one) {
    if (!writes()) {
        return;
    }
    event_line line(buffer_, origin_ns_);
    line.open("", '{')
        .text("\"exchange\":", one.lane)
        .text("\"method\":", one.method)
        .text("\"target\":", one.target)
        .number("\"conn\":", one.connection)
        .some("\"nth\":", one.nth)
        .moment("\"open\":", one.opened_ns)
        .moment("\"due\":", one.intended_ns)
        .moment("\"sent\":", one.sent_ns)
        .moment("\"first\":", one.first_byte_ns)
        .moment("\"end\":", one.end_ns)
        .some("\"bytes\":", one.bytes)
        .some("\"body\":", one.body)
        .some("\"missing\":", one.missing)
        .some("\"effect\":", one.effect)
        .some("\"instance\":", one.instance)
        .some("\"errno\":", one.error)
        .some("\"status\":", one.status)
        .word("\"was\":", to_string(one.result));
    if (one.at_signal != cell::none) {
        line.word("\"at\":", to_string(one.at_signal));
    }
    if (one.request_taken != taken::unknown) {
        line.truth("\"taken\":", one.request_taken == taken::yes);
    }
    if (one.close_announced) {
        line.truth("\"close\":", true);
    }
    line.finish();
    line_ended();
}

void event_log_writer::add(const connection_end& one) {
    if (!writes()) {
        return;
    }
    event_line line(buffer_, origin_ns_);
    line.open("", '{')
        .text("\"quiet_end\":", one.lane)
        .number("\"conn\":", one.connection)
        .some("\"requests\":", one.requests)
        .moment("\"open\":", one.opened_ns)
        .moment("\"end\":", one.end_ns)
        .word("\"was\":", to_string(one.how));
    if (one.at_signal != cell::none) {
        line.word("\"at\":", to_string(one.at_signal));
    }
    line.finish();
    line_ended();
}

void event_log_writer::add(const sample& one) {
    if (!writes()) {
        return;
    }
    event_line line(buffer_, origin_ns_);
    line.open("", '{')
        .number("\"in_flight\":", one.in_flight)
        .moment("\"at\":", one.ns)
        .number("\"connections\":", one.connections)
        .number("\"accept_queue\":", one.accept_queue)
        .number("\"ready\":", static_cast<int>(one.ready))
        .finish();
    line_ended();
}

void event_log_writer::end_trial(const trial_record& trial) {
    if (!writes()) {
        return;
    }
    event_line line(buffer_, origin_ns_);
    line.open("", '{').number("\"trial_end\":", trial.number).open("\"marks\":", '{');
    for (std::size_t i = 0; i < mark_count; ++i) {
        const auto which = static_cast<mark>(i);
        line.moment(key_of(to_string(which)), trial.marks[which]);
    }
    line.shut('}');
    write(line, trial.exit);
    line.open("\"in_cell\":", '{');
    for (const auto where : all_cells()) {
        line.some(key_of(to_string(where)), trial.in_cell[static_cast<std::size_t>(where)]);
    }
    line.shut('}');
    write_findings(line, trial);
    if (trial.effects) {
        write(line, *trial.effects);
    }
    write(line, trial.generator);
    line.truth("\"interrupted\":", trial.is_interrupted).finish();
    line_ended();
    flush();
}

void event_log_writer::end() {
    if (!writes()) {
        return;
    }
    event_line line(buffer_, 0);
    line.open("", '{').truth("\"end\":", true).finish();
    line_ended();
    flush();
}

void event_log_writer::line_ended() {
    if (buffer_.size() >= block) {
        flush();
    }
}

void event_log_writer::flush() {
    if (!writes() || buffer_.empty()) {
        return;
    }
    if (const int error = sys::write_whole(file_.get(), buffer_); error != 0) {
        problem_ = "the event log " + path_ + " ends early: " + sys::error_text(error) +
                   "; what is in it can be judged";
    }
    buffer_.clear();
}

}  // namespace lastcall::drill

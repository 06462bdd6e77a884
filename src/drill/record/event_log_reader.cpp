#include <array>
#include <cerrno>
#include <fstream>
#include <istream>
#include <optional>
#include <system_error>
#include <utility>

#include "drill/record/event_log.hpp"
#include "drill/record/event_log_fields.hpp"
#include "drill/record/event_log_objects.hpp"

namespace lastcall::drill {
namespace {

/// No line of ours is longer; without a limit a file of zeros would be read into memory.
constexpr std::size_t longest_line = std::size_t{64} << 20U;

std::optional<quiet_end> quiet_end_from(std::string_view name) {
    for (const auto one :
         {quiet_end::fin, quiet_end::reset, quiet_end::unsolicited, quiet_end::by_us}) {
        if (to_string(one) == name) {
            return one;
        }
    }
    return std::nullopt;
}

std::optional<leftover::kind> leftover_from(std::string_view name) {
    using kind = leftover::kind;
    for (const auto one :
         {kind::process, kind::listener, kind::connection, kind::unix_socket, kind::file}) {
        if (to_string(one) == name) {
            return one;
        }
    }
    return std::nullopt;
}

/// Takes one line after the other.
class log_reader {
public:
    void take(const line_fields& line) {
        if (!has_begun_) {
            begin(line);
            return;
        }
        using taker = void (log_reader::*)(const line_fields&);
        constexpr std::array<std::pair<const char*, taker>, 7> takers{{
            {"exchange", &log_reader::take_exchange},
            {"quiet_end", &log_reader::take_quiet_end},
            {"in_flight", &log_reader::take_sample},
            {"mark", &log_reader::take_mark},
            {"trial", &log_reader::begin_trial},
            {"trial_end", &log_reader::end_trial},
            {"end", &log_reader::end},
        }};
        for (const auto& [key, taken_by] : takers) {
            if (line.has(key)) {
                (this->*taken_by)(line);
                return;
            }
        }
    }

    [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }

    read_run finish() && {
        if (is_in_trial_) {
            made_.run.trials.back().is_interrupted = true;
        }
        made_.is_whole = has_ended_;
        return std::move(made_);
    }

private:
    void begin(const line_fields& line) {
        if (!line.has("lastcall_events")) {
            line.place().fail(
                "this is no event log: its first line has no \"lastcall_events\"; give a file "
                "that `lastcall drill --events` wrote");
        }
        if (const auto version = line.number<std::int64_t>("lastcall_events"); version != 1) {
            line.place().fail("the event log is of version " + std::to_string(version) +
                              ", only 1 is known; judge it with the version that wrote it");
        }
        auto& run = made_.run;
        origin_ = line.span("origin");
        run.sequence = line.text("sequence");
        run.subject = line.text("subject");
        run.url = line.text("url");
        run.signal = line.text("signal");
        run.event = line.has("event") ? line.text("event") : "";
        run.host = line.text("host");
        run.started = line.text("started");
        run.expected = expectations_of(line.object("expected"));
        line.each_object("lanes", [&](const line_fields& lane) {
            run.lanes.push_back({lane.text("name"), lane.number<int>("clients"),
                                 lane.truth("left_out"), lane.text("why")});
        });
        for (const auto& name : line.texts("reachable")) {
            const auto where = line.known("reachable", name, cell_from);
            run.reachable[static_cast<std::size_t>(where)] = true;
        }
        has_begun_ = true;
    }

    void begin_trial(const line_fields& line) {
        if (is_in_trial_ || has_ended_) {
            line.place().fail(
                "a trial begins inside another one or after the end; two logs were "
                "joined: judge them one by one");
        }
        auto& trial = made_.run.trials.emplace_back();
        trial.number = line.number<std::uint32_t>("trial");
        trial.sweep_offset_ns = line.number<std::int64_t>("sweep_offset", -longest_ns);
        if (trial.sweep_offset_ns > longest_ns) {
            line.place().fail("\"sweep_offset\" is longer than 73 years; the file is damaged");
        }
        is_in_trial_ = true;
    }

    trial_record& trial(const line_fields& line) {
        if (!is_in_trial_) {
            line.place().fail(
                "this line belongs to a trial, and none has begun; the file is damaged: record "
                "the run again");
        }
        return made_.run.trials.back();
    }

    void take_exchange(const line_fields& line) {
        auto& names = *made_.run.names;
        exchange one;
        one.lane = names.intern(line.text("exchange"));
        one.method = names.intern(line.text("method"));
        one.target = names.intern(line.text("target"));
        one.connection = line.number<std::uint32_t>("conn");
        one.nth = line.some<std::uint32_t>("nth");
        one.opened_ns = line.moment("open", origin_);
        one.intended_ns = line.moment("due", origin_);
        one.sent_ns = line.moment("sent", origin_);
        one.first_byte_ns = line.moment("first", origin_);
        one.end_ns = line.moment("end", origin_);
        one.bytes = line.some<std::uint64_t>("bytes");
        one.body = line.some<std::uint64_t>("body");
        one.missing = line.some<std::uint64_t>("missing");
        one.effect = line.some<std::uint64_t>("effect");
        one.instance = line.some<std::uint32_t>("instance");
        one.error = line.some<std::int32_t>("errno", INT32_MIN);
        one.status = line.some<std::int16_t>("status", INT16_MIN);
        one.result = line.word("was", outcome_from);
        if (line.has("at")) {
            one.at_signal = line.word("at", cell_from);
        }
        if (line.has("taken")) {
            one.request_taken = line.truth("taken") ? taken::yes : taken::no;
        }
        one.close_announced = line.has("close") && line.truth("close");
        trial(line).exchanges.push_back(one);
    }

    void take_quiet_end(const line_fields& line) {
        connection_end one;
        one.lane = made_.run.names->intern(line.text("quiet_end"));
        one.connection = line.number<std::uint32_t>("conn");
        one.requests = line.some<std::uint32_t>("requests");
        one.opened_ns = line.moment("open", origin_);
        one.end_ns = line.moment("end", origin_);
        one.how = line.word("was", quiet_end_from);
        if (line.has("at")) {
            one.at_signal = line.word("at", cell_from);
        }
        trial(line).connections.push_back(one);
    }

    void take_sample(const line_fields& line) {
        sample one;
        one.ns = line.moment("at", origin_);
        one.in_flight = line.number<std::int32_t>("in_flight", INT32_MIN);
        one.connections = line.number<std::int32_t>("connections", INT32_MIN);
        one.accept_queue = line.number<std::int32_t>("accept_queue", INT32_MIN);
        one.ready = line.number<std::int8_t>("ready", INT8_MIN);
        trial(line).samples.push_back(one);
    }

    void take_mark(const line_fields& line) {
        trial(line).marks.set(line.word("mark", mark_from), line.moment("at", origin_));
    }

    void end_trial(const line_fields& line) {
        auto& made = trial(line);
        if (line.number<std::uint32_t>("trial_end") != made.number) {
            line.place().fail(
                "another trial ends than the one that began; the file is damaged: "
                "record the run again");
        }
        const auto marks = line.object("marks");
        made.marks = {};
        marks.each_name([&](const std::string& name) {
            made.marks.set(line.known("marks", name, mark_from),
                           marks.moment(name.c_str(), origin_));
        });
        made.exit = exit_of(line.object("exit"));
        const auto cells = line.object("in_cell");
        cells.each_name([&](const std::string& name) {
            const auto where = line.known("in_cell", name, cell_from);
            made.in_cell[static_cast<std::size_t>(where)] =
                cells.number<std::uint32_t>(name.c_str());
        });
        line.each_object("leftovers", [&](const line_fields& one) {
            made.leftovers.push_back({one.word("what", leftover_from), one.text("text")});
        });
        line.each_object("explanations", [&](const line_fields& one) {
            made.explanations.push_back({one.moment("at", origin_), one.number<int>("pid"),
                                         one.text("cause"),
                                         one.has("rule") ? one.text("rule") : std::string(),
                                         one.text("why"), one.text("fix")});
        });
        made.notes = line.texts("notes");
        if (line.has("problem")) {
            made.problem = line.text("problem");
        }
        if (line.has("effects")) {
            made.effects = effects_of(line.object("effects"));
        }
        made.generator = generator_of(line.object("generator"));
        made.is_interrupted = line.truth("interrupted");
        is_in_trial_ = false;
    }

    void end(const line_fields& line) {
        if (is_in_trial_ || !line.truth("end")) {
            line.place().fail(
                "the log ends inside a trial; the file is damaged: record the run again");
        }
        has_ended_ = true;
    }

    read_run made_;
    std::int64_t origin_ = 0;
    bool has_begun_ = false;
    bool is_in_trial_ = false;
    bool has_ended_ = false;
};

/// One line without its end. Returns: whether there was one; `is_cut` when it has no end.
bool next_line(std::istream& from, std::string& line, bool& is_cut, const line_place& place) {
    line.clear();
    auto* const buffer = from.rdbuf();
    for (auto c = buffer->sbumpc(); c != std::istream::traits_type::eof(); c = buffer->sbumpc()) {
        if (c == '\n') {
            is_cut = false;
            return true;
        }
        if (line.size() == longest_line) {
            place.fail("the line is longer than 64 MiB; this is no event log");
        }
        line += static_cast<char>(c);
    }
    is_cut = true;
    return !line.empty();
}

}  // namespace

read_run read_event_log(std::istream& lines, std::string_view name) {
    log_reader reader;
    std::string line;
    bool is_cut = false;
    line_place place{name, 1};
    for (; next_line(lines, line, is_cut, place); ++place.line) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        const auto value = nlohmann::json::parse(line, nullptr, false);
        if (!value.is_discarded()) {
            reader.take(line_fields(value, place));
        } else if (!reader.has_begun()) {
            place.fail("this is no event log; give a file that `lastcall drill --events` wrote");
        } else if (!is_cut) {
            place.fail(
                "this line is no JSON; take it and what follows out of the file to judge "
                "what comes before");
        }
    }
    if (!reader.has_begun()) {
        place.fail("the file is empty; give one that `lastcall drill --events` wrote");
    }
    return std::move(reader).finish();
}

read_run read_event_log(const std::filesystem::path& path) {
    if (std::filesystem::is_directory(path)) {
        throw event_log_error(path.string() + ": this is a folder; give the file in it");
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::system_error(errno, std::generic_category(),
                                "cannot read the event log \"" + path.string() + "\"");
    }
    return read_event_log(file, path.string());
}

}  // namespace lastcall::drill

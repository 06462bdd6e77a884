#include "drill/sequence/unit_file.hpp"

#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>

#include "drill/sequence/command_line.hpp"
#include "drill/sequence/time_span.hpp"
#include "drill/subject/subject.hpp"

namespace lastcall::drill {
namespace {

using std::chrono::nanoseconds;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const auto begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos
               ? std::string_view()
               : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool read_bool(const std::string& value) {
    static constexpr std::array<std::string_view, 6> yes{"1", "yes", "y", "true", "t", "on"};
    static constexpr std::array<std::string_view, 6> no{"0", "no", "n", "false", "f", "off"};
    for (std::size_t i = 0; i < yes.size(); ++i) {
        if (value == yes[i] || value == no[i]) {
            return value == yes[i];
        }
    }
    throw std::runtime_error("write yes or no");
}

int read_signal(const std::string& value) {
    if (const auto number = signal_number(value)) {
        return *number;
    }
    throw std::runtime_error("there is no such signal; write one as in SIGTERM");
}

kill_mode read_kill_mode(const std::string& value) {
    if (const auto mode = kill_mode_from(value)) {
        return *mode;
    }
    throw std::runtime_error("write control-group, mixed, process or none");
}

/// 0 has always meant no limit here, as systemd.service(5) says of TimeoutStopSec.
nanoseconds read_timeout(const std::string& value) {
    const auto span = read_time_span(value);
    if (!span) {
        throw std::runtime_error("write a duration such as 90s, 1min 30s or infinity");
    }
    return *span == nanoseconds(0) ? nanoseconds::max() : *span;
}

class reader {
public:
    explicit reader(const std::filesystem::path& file)
        : file_(file), unit_(file.filename().string()) {
        plan_.kind = sequence_kind::systemd;
        plan_.grace = std::chrono::seconds(90);
    }

    sequence_plan read() {
        std::ifstream text(file_);
        if (!text) {
            throw std::runtime_error(file_.string() + ": the unit file can not be read");
        }
        std::string line;
        std::string whole;
        while (std::getline(text, line)) {
            ++number_;
            const auto plain = trimmed(line);
            if (plain.starts_with('#') || plain.starts_with(';')) {
                continue;  // also in the middle of a continued line
            }
            begin_ = whole.empty() ? number_ : begin_;
            whole += whole.empty() ? "" : " ";
            whole += plain;
            if (whole.ends_with('\\')) {
                whole.pop_back();
                continue;
            }
            take(whole);
            whole.clear();
        }
        take(whole);
        if (!has_section_) {
            throw std::runtime_error(file_.string() +
                                     ": it has no section [Service]: this is not "
                                     "the unit of a service");
        }
        return plan_;
    }

private:
    void take(std::string_view line) {
        line = trimmed(line);
        if (line.empty()) {
            return;
        }
        if (line.starts_with('[')) {
            is_service_ = line == "[Service]";
            has_section_ = has_section_ || is_service_;
            return;
        }
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) {
            fail(std::string(line), "a setting is written NAME=VALUE");
        }
        if (!is_service_) {
            return;
        }
        const std::string name(trimmed(line.substr(0, equals)));
        const std::string value(trimmed(line.substr(equals + 1)));
        try {
            set(name, value);
        } catch (const std::runtime_error& problem) {
            fail(name + "=" + value, problem.what());
        }
    }

    void set(const std::string& name, const std::string& value) {
        if (name == "ExecStop") {
            add(plan_.exec_stop, value);
        } else if (name == "ExecStopPost") {
            add(plan_.exec_stop_post, value);
        } else if (name == "KillMode") {
            plan_.mode = read_kill_mode(value);
        } else if (name == "KillSignal") {
            plan_.signal = read_signal(value);
        } else if (name == "FinalKillSignal") {
            plan_.final_signal = read_signal(value);
        } else if (name == "TimeoutStopSec" || name == "TimeoutSec") {
            plan_.grace = read_timeout(value);
        } else if (name == "SendSIGKILL") {
            plan_.send_sigkill = read_bool(value);
        } else if (name == "SendSIGHUP") {
            plan_.send_sighup = read_bool(value);
        }
    }

    /// An empty value takes back what stood before it.
    void add(std::vector<std::vector<std::string>>& into, const std::string& value) const {
        if (value.empty()) {
            into.clear();
        }
        for (auto& command : split_command_lines(value)) {
            for (auto& word : command) {
                word = with_specifiers(word, unit_);
            }
            into.push_back(std::move(command));
        }
    }

    [[noreturn]] void fail(const std::string& what, const std::string& why) const {
        throw std::runtime_error(file_.string() + ":" + std::to_string(begin_) + ": " + what +
                                 ": " + why);
    }

    std::filesystem::path file_;
    std::string unit_;
    sequence_plan plan_;
    int number_ = 0;
    int begin_ = 0;  // of a line that goes on over several
    bool is_service_ = false;
    bool has_section_ = false;
};

}  // namespace

sequence_plan read_unit(const std::filesystem::path& file) { return reader(file).read(); }

}  // namespace lastcall::drill

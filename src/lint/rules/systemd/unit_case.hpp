// What the rules for units look at: a unit with its drop-ins, of which one file is judged, and what
// it starts.
//
// Each file of a unit is judged when it is met, with all of the others read beside it: a finding is
// reported in the file in which the value stands that decides, and only there.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lint/engine/file_report.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/unit/load_unit.hpp"
#include "lint/unit/unit_command.hpp"

namespace lastcall::lint {

/// Type= of a service. `unknown` where the unit's own file is not at hand and no drop-in says it.
enum class service_type : std::uint8_t {
    unknown,
    simple,
    exec,
    forking,
    oneshot,
    dbus,
    notify,
    idle,
};

/// A command of ExecStart=, ExecStop= and such, and where it leads.
struct unit_run {
    unit_command command;
    launch_chain chain;

    [[nodiscard]] const unit_source& from() const noexcept { return command.from; }
    /// All of the command line, where a finding about it stands.
    [[nodiscard]] place at() const { return command.from.setting->at; }
};

/// A unit as a file of it is judged.
struct judged_unit {
    std::string name;
    std::filesystem::path file;  ///< its own; empty: not at hand
    std::vector<std::filesystem::path> roots;
    std::filesystem::path top;  ///< of the tree whose /etc or /usr the roots are; empty: not known
};

class unit_case {
public:
    using reported_places = std::set<std::pair<std::string, std::size_t>>;

    /// `judged`  of the unit's files, the one that is reported about
    /// `done`    what was reported of that file for other units, and is not said again
    unit_case(judged_unit of, const std::filesystem::path& judged, file_report& report,
              reported_places& done);
    unit_case(const unit_case&) = delete;
    unit_case& operator=(const unit_case&) = delete;
    ~unit_case() = default;

    [[nodiscard]] const unit_view& view() const noexcept { return loaded_.view; }
    [[nodiscard]] const judged_unit& of() const noexcept { return of_; }
    /// The file that is judged. Null: another one hides it.
    [[nodiscard]] const unit_file* judged() const noexcept { return judged_; }
    /// Of the file that is judged.
    [[nodiscard]] std::string_view text() const noexcept { return report_.text(); }
    /// The unit's own file is at hand: what is not said is not so.
    [[nodiscard]] bool is_whole() const noexcept { return !of_.file.empty(); }

    /// Reports in the file of `from`. Returns: null where that is not the one that is judged, or
    /// where the same was reported before.
    [[nodiscard]] finding* add(std::string_view rule, const unit_source& from, place at,
                               std::string what) const;
    /// At the value of the setting.
    [[nodiscard]] finding* add(std::string_view rule, const unit_source& from,
                               std::string what) const;

    [[nodiscard]] service_type type() const;
    /// The shell of a command line is to end, or the unit only runs it once.
    [[nodiscard]] bool is_long_running() const;
    /// "control-group"; empty: not known.
    [[nodiscard]] std::string_view kill_mode() const;
    /// "TERM"; unset: not known.
    [[nodiscard]] std::optional<std::string> stop_signal() const;
    /// What says it last; unset: nothing does.
    [[nodiscard]] std::optional<unit_source> said_last(std::string_view section,
                                                       std::string_view setting) const;
    /// Unset: it is the manager's, or not known.
    [[nodiscard]] std::optional<unit_answer<std::chrono::microseconds>> stop_timeout() const;
    /// One of the values of the setting is what a template will put there.
    [[nodiscard]] bool is_templated(std::string_view section, std::string_view setting) const;

    [[nodiscard]] const std::vector<unit_run>& starts() const noexcept { return starts_; }
    [[nodiscard]] const std::vector<unit_run>& stops() const noexcept { return stops_; }
    [[nodiscard]] const std::vector<unit_run>& stop_posts() const noexcept { return stop_posts_; }
    /// The command that the service consists of. Null: there is none, or not one.
    [[nodiscard]] const unit_run* main_run() const;

    /// The unit's file of that name in the same folders. Empty: there is none.
    [[nodiscard]] std::filesystem::path find_unit(const std::string& name) const;

private:
    [[nodiscard]] std::vector<unit_run> runs_of(std::string_view setting) const;
    [[nodiscard]] std::shared_ptr<const loaded_script> find_script(const std::string& path) const;

    judged_unit of_;
    file_report& report_;
    reported_places& done_;
    loaded_unit loaded_;
    const unit_file* judged_ = nullptr;
    std::vector<unit_run> starts_;
    std::vector<unit_run> stops_;
    std::vector<unit_run> stop_posts_;
};

/// A text that something will be put into before systemd sees it: {{ x }}, @x@.
[[nodiscard]] bool is_template_text(std::string_view text);

/// A place in another file of the unit.
[[nodiscard]] further_place further_at(const unit_source& from, std::string what);

/// The units that a file is (or is a drop-in of), with the folders that their parts are in.
[[nodiscard]] std::vector<judged_unit> units_of(const std::filesystem::path& file);

// The rules: each looks at the case, and reports.
using unit_rule = void (*)(const unit_case& given);

void check_kill_mode(const unit_case& given);         // U01, U04
void check_front_process(const unit_case& given);     // U02, U08, U13, U14
void check_stop_timeout(const unit_case& given);      // U03
void check_stop_commands(const unit_case& given);     // U05, U06
void check_kill_signal(const unit_case& given);       // U07
void check_main_pid(const unit_case& given);          // U09
void check_exit_status(const unit_case& given);       // U10
void check_order(const unit_case& given);             // U11
void check_container_client(const unit_case& given);  // U12
void check_socket(const unit_case& given);            // U15
void check_drop_ins(const unit_case& given);          // U16
void check_user_unit(const unit_case& given);         // U17
void check_unit_sockets(const unit_case& given);      // X06

}  // namespace lastcall::lint

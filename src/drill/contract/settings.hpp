// Everything a drill can be told, from the command line, a contract file (shutdown.yaml) or a
// profile: one set of settings, read in that order of precedence.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/values.hpp"
#include "drill/load/load_plan.hpp"
#include "drill/record/run_record.hpp"
#include "drill/sequence/sequence.hpp"
#include "sys/private_directory.hpp"

namespace lastcall::drill {

/// Where requests go. A target is a path of the url ("/slow"), or a whole URL of the same
/// server. Empty: lanes that need it are left out.
struct endpoints {
    std::string url;       ///< "http://127.0.0.1:8080/"; the GET of pool and fresh
    std::string post;      ///< for POST requests
    std::string slow;      ///< takes the server a while
    std::string download;  ///< a large response
    std::string upload;    ///< takes a large body
    std::string stream;    ///< lasts for seconds
    std::string websocket;
    std::string ready;                       ///< the readiness probe
    std::string body = "{\"id\":\"{id}\"}";  ///< of a POST; {id}: a text never used twice
    std::string content_type = "application/json";
};

/// Who is stopped: exactly one of them.
struct subject_choice {
    std::vector<std::string> command;
    std::optional<int> pid;
    std::string container;
    std::string unit;
};

struct effects_plan {
    bool asked = false;
    std::string post;  ///< target; empty: that of the endpoints
    std::string list;  ///< target of a GET, asked of the restarted service; or
    std::vector<std::string> list_command;
};

struct output_files {
    std::filesystem::path json, junit, sarif, html, markdown, events;
};

struct settings {
    endpoints where;
    std::vector<std::string> more_urls;  ///< further GET targets
    subject_choice who;
    sequence_plan sequence;
    expectations expected;
    load_plan load;                      ///< target and lanes are filled by plan_load()
    std::vector<lane_plan> lanes;        ///< of a profile; empty: the usual mix
    std::vector<std::string> successor;  ///< rolling: the new one; empty: the same command
    std::vector<std::string> environment;
    effects_plan effects;
    std::vector<std::string> allowed_leftovers;  ///< patterns, see glob.hpp
    output_files files;
    std::chrono::nanoseconds load_for = std::chrono::seconds(3);  ///< before the signal
    std::chrono::nanoseconds start_within = std::chrono::seconds(20);
    std::uint32_t trials = 1;
    std::uint32_t sweep = 0;        ///< trials over one request lifetime; 0: no sweep
    bool signal_is_chosen = false;  ///< else it follows the platform, and the grace likewise
    bool grace_is_chosen = false;
    std::filesystem::path baseline;
    bool suggest = false;
    std::filesystem::path unit_file;  ///< systemd: its stop is taken from there
    bool with_init = false;           ///< docker: `--init`
    std::filesystem::path source;     ///< the contract file, so that a finding can point at it
    std::map<std::string, int> source_lines;  ///< "grace", "lame_duck.min": line, from 1
    std::set<std::string> from_command_line;  ///< options that were given there: "--ready"
};

using config::settings_error;

/// Reads a contract file over `into`. Errors: settings_error, "shutdown.yaml:7: ...".
void read_contract(const std::filesystem::path& file, settings& into);

/// Reads a load profile, a list of lanes, over `into`. Errors: settings_error.
void read_profile(const std::filesystem::path& file, settings& into);

/// "sleep:5s", "http://127.0.0.1:8080/quit", or a command and its words.
[[nodiscard]] pre_stop_plan to_pre_stop(const std::string& text, const std::string& what);

/// What was not chosen follows the platform: the unit file, the container's or the unit's own
/// settings, else the usual grace of the sequence, and SIGHUP for a reload.
/// Errors: settings_error (the unit file is not right, or not for this sequence).
void follow_platform(settings& into);

/// Puts a free port wherever "{port}" stands in the url, the command and its environment,
/// and a directory of the drill's own wherever "{dir}" stands.
/// Returns: the directory; null when nobody asks for one.
[[nodiscard]] std::unique_ptr<sys::private_directory> fill_places(settings& into);

/// Fills `load` from the rest, and checks what belongs together. Lanes that lack their
/// endpoint are in `left_out` with the reason. Errors: settings_error (no url, a name that is
/// not known, a target of another server, a sequence that the subject does not allow).
void plan_load(settings& into, std::vector<lane_facts>& left_out);

}  // namespace lastcall::drill

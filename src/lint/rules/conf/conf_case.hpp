// What the rules for programs' configurations look at: one file, as its reader has read it.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/conf/drain_value.hpp"
#include "lint/engine/file_report.hpp"
#include "lint/launch/launch_chain.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {

/// Lifetime: the judgement's.
struct conf_case {
    const std::filesystem::path& path;
    std::string_view text;
    const conf_file& file;  ///< of YAML: nothing is in it
    const yaml_file& yaml;  ///< of others: likewise
    file_report& report;

    /// The item's value where it has one, else its name.
    [[nodiscard]] static place value_at(const conf_item& one) {
        return one.words.empty() ? one.at : one.words.front().at;
    }
};

/// The words of a command line that no shell reads: quotes and backslashes, and nothing else.
[[nodiscard]] std::vector<mapped_text> command_words(const mapped_text& command);

/// What a command line starts. `is_shell`  a shell reads it; else it is split into words
[[nodiscard]] launch_chain follow_command(const mapped_text& command, const std::string& file,
                                          const std::shared_ptr<const line_index>& lines,
                                          bool is_shell);

/// A limit with its place, against which what is known of a command is held.
struct kill_limit {
    std::string_view rule;
    std::chrono::milliseconds after{0};
    std::string who;      ///< "supervisord"
    std::string setting;  ///< what to raise: "stopwaitsecs"
};
void check_stop_needs(const conf_case& given, const launch_chain& chain, const line_index& lines,
                      const kill_limit& limit);

/// The program of the chain takes the signal for something else than the end: why not. Empty: it
/// ends in order, or nothing is known.
[[nodiscard]] std::string wrong_signal_words(const launch_chain& chain, std::string_view signal,
                                             std::string_view& source, std::string_view& best);

/// What makes connections that last, where nothing limits how long an old worker stays for them.
/// Null: nothing does, or a limit is set, or may be.
[[nodiscard]] const conf_item* endless_in_nginx(const conf_case& given);
/// Nothing limits how long an old HAProxy stays, as far as its files say.
[[nodiscard]] bool is_endless_haproxy(const conf_case& given);

// The rules: each looks at the configuration of one kind, and reports.
using conf_rule = void (*)(const conf_case& given);

void check_nginx_conf(const conf_case& given);       // X01
void check_php_fpm_conf(const conf_case& given);     // X02
void check_uwsgi_conf(const conf_case& given);       // X03
void check_haproxy_conf(const conf_case& given);     // X04
void check_gunicorn_conf(const conf_case& given);    // X05
void check_spring_conf(const conf_case& given);      // X07
void check_supervisor_conf(const conf_case& given);  // X08, and X06 of its commands
void check_pm2_conf(const conf_case& given);         // X09
void check_pm2_yaml(const conf_case& given);         // X09
void check_procfile(const conf_case& given);         // X09, and X06 of its commands
void check_traefik_conf(const conf_case& given);     // X10
void check_caddy_conf(const conf_case& given);       // X10
void check_envoy_conf(const conf_case& given);       // X10
void check_ecs_task(const conf_case& given);         // X11
void check_nomad_job(const conf_case& given);        // X11
void check_fly_conf(const conf_case& given);         // X11
void check_puma_conf(const conf_case& given);        // X12
void check_sidekiq_conf(const conf_case& given);     // X12

/// X06 of a command: launch/open_sockets.hpp.
void check_uvicorn_command(file_report& report, const launch_chain& chain, const line_index& lines);

}  // namespace lastcall::lint

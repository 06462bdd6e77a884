// What the rules for Dockerfiles look at: the last stage, and what a container of it starts.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lint/dockerfile/copied_file.hpp"
#include "lint/dockerfile/docker_image.hpp"
#include "lint/engine/file_report.hpp"
#include "lint/launch/launch_chain.hpp"

namespace lastcall::lint {

class docker_case {
public:
    /// `path`  of the Dockerfile; beside it, or above it, lies its build context
    docker_case(const std::filesystem::path& path, std::string_view text, file_report& report);
    docker_case(const docker_case&) = delete;
    docker_case& operator=(const docker_case&) = delete;
    ~docker_case() = default;

    [[nodiscard]] const dockerfile& file() const noexcept { return file_; }
    [[nodiscard]] const docker_build& build() const noexcept { return build_; }
    /// The last stage: what is built where nobody names another. Null: there is none.
    [[nodiscard]] const docker_stage* stage() const noexcept { return build_.target(); }
    [[nodiscard]] const launch_chain& chain() const noexcept { return chain_; }
    [[nodiscard]] file_report& report() const noexcept { return report_; }

    /// ENTRYPOINT or CMD: the instruction that says what is started first. Null: the base image.
    [[nodiscard]] const docker_instruction* started_by() const noexcept { return started_by_; }
    /// Its command, where a finding about what is started stands.
    [[nodiscard]] place started_at() const;

    /// The file of the build context that lies at `path` in the image, and what is in it.
    struct context_file {
        std::string name;  ///< as it is shown
        std::filesystem::path path;
        std::string text;
    };
    [[nodiscard]] std::optional<context_file> find_file(const std::string& path) const;

    /// What lies at `path` in the image, if it is a script of the build context.
    [[nodiscard]] std::shared_ptr<const loaded_script> find_script(const std::string& path) const;

    /// "TERM": the signal that stops the container. Unset: not known.
    [[nodiscard]] std::optional<std::string> stop_signal() const;
    /// Of this file; null: inherited, or the default.
    [[nodiscard]] const docker_instruction* stop_signal_by() const;

private:
    void follow();

    std::filesystem::path folder_;
    dockerfile file_;
    docker_build build_;
    file_report& report_;
    std::shared_ptr<const line_index> lines_;
    const docker_instruction* started_by_ = nullptr;
    launch_chain chain_;
};

// The rules: each looks at the case, and reports.
using docker_rule = void (*)(const docker_case& given);

void check_shell_form(const docker_case& given);        // D01
void check_shell_in_front(const docker_case& given);    // D02, D10
void check_launcher(const docker_case& given);          // D03
void check_stop_signal(const docker_case& given);       // D04 to D06
void check_runtime_as_init(const docker_case& given);   // D07
void check_entry_script(const docker_case& given);      // D08, D09, D13
void check_other_user(const docker_case& given);        // D11
void check_reduced_signals(const docker_case& given);   // D12
void check_supervisor_times(const docker_case& given);  // D14
void check_replaced(const docker_case& given);          // D15
void check_health_check(const docker_case& given);      // D16
void check_sockets_of_image(const docker_case& given);  // X06

}  // namespace lastcall::lint

// What the rules for compose files look at: a service, what its container starts, and how it is
// stopped. What depends on an image that nobody here knows is unset.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "lint/compose/compose_project.hpp"
#include "lint/engine/file_report.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/rules/dockerfile/docker_case.hpp"

namespace lastcall::lint {

/// stop_grace_period where nothing is said:
/// https://docs.docker.com/reference/compose-file/services/#stop_grace_period
inline constexpr std::chrono::milliseconds compose_grace = std::chrono::seconds(10);

/// The Dockerfile of `build`, as it is judged by itself.
class built_image {
public:
    built_image(const std::filesystem::path& path, std::string text)
        : text_(std::move(text)), scratch_(path.string(), text_), given_(path, text_, scratch_) {}
    built_image(const built_image&) = delete;
    built_image& operator=(const built_image&) = delete;
    ~built_image() = default;

    [[nodiscard]] const docker_case& given() const noexcept { return given_; }

private:
    std::string text_;
    file_report scratch_;
    docker_case given_;
};

class compose_case {
public:
    /// All of them have to outlive this.
    compose_case(const compose_project& project, const compose_service& of, file_report& report);
    compose_case(const compose_case&) = delete;
    compose_case& operator=(const compose_case&) = delete;
    ~compose_case() = default;

    [[nodiscard]] const compose_project& project() const noexcept { return project_; }
    [[nodiscard]] const compose_service& of() const noexcept { return of_; }
    [[nodiscard]] file_report& report() const noexcept { return report_; }

    /// Reports in the file of the value. Returns: null where that is not the one that is judged.
    finding* add(std::string_view rule, const compose_value& from, place at,
                 std::string what) const;
    finding* add(std::string_view rule, const compose_value& from, std::string what) const {
        return add(rule, from, from.ref.used_at(), std::move(what));
    }
    /// At the name of the service, in the file that is judged. Null: it is not in that one.
    finding* add_at_name(std::string_view rule, std::string what) const;

    /// Without hops where what it starts is not known.
    [[nodiscard]] const launch_chain& chain() const noexcept { return chain_; }
    /// The command line of the file that the chain begins with; empty: the image's.
    [[nodiscard]] const compose_value& started_by() const noexcept { return started_by_; }
    /// Of the file that the chain begins in: a compose file, or the Dockerfile it is built by.
    [[nodiscard]] const line_index& chain_lines() const noexcept;
    /// The words of a command of the file. Unset: not known.
    [[nodiscard]] std::optional<std::vector<launch_word>> written_words(
        const compose_value& value) const;
    /// The chain begins in the file that is judged.
    [[nodiscard]] bool starts_here() const noexcept { return started_by_.in == &project_.judged(); }
    /// The image that it runs or is built from. Null: not known.
    [[nodiscard]] const base_image* known() const noexcept { return known_; }
    [[nodiscard]] built_image* build() const noexcept { return build_.get(); }

    /// Unset: not known.
    [[nodiscard]] std::optional<std::chrono::milliseconds> grace() const noexcept { return grace_; }
    [[nodiscard]] std::optional<std::string> stop_signal() const noexcept { return signal_; }
    /// Known to have no init in front.
    [[nodiscard]] bool has_no_init() const;
    /// Another service waits for its end.
    [[nodiscard]] bool is_job() const;
    /// Something says that it is there to stay: a restart, a port, a health check.
    [[nodiscard]] bool is_server() const;
    /// The image of the service without registry and tag: "postgres"; empty: not known.
    [[nodiscard]] std::string image_name() const;

private:
    void read_image();
    void read_build();
    void read_start();
    void read_stop();
    [[nodiscard]] std::optional<std::vector<launch_word>> image_entry(const place& at) const;
    [[nodiscard]] std::vector<launch_word> image_command(const place& at) const;

    const compose_project& project_;
    const compose_service& of_;
    file_report& report_;
    const base_image* known_ = nullptr;
    std::unique_ptr<built_image> build_;
    launch_chain chain_;
    compose_value started_by_;
    std::optional<std::chrono::milliseconds> grace_;
    std::optional<std::string> signal_;
};

// The rules: each looks at a service, and reports.
using compose_rule = void (*)(const compose_case& given);

void check_compose_grace(const compose_case& given);    // C01, C02
void check_compose_signal(const compose_case& given);   // C03
void check_compose_init(const compose_case& given);     // C04
void check_compose_shell(const compose_case& given);    // C05
void check_compose_order(const compose_case& given);    // C06, C09
void check_compose_update(const compose_case& given);   // C07
void check_compose_hooks(const compose_case& given);    // C08
void check_compose_scripts(const compose_case& given);  // C10
void check_compose_sockets(const compose_case& given);  // X06

}  // namespace lastcall::lint

// What each stage of a Dockerfile makes: what is run, by which signal it is stopped, and which
// file of the build context lies where.
//
// A stage that is built from another one begins with what that one ended with. ENTRYPOINT takes
// back the CMD that came from below; of two in one stage the later holds. What depends on a value
// that nobody here knows stays unknown.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lint/dockerfile/base_images.hpp"
#include "lint/dockerfile/dockerfile.hpp"

namespace lastcall::lint {

/// What is run, or is looked at to tell whether it is well.
struct docker_command {
    const docker_instruction* from = nullptr;  ///< null: of the base image
    bool is_json = false;
    std::vector<mapped_text> words;  ///< of the exec form; of the base image without places
    mapped_text script;              ///< of the shell form
    std::vector<std::string> shell;  ///< what runs the script: "/bin/sh", "-c"

    [[nodiscard]] bool is_empty() const { return words.empty() && script.empty(); }
};

struct docker_health {
    const docker_instruction* from = nullptr;
    bool is_off = false;  ///< HEALTHCHECK NONE
    docker_command command;
    // Unset: not written, or not known.
    std::optional<std::chrono::nanoseconds> interval;
    std::optional<std::chrono::nanoseconds> timeout;
    std::optional<std::chrono::nanoseconds> start_period;
    std::optional<int> retries;
};

/// A text of an instruction, or one that only the base image knows.
struct docker_text {
    docker_word value;
    const docker_instruction* from = nullptr;  ///< null: of the base image
};

/// COPY or ADD.
struct docker_copy {
    const docker_instruction* from = nullptr;
    std::string stage;                 ///< of --from; empty: the build context
    std::vector<docker_word> sources;  ///< paths of the context or of the stage, patterns too
    std::string to;                    ///< from /, without . and ..
    bool is_folder = false;            ///< written with a slash at its end
    bool is_known = true;              ///< where it goes
};

struct docker_stage {
    std::string name;  ///< of AS; empty: none
    place at;          ///< of its FROM
    docker_word base;  ///< the image, or the name of a stage
    std::optional<std::size_t> base_stage;
    image_reference image;              ///< at the bottom of all stages below
    const base_image* known = nullptr;  ///< of that image
    std::string platform;

    // In the end:
    std::optional<docker_command> entrypoint;  ///< unset: not known
    std::optional<docker_command> cmd;         ///< unset: not known
    std::optional<docker_text> stop_signal;    ///< unset: not known
    std::optional<docker_text> user;           ///< unset: that of the base image
    std::optional<docker_health> health;
    std::optional<std::string> workdir;  ///< unset: not known
    std::vector<std::string> shell{"/bin/sh", "-c"};
    const docker_instruction* shell_from = nullptr;
    docker_variables environment;

    std::vector<docker_copy> copies;  ///< of this stage only, in their order
    /// CMD, ENTRYPOINT, HEALTHCHECK, STOPSIGNAL of this stage that a later one replaces.
    std::vector<const docker_instruction*> replaced;
    /// The CMD from below that an ENTRYPOINT of this stage took back.
    const docker_instruction* cleared_cmd = nullptr;
};

struct docker_build {
    std::vector<docker_stage> stages;  ///< at most 250
    std::vector<problem> problems;

    /// The stage of that name (or number), or the last one for an empty name. Null: none.
    [[nodiscard]] const docker_stage* target(std::string_view name = {}) const;
};

/// `file`  has to outlive what is returned
[[nodiscard]] docker_build evaluate(const dockerfile& file);

/// "1m30s", "500ms": a duration of Go. Unset for anything else.
[[nodiscard]] std::optional<std::chrono::nanoseconds> go_duration(std::string_view text);

/// From `folder`, without empty parts, . and .. ; always from /.
[[nodiscard]] std::string joined_path(std::string_view folder, std::string_view path);

}  // namespace lastcall::lint

// What exactly will run: the program by its contents, its arguments, what it gets and under
// which terms it stops. An approval binds to the digest of all this, and what was approved is
// what runs: the program is opened here, held, and started by that descriptor.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/plan/run_environment.hpp"
#include "sys/held_file.hpp"

namespace lastcall::agent {

struct file_fact {
    std::string path;    ///< absolute, links resolved
    std::string digest;  ///< "sha256:…"
    std::uint64_t size = 0;
    bool operator==(const file_fact&) const = default;
};

struct run_plan {
    std::string service;
    std::vector<std::string> argv;
    file_fact program;
    std::shared_ptr<sys::held_file> held;  ///< the program; never null
    /// It begins with "#!": the kernel starts its interpreter, which opens it by its path. It
    /// can not be started by a descriptor that is closed on execve.
    bool is_script = false;
    std::vector<file_fact> files;  ///< a script's interpreter, and arguments that are files
    variable_map environment;      ///< values too: not to be written down
    std::string kept;              ///< a copy that runs in the place of what argv[0] leads to
    std::string directory;
    std::uint32_t uid = 0, gid = 0;
    std::vector<std::uint32_t> groups;  ///< sorted

    /// All of it, with keys in order, values of the environment only as a digest.
    nlohmann::json canonical;
    std::string digest;  ///< of `canonical` as text

    /// What is not bound by the digest though one might think so, in words.
    std::vector<std::string> notes;
};

/// Reads the whole program, and each argument that is a regular file of up to 64 MiB; not again
/// what it has read before and has not changed (known_digests.hpp).
/// `base`  inheritable_environment()
/// `kept`  of find_kept(), for a rollback: this is run where the command leads to something else
/// now,
///         or to nothing
/// Errors: config::settings_error: what is not there, or may not be read; and what to do.
[[nodiscard]] run_plan make_plan(const service_spec& spec, const variable_map& base,
                                 const surroundings& here = this_machine(),
                                 const std::string& kept = {});

/// Before it is started: all is read again, and compared.
/// Returns: what has changed since, each in a sentence; empty: nothing has.
[[nodiscard]] std::vector<std::string> verify_unchanged(const run_plan& plan,
                                                        const service_spec& spec,
                                                        const variable_map& base,
                                                        const surroundings& here = this_machine());

}  // namespace lastcall::agent

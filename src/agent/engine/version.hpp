// What a generation was started with, kept so that it can be gone back to.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "agent/config/service_spec.hpp"
#include "agent/journal/journal.hpp"
#include "agent/places.hpp"

namespace lastcall::agent {

/// One file for each generation, mode 0600: it holds the environment.
/// Errors: std::system_error.
void save_version(const places& where, const std::string& service, std::int64_t generation,
                  const service_spec& spec, const std::string& program_digest, unsigned slot);

struct saved_version {
    service_spec spec;
    std::string program_digest;  ///< of its executable; places::programs() may have a copy
    unsigned slot = 0;           ///< generation::slot
};
/// Unset: there is none, or it cannot be read.
[[nodiscard]] std::optional<saved_version> load_version(const places& where,
                                                        const std::string& service,
                                                        std::int64_t generation);

/// What was current before `current`, by the journal.
[[nodiscard]] std::optional<saved_version> version_before(const journal* book, const places& where,
                                                          const std::string& service,
                                                          std::int64_t current);

/// Removes the files of generations that are older than the last few.
void forget_versions(const places& where, const std::string& service, std::int64_t current);

}  // namespace lastcall::agent

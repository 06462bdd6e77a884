// Files as services have them, good ones and bad ones: no two are the same.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lint_bench {

/// A kind of file, and one of it.
struct sample {
    std::string name;                    ///< "compose.yaml"
    std::string (*text)(unsigned seed);  ///< 20 to 60 lines
};
[[nodiscard]] const std::vector<sample>& samples();

/// One folder for each service, with one file of each kind in it.
/// Errors: std::runtime_error: it cannot be written.
void make_tree(const std::filesystem::path& into, unsigned files);

/// The same with large files: each holds what many would.
void make_large_tree(const std::filesystem::path& into, std::uint64_t bytes);

/// Errors: std::runtime_error.
void write_file(const std::filesystem::path& at, const std::string& text);

}  // namespace lint_bench

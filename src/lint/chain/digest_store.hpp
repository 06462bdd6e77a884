// The digests of one call. Bounded: a tree of any size takes the same memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "lint/chain/budget_digest.hpp"

namespace lastcall::lint {

/// More workloads than a person looks after; each takes about a kilobyte.
inline constexpr std::size_t digest_limit = 4096;

class digest_store {
public:
    /// Behind the limit it is left out, and counted.
    void add(budget_digest one);

    /// Comments of the file that the digests from `first` on are of.
    void accept(std::size_t first, std::span<const suppression> comments);

    [[nodiscard]] std::span<const budget_digest> all() const noexcept { return all_; }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }

private:
    std::vector<budget_digest> all_;
    std::size_t left_out_ = 0;
};

/// As files and folders are compared: absolute, without "." and "..".
[[nodiscard]] std::string whole_path(const std::filesystem::path& path);

/// Where a key of a ConfigMap lies for those that mount it, or have it as a variable: as if that
/// were a folder beside the manifest. `folder`  of the manifest, a whole path
[[nodiscard]] std::string config_map_path(std::string_view folder, std::string_view name,
                                          std::string_view key = {});
[[nodiscard]] std::string variable_path(std::string_view folder, std::string_view name,
                                        std::string_view key = {});
/// Whether the path is one of those of variables.
[[nodiscard]] bool is_variable_path(std::string_view path) noexcept;

/// Of the file's text, with as much of the line as is shown.
[[nodiscard]] kept_place keep_place(const std::string& file, std::string_view text, place at);

}  // namespace lastcall::lint

// The services of a compose file, with what its override and `extends` add to them.
//
// Each service is a stack of mappings of one or several files, the least important first: what it
// extends, the file, the override beside the file. A value keeps the file that it stands in. The
// services of files that are included are there for those that need them.
// Anchors and << are followed by the YAML reader.
#pragma once

#include <deque>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "lint/compose/interpolation.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {

struct compose_file {
    std::string path;  ///< as it is shown
    std::string text;
    yaml_file yaml;  ///< of `text`
};

struct compose_value {
    yaml_ref ref;
    const compose_file* in = nullptr;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(ref); }
};

/// Lifetime: the project's.
class compose_service {
public:
    std::string name;
    std::vector<compose_value> layers;  ///< the least important first; there is one at least
    bool is_whole = true;               ///< no file that is not at hand adds to it
    bool is_included = false;           ///< of a file that `include` names: judged by itself

    /// Of the most important layer that has the key. Empty: none has it, or a tag takes it back.
    [[nodiscard]] compose_value get(std::string_view key) const;
    /// Of each layer that has it.
    [[nodiscard]] std::vector<compose_value> all(std::string_view key) const;
    /// Known to be in none of them.
    [[nodiscard]] bool is_absent(std::string_view key) const;
    /// Its name, in the most important layer of the file.
    [[nodiscard]] place name_in(const compose_file& file) const;

    /// NAME or NAME=VALUE of a list, or the keys of a mapping: of `environment` and such.
    struct entry {
        std::string name;
        compose_value value;       ///< a scalar; of a list the item
        std::size_t value_at = 0;  ///< where in its text the value begins
    };
    [[nodiscard]] std::vector<entry> entries(std::string_view key) const;
};

/// A word of a command line.
struct compose_word {
    mapped_text text;
    bool is_known = true;  ///< false: a variable of which only the environment knows is left in it
};

class compose_project {
public:
    /// `path`  of the file that is judged; its text is `text`
    compose_project(const std::filesystem::path& path, std::string_view text);
    compose_project(const compose_project&) = delete;
    compose_project& operator=(const compose_project&) = delete;
    ~compose_project() = default;

    [[nodiscard]] const compose_file& judged() const noexcept { return files_.front(); }
    [[nodiscard]] const std::vector<compose_service>& services() const noexcept {
        return services_;
    }
    [[nodiscard]] const compose_service* find(std::string_view name) const;
    /// The folder that relative paths of the services begin in.
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

    /// The text of a scalar with its variables put in. Unset where it is no scalar or not known.
    [[nodiscard]] std::optional<mapped_text> text(const compose_value& value) const;
    /// The same with the variables left in it that are not known. Unset: it is no scalar.
    [[nodiscard]] std::optional<mapped_text> open_text(const compose_value& value) const;
    /// The words of a list, or of a text that Compose splits. Unset: not known.
    [[nodiscard]] std::optional<std::vector<compose_word>> words(const compose_value& value) const;

    /// The services that are stopped after this one, by whatever says so; not those that these
    /// are stopped before.
    [[nodiscard]] std::set<std::string, std::less<>> dependencies(const compose_service& of) const;
    /// Whether one is stopped before the other, also by way of further ones.
    [[nodiscard]] bool depends(std::string_view one, std::string_view other) const;

private:
    const compose_file* load(const std::filesystem::path& path);
    void add_services(const compose_file& file, bool is_whole);
    void add_included(const compose_file& file, int depth);
    void add_services_of_included(const compose_file& file);
    void add_extended(const compose_value& service, compose_service& into, bool& is_known,
                      int depth);

    std::deque<compose_file> files_;  // the one that is judged first
    std::filesystem::path folder_;
    std::set<std::string, std::less<>> environment_;
    std::vector<compose_service> services_;
};

}  // namespace lastcall::lint

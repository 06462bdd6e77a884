// What is known already and was accepted all at once: a file of findings, so that only new ones
// count.
//
// A finding is known by its rule, its file, and the text of its line without the blanks around and
// between its words. Where the line stands does not matter: lines move. Of two that are the same in
// all of that as many are known as the file says.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "lint/engine/finding.hpp"

namespace lastcall::lint {

struct known_finding {
    std::string rule;
    std::string file;  ///< from the baseline's folder
    std::string line;  ///< of words with a blank between them
    bool operator<(const known_finding& other) const;
};

class baseline {
public:
    /// Nothing is known. `file`  beside which the paths of the findings are written
    explicit baseline(const std::filesystem::path& file);

    /// Returns: why it cannot be read; empty when it was.
    [[nodiscard]] std::string read();

    /// A file was looked at: what is known of it and is not found is not there any more.
    void visit(const std::filesystem::path& file);

    /// Returns: whether it is known; it is not for one more of the same then.
    [[nodiscard]] bool take(const finding& one);

    struct stale_finding {
        known_finding what;
        place at;  ///< in the baseline
    };
    /// What is not there any more, in the order of the baseline: nobody found it in a file that was
    /// looked at, or its file is gone.
    [[nodiscard]] std::vector<stale_finding> stale() const;

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

    /// Adds a finding to what is known.
    void add(const finding& one);
    /// How many there are.
    [[nodiscard]] std::size_t size() const noexcept;
    /// What `read` takes: JSON, a line for each finding, sorted, so that a comparison of two shows
    /// what has changed.
    [[nodiscard]] std::string text() const;

private:
    struct state {
        std::size_t times = 0;
        place at;
    };

    [[nodiscard]] std::string name_of(const std::filesystem::path& file) const;
    [[nodiscard]] known_finding key_of(const finding& one) const;

    std::filesystem::path file_;
    std::filesystem::path folder_;
    std::map<known_finding, state> known_;
    std::set<std::string> files_;  ///< of `known_`
    std::set<std::string> visited_;
};

}  // namespace lastcall::lint

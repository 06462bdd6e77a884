// Rows of cells below each other: as wide as they must be, the last column cut to the screen.
#pragma once

#include <string>
#include <vector>

#include "cli/screen.hpp"
#include "drill/report/terminal_text.hpp"

namespace lastcall::cli {

struct cell {
    std::string text;
    drill::ink how = drill::ink::plain;
    bool is_right = false;  ///< numbers
};

class table {
public:
    explicit table(const screen& on, std::string indent = {})
        : on_(on), indent_(std::move(indent)) {}

    void row(std::vector<cell> cells) { rows_.push_back(std::move(cells)); }

    /// A line for each row.
    [[nodiscard]] std::vector<std::string> lines() const;

private:
    const screen& on_;
    std::string indent_;
    std::vector<std::vector<cell>> rows_;
};

}  // namespace lastcall::cli

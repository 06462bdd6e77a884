// What is wrong with a configuration: all of it at once, each with its place, the value, the
// reason and what to write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/values.hpp"

namespace lastcall::agent {

struct problem {
    std::string file;  ///< empty: the command line
    int line = 0;      ///< from 1; 0: of none
    int column = 0;    ///< from 1; 0: of none
    std::string path;  ///< "services.web.stop.grace"
    std::string why;   ///< "\"30\" has no unit"
    std::string fix;   ///< "write 30s"; may be empty
    bool is_warning = false;

    /// "lastcall.yaml:7: services.web.stop.grace: "30" has no unit; write 30s"
    [[nodiscard]] std::string text() const;
};

/// With what would steer a terminal, and what is no UTF-8, written as \xNN.
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest = SIZE_MAX);

/// `value` between quotes for a message, printable, and cut when it is long.
[[nodiscard]] std::string in_quotes(std::string_view value);

/// "; did you mean \"x\"?", or what there is to choose from; for the fix of a problem.
[[nodiscard]] std::string choose_from(std::string_view given,
                                      const std::vector<std::string>& known);

class problem_list {
public:
    explicit problem_list(std::string file) : file_(std::move(file)) {}

    void add(problem one);
    /// Of a path that was read before, or of the nearest one above it.
    void add(const std::string& path, std::string why, std::string fix);
    void warn(const std::string& path, std::string why, std::string fix);

    /// Where a path stands, for what is only seen when all has been read.
    void remember(const std::string& path, int line, int column);
    [[nodiscard]] bool knows(const std::string& path) const { return places_.contains(path); }
    /// "services.web.after[1]" where the path holds a list, else the path itself.
    [[nodiscard]] std::string part(const std::string& path, std::size_t number) const;
    [[nodiscard]] int line_of(const std::string& path) const;
    /// A problem without words, of a path that was read before.
    [[nodiscard]] problem at(const std::string& path) const;

    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    [[nodiscard]] bool has_errors() const noexcept { return errors_ > 0; }
    [[nodiscard]] std::size_t errors() const noexcept { return errors_; }
    /// In the order of the file. Beyond two hundred, one says how many there are.
    [[nodiscard]] std::vector<problem> sorted() const;

private:
    struct spot {
        int line = 0, column = 0;
    };
    [[nodiscard]] spot nearest(std::string path) const;

    std::string file_;
    std::vector<problem> all_;
    std::map<std::string, spot> places_;
    std::size_t errors_ = 0;
    std::size_t left_out_ = 0;
};

/// A configuration that was refused; the message has a line for each problem.
class config_error : public config::settings_error {
public:
    explicit config_error(std::vector<problem> problems);
    [[nodiscard]] const std::vector<problem>& problems() const noexcept { return problems_; }

private:
    std::vector<problem> problems_;
};

}  // namespace lastcall::agent

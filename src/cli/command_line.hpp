// The command line of one command: what its options are called, its help, and what is said to
// who types something else. CLI11 is behind it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lastcall::cli {

class command_line {
public:
    /// `name`     of the command: "deploy"
    /// `summary`  one line of what it does
    /// `forms`    what can be behind the name, each a line of the usage
    command_line(std::string name, std::string summary, std::vector<std::string> forms);
    ~command_line();
    command_line(const command_line&) = delete;
    command_line& operator=(const command_line&) = delete;

    // What the command line sets lives at least as long as this. `names` as "-n,--lines";
    // `help` is one line, or several.
    void flag(const std::string& names, const std::string& help, bool& into);
    /// An empty value is refused: it is, as a rule, a variable that was not set.
    void text(const std::string& names, const std::string& type, const std::string& help,
              std::string& into);
    /// A remark for people, which may be empty.
    void remark(const std::string& names, const std::string& help, std::string& into);
    void texts(const std::string& names, const std::string& type, const std::string& help,
               std::vector<std::string>& into);
    void number(const std::string& names, const std::string& help, std::int64_t least,
                std::int64_t most, std::int64_t& into);
    /// A word without a name. `what` is said when it is missing: "the number of a deploy".
    void word(const std::string& what, bool is_required, std::string& into);
    /// One word or more. `what` as above.
    void words(const std::string& what, std::vector<std::string>& into);
    /// Everything behind "--", as it is.
    void rest(std::vector<std::string>& into, bool& is_given);
    /// A line above the options that follow.
    void heading(const std::string& text);
    /// --home, --url, --token-file: where the agent is.
    void place_of_agent(struct agent_place& into);
    /// Printed below the options, as it is.
    void epilogue(std::string text);

    /// Returns: the exit status to end with, when help was printed or something is wrong; that
    /// was said.
    [[nodiscard]] std::optional<int> parse(std::span<char* const> arguments);

    [[nodiscard]] std::string help() const;

    /// Says what is wrong with the command line, and where its help is. Returns: status_usage.
    int refuse(const std::string& why) const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace lastcall::cli

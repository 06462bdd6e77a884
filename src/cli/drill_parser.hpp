// The parser of the command line of `lastcall drill`. What its options are called and what
// they set lies in drill_options_*.cpp, a file for each group or two of the help.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "cli/drill_options.hpp"

namespace lastcall::cli {

/// The options are read into actions, so that the files that some of them name can be read
/// first, and the command line still has the last word.
class drill_parser {
public:
    drill_parser();

    parsed_drill parse(std::span<char* const> arguments);

private:
    using settings = drill::settings;
    using action = std::function<void(settings&)>;

    template <class Set>
    CLI::Option* text(const char* name, const char* help, const char* type, Set set) {
        return app_
            .add_option_function<std::string>(
                name,
                [this, set, what = std::string(name)](const std::string& given) {
                    actions_.push_back([set, given, what](settings& s) { set(s, given, what); });
                },
                help)
            ->type_name(type);
    }
    template <class Member>
    CLI::Option* duration(const char* name, const char* help, Member member) {
        return text(name, help, "DURATION",
                    [member](settings& s, const std::string& given, const std::string& what) {
                        member(s) = config::to_duration(given, what);
                    });
    }
    template <class Member>
    CLI::Option* plain(const char* name, const char* help, const char* type, Member member) {
        return text(name, help, type,
                    [member](settings& s, const std::string& given, const std::string&) {
                        member(s) = given;
                    });
    }
    template <class Member>
    CLI::Option* whole(const char* name, const char* help, std::uint64_t least, std::uint64_t most,
                       Member member) {
        return text(
            name, help, "N",
            [member, least, most](settings& s, const std::string& given, const std::string& what) {
                using value = std::remove_reference_t<decltype(member(s))>;
                member(s) = static_cast<value>(to_whole(given, least, most, what));
            });
    }
    /// Errors: settings_error.
    static std::uint64_t to_whole(const std::string& given, std::uint64_t least, std::uint64_t most,
                                  const std::string& what);

    void add_where();
    void add_who();
    void add_sequence();
    void add_expectations();
    void add_load();
    void add_files();

    CLI::App app_;
    std::string contract_;
    std::string profile_;
    std::vector<std::string> urls_;
    std::vector<std::string> command_;
    std::vector<action> actions_;
    drill_options made_;
};

}  // namespace lastcall::cli

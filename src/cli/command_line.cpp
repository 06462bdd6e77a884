#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>

#include "cli/agent_place.hpp"
#include "cli/command.hpp"
#include "cli/help_text.hpp"
#include "cli/nearest.hpp"

namespace lastcall::cli {

struct command_line::parts {
    std::string name;
    std::string summary;
    std::vector<std::string> forms;
    CLI::App app;
    std::string options;  ///< the help of them
    std::string epilogue;
    std::vector<std::string> known;
    std::vector<std::string>* rest = nullptr;
    bool* rest_is_given = nullptr;
    bool wants_help = false;
    std::vector<std::string> missing;  ///< what to say when a word is missing, in their order
    std::vector<const std::string*> words;
    std::vector<std::string>* many = nullptr;
    std::string missing_many;
    int word_count = 0;

    CLI::Option* remember(CLI::Option* made, const std::string& names, const std::string& type,
                          const std::string& help) {
        options += help_entry(names, type, help);
        for (std::size_t begin = 0; begin < names.size();) {
            const auto end = std::min(names.find(',', begin), names.size());
            known.push_back(names.substr(begin, end - begin));
            begin = end + 1;
        }
        return made;
    }
};

command_line::command_line(std::string name, std::string summary, std::vector<std::string> forms)
    : parts_(std::make_unique<parts>()) {
    parts_->name = std::move(name);
    parts_->summary = std::move(summary);
    parts_->forms = std::move(forms);
    parts_->app.set_help_flag();
    parts_->app.add_flag("-h,--help", parts_->wants_help);
    parts_->known = {"-h", "--help"};
}

command_line::~command_line() = default;

void command_line::flag(const std::string& names, const std::string& help, bool& into) {
    parts_->remember(parts_->app.add_flag(names, into), names, {}, help);
}

void command_line::text(const std::string& names, const std::string& type, const std::string& help,
                        std::string& into) {
    const auto read = [=, &into](const std::string& given) {
        if (given.empty()) {
            throw CLI::ValidationError(names.substr(names.rfind(',') + 1),
                                       "\"\" is no " + type + "; leave the option out, or say it");
        }
        into = given;
    };
    parts_->remember(parts_->app.add_option_function<std::string>(names, read), names, type, help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void command_line::remark(const std::string& names, const std::string& help, std::string& into) {
    parts_->remember(parts_->app.add_option(names, into), names, "TEXT", help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void command_line::texts(const std::string& names, const std::string& type, const std::string& help,
                         std::vector<std::string>& into) {
    const auto add = [&into](const std::string& given) { into.push_back(given); };
    parts_->remember(parts_->app.add_option_function<std::string>(names, add), names, type, help)
        ->trigger_on_parse();
}

void command_line::number(const std::string& names, const std::string& help, std::int64_t least,
                          std::int64_t most, std::int64_t& into) {
    const auto read = [=, &into](const std::string& given) {
        std::int64_t value = 0;
        const auto* const end = given.data() + given.size();
        const auto [at, problem] = std::from_chars(given.data(), end, value);
        if (problem != std::errc() || at != end || value < least || value > most) {
            throw CLI::ValidationError(names.substr(names.rfind(',') + 1),
                                       "\"" + given + "\" is no whole number from " +
                                           std::to_string(least) + " to " + std::to_string(most));
        }
        into = value;
    };
    parts_->remember(parts_->app.add_option_function<std::string>(names, read), names, "N", help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void command_line::word(const std::string& what, bool is_required, std::string& into) {
    parts_->app.add_option("word" + std::to_string(++parts_->word_count), into);
    if (is_required) {
        parts_->missing.push_back(what);
        parts_->words.push_back(&into);
    }
}

void command_line::words(const std::string& what, std::vector<std::string>& into) {
    parts_->app.add_option("words", into);
    parts_->many = &into;
    parts_->missing_many = what;
}

void command_line::rest(std::vector<std::string>& into, bool& is_given) {
    parts_->rest = &into;
    parts_->rest_is_given = &is_given;
}

void command_line::heading(const std::string& text) { parts_->options += "\n" + text + "\n"; }

void command_line::place_of_agent(agent_place& into) {
    heading("Where the agent is");
    text("--home", "DIR", "its home, where it is not the default [LASTCALL_HOME]", into.home);
    text("--url", "URL", "https://HOST:PORT of an agent on another host", into.url);
    text("--token-file", "FILE", "the token for it", into.token_file);
    text("--ca-file", "FILE", "who vouches for its certificate [whom the system trusts]",
         into.ca_file);
}

void command_line::epilogue(std::string text) { parts_->epilogue = std::move(text); }

std::string command_line::help() const {
    const auto& p = *parts_;
    std::string made = help_head(p.name, p.summary, p.forms);
    if (!p.options.empty()) {
        made += (p.options.starts_with("\n") ? "" : "\n") + p.options;
    }
    return made + (p.epilogue.empty() ? "" : "\n" + p.epilogue);
}

int command_line::refuse(const std::string& why) const {
    std::fprintf(stderr, "lastcall %s: %s\n  lastcall %s --help tells its options\n",
                 parts_->name.c_str(), why.c_str(), parts_->name.c_str());
    return status_usage;
}

std::optional<int> command_line::parse(std::span<char* const> arguments) {
    auto& p = *parts_;
    std::vector<std::string> words(arguments.begin(), arguments.end());
    if (p.rest != nullptr) {
        const auto dashes = std::find(words.begin(), words.end(), "--");
        if (dashes != words.end()) {
            *p.rest_is_given = true;
            p.rest->assign(dashes + 1, words.end());
            words.erase(dashes, words.end());
        }
    }
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    const auto says_help = [](const std::string& one) { return one == "-h" || one == "--help"; };
    if (std::ranges::any_of(words, says_help)) {
        std::fputs(help().c_str(), stdout);
        return status_ok;
    }
    try {
        p.app.parse(words);
    } catch (const CLI::ExtrasError&) {
        const auto left = p.app.remaining();
        const std::string wrong = left.empty() ? "" : left.front();
        if (wrong.size() < 2 || wrong.front() != '-') {
            return refuse("\"" + wrong + "\" is one word too much");
        }
        return refuse(no_such_option(wrong.substr(0, wrong.find('=')), p.known));
    } catch (const CLI::ParseError& e) {
        return refuse(e.what());
    }
    for (std::size_t i = 0; i < p.words.size(); ++i) {
        if (p.words[i]->empty()) {
            return refuse("it needs " + p.missing[i]);
        }
    }
    if (p.many != nullptr && p.many->empty()) {
        return refuse("it needs " + p.missing_many);
    }
    return std::nullopt;
}

}  // namespace lastcall::cli

#include "lint/chain/chain_rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <tuple>

#include "lint/chain/chain_finding.hpp"
#include "lint/chain/formula.hpp"
#include "lint/chain/idle_rule.hpp"
#include "lint/chain/join.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/launch/stop_time.hpp"
#include "lint/shell/stopping.hpp"

namespace lastcall::lint {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What ends its work in order, for as long as that takes where its setting is not there.
struct endless_program {
    std::string_view program;
    std::string_view setting;
    milliseconds usual;  ///< 0: without end
};

constexpr std::array endless_programs{
    endless_program{"nginx", "worker_shutdown_timeout", milliseconds(0)},
    endless_program{"uvicorn", "--timeout-graceful-shutdown", milliseconds(0)},
    endless_program{"caddy", "grace_period", milliseconds(0)},
    endless_program{"puma", "force_shutdown_after", milliseconds(0)},
    // https://gunicorn.org/reference/settings/#graceful_timeout
    endless_program{"gunicorn", "graceful_timeout", seconds(30)},
};

class chain_judge {
public:
    chain_judge(const joined_budget& of, const profile& under) : of_(of), under_(under) {}

    std::vector<finding> judge() {
        find_terms();
        if (of_.has_other_grace) {
            return {};
        }
        if (kill_ && drain_ != nullptr) {
            check_fit();
        } else if (kill_) {
            check_unknown();
        }
        return std::move(made_);
    }

    /// What the command takes from the service; empty: nothing.
    [[nodiscard]] std::string taken_by(const budget_digest& command) {
        find_terms();
        const auto given = command.wait->value;
        if (command.container.empty()) {
            return kill_ && !kill_->is_default && given < kill_->value
                       ? name() + " has asked for " + seconds_text(kill_->value) + " s"
                       : std::string();
        }
        return drain_ != nullptr && given < drain_->value
                   ? name() + " may take " + seconds_text(drain_->value) + " s (" + drain_->what +
                         ")"
                   : std::string();
    }

    [[nodiscard]] milliseconds kill() const { return kill_ ? kill_->value : milliseconds(0); }

    /// Where the other links of the chain stand.
    void add_links(finding& to, const kept_place& but) const {
        const auto add = [&](const kept_place& where, const std::string& what) {
            if (where.file != but.file || where.at.offset != but.at.offset) {
                add_place(to, where, what);
            }
        };
        if (announce_ != nullptr) {
            add(announce_->where, "P: " + announce_->what);
        }
        if (drain_ != nullptr) {
            add(drain_->where, "D: " + drain_->what);
        }
        if (kill_) {
            add(kill_->where, "K: " + kill_->what + (kill_->is_default ? ", by default" : ""));
        }
        if (of_.container != nullptr && of_.image != nullptr &&
            (drain_ == nullptr || drain_->where.file != of_.image->where.file)) {
            add(of_.image->where, "the image");
        }
        if (of_.build != nullptr) {
            add(of_.build->where, "builds the image");
        }
    }

private:
    void find_terms() {
        const bool runs_image = of_.container == nullptr || !of_.container->has_own_command;
        // What a command line says wins over the file that the program reads.
        if (of_.container != nullptr && of_.container->drain) {
            drain_ = &*of_.container->drain;
        } else if (of_.image != nullptr && runs_image && of_.image->drain) {
            drain_ = &*of_.image->drain;
        } else if (of_.configuration != nullptr && of_.configuration->drain) {
            drain_ = &*of_.configuration->drain;
        }
        if (of_.container != nullptr) {
            announce_ = of_.container->announce ? &*of_.container->announce : nullptr;
            kill_ = of_.container->kill;
        } else if (of_.image != nullptr && under_.grace) {
            budget_term usual;
            usual.value = *under_.grace;
            usual.what = under_.grace_source;
            usual.where = of_.image->where;
            usual.is_default = true;
            kill_ = usual;
        }
    }

    [[nodiscard]] budget_sum sum() const {
        budget_sum made;
        made.announce = announce_ == nullptr ? milliseconds(0) : announce_->value;
        made.drain = drain_ == nullptr ? std::nullopt : std::optional(drain_->value);
        made.kill = kill_->value;
        return made;
    }

    [[nodiscard]] const std::string& name() const {
        return of_.container != nullptr ? of_.container->name : of_.image->name;
    }

    void check_fit() {
        // Within one file the rules of its family say it.
        const bool is_of_one_file =
            drain_->where.file == kill_->where.file && !is_by_profile() && !is_of_configuration();
        if (!sum().breaks() || is_of_one_file) {
            return;
        }
        const auto& where = is_by_profile() ? drain_->where : kill_->where;
        auto made =
            make_finding("CH01", where,
                         name() + " is killed before its program has to be done: " + sum().text());
        add_links(made, where);
        made.sure = sureness();
        made.fix = drain_->limit.empty()
                       ? (is_by_profile() ? "at least " : kill_->what + " of at least ") +
                             std::to_string(whole_for(sum().announce + drain_->value).count()) +
                             " s, or a shorter " + drain_->what
                       : drain_->limit + " below " + seconds_text(kill_->value) + " s";
        made_.push_back(std::move(made));
    }

    [[nodiscard]] confidence sureness() const {
        const bool is_own = of_.container != nullptr && of_.container->drain.has_value();
        return of_.is_by_name() && !is_own ? confidence::hint : confidence::likely;
    }

    [[nodiscard]] bool is_of_configuration() const {
        return of_.configuration != nullptr && of_.configuration->drain &&
               drain_ == &*of_.configuration->drain;
    }

    [[nodiscard]] bool is_by_profile() const { return of_.container == nullptr; }

    void check_unknown() {
        const bool is_joined = of_.container != nullptr && of_.image != nullptr;
        const bool runs_image = is_joined && !of_.container->has_own_command;
        const auto* of = std::find_if(endless_programs.begin(), endless_programs.end(),
                                      [&](const endless_program& one) {
                                          return runs_image && one.program == of_.image->program;
                                      });
        if (of == endless_programs.end()) {
            return;
        }
        auto given = sum();
        if (of->usual.count() > 0) {
            given.drain = of->usual;
            if (!given.breaks()) {
                return;
            }
        }
        auto made = make_finding(
            "CH03", kill_->where,
            "it cannot be proven that " + name() + " stops in time: " + given.text() +
                ", and no file that was looked at says " + std::string(of->setting) + " of " +
                std::string(of->program) +
                (of->usual.count() > 0
                     ? ", which is " + seconds_text(of->usual) + " s where nothing is said"
                     : ", which has no limit where nothing is said"));
        add_links(made, kill_->where);
        made.sure = confidence::hint;
        made_.push_back(std::move(made));
    }

    const joined_budget& of_;
    const profile& under_;
    const budget_term* announce_ = nullptr;
    const budget_term* drain_ = nullptr;
    std::optional<budget_term> kill_;
    std::vector<finding> made_;
};

/// What a command leaves to those that it stops. Of those that it chooses by labels all have to
/// have asked for more: some of them may be of another environment. A node may run any of them.
void judge_command(const budget_digest& command, std::span<const joined_budget* const> stopped,
                   const profile& under, std::vector<finding>& into) {
    std::optional<finding> made;
    milliseconds longest{0};
    for (const joined_budget* one : stopped) {
        chain_judge judge(*one, under);
        const auto what = judge.taken_by(command);
        if (what.empty() && !command.is_for_all) {
            return;
        }
        if (what.empty() || (made && judge.kill() <= longest)) {
            continue;
        }
        longest = judge.kill();
        made = make_finding(
            "CH02", command.wait->where,
            command.wait->what + " is " + seconds_text(command.wait->value) + " s, and " + what);
        judge.add_links(*made, command.wait->where);
        if (command.is_for_all) {
            made->how = severity::note;
            made->sure = confidence::hint;
        }
    }
    if (made) {
        into.push_back(std::move(*made));
    }
}

/// A unit that no file of the call says the limit of has the manager's.
void judge_unknown_unit(const budget_digest& command, std::vector<finding>& into) {
    const auto usual = shell::usual_grace_of(shell::stop_way::unit_stop);
    if (command.unit.empty() || !command.wait || !usual || command.wait->value > *usual) {
        return;
    }
    into.push_back(
        make_finding("S20", command.wait->where,
                     "the command is given up after " + seconds_text(command.wait->value) + " s (" +
                         command.wait->what + "), but the stop that it asks for may take " +
                         seconds_text(*usual) + " s where nothing else is said"));
}

/// The comment that is about the place, by the digests of its file.
void accept_by_comment(finding& one, const digest_store& kept) {
    for (const budget_digest& each : kept.all()) {
        if (each.accepted.empty() || each.where.file != one.file) {
            continue;
        }
        for (const suppression& comment : each.accepted) {
            if (comment.covers(one.broken->id, one.at.line)) {
                one.accepted = comment.reason;
                return;
            }
        }
    }
}

}  // namespace

std::vector<finding> judge_chain(const digest_store& kept, const profile& under) {
    std::vector<finding> made;
    const auto all = join_digests(kept.all());
    std::map<const budget_digest*, std::vector<const joined_budget*>> stopped;
    for (const joined_budget& one : all) {
        auto found = chain_judge(one, under).judge();
        std::move(found.begin(), found.end(), std::back_inserter(made));
        judge_idle(one, made);
        for (const budget_digest* command : one.commands) {
            stopped[command].push_back(&one);
        }
    }
    for (const auto& [command, by] : stopped) {
        judge_command(*command, by, under, made);
    }
    for (const budget_digest& one : kept.all()) {
        if (!stopped.contains(&one)) {
            judge_unknown_unit(one, made);
        }
    }
    for (finding& one : made) {
        accept_by_comment(one, kept);
    }
    std::stable_sort(made.begin(), made.end(), [](const finding& a, const finding& b) {
        return std::tie(a.file, a.at.line, a.at.column, a.broken->id, a.what) <
               std::tie(b.file, b.at.line, b.at.column, b.broken->id, b.what);
    });
    // Two containers of one image, in one pod, are one link.
    const auto last = std::unique(made.begin(), made.end(), [](const finding& a, const finding& b) {
        return a.file == b.file && a.at.offset == b.at.offset && a.broken == b.broken &&
               a.what == b.what;
    });
    made.erase(last, made.end());
    return made;
}

}  // namespace lastcall::lint

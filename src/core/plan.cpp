#include "core/plan.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>

namespace lastcall::core {
namespace {

path longer(path a, path b) {
    return {std::max(a.weight, b.weight), std::max(a.minimum, b.minimum)};
}

path operator+(path tail, const step_spec& head) {
    if (head.present) {
        tail.weight += head.weight;
        tail.minimum += head.minimum;
    }
    return tail;
}

std::string list_of(const std::vector<part_spec>& specs) {
    std::string text;
    for (const part_spec& s : specs) {
        text += (text.empty() ? "" : ", ") + s.name;
    }
    return text;
}

// Finds a cycle by walking edges, and gives it as "a -> b -> a".
class cycle_finder {
public:
    explicit cycle_finder(const std::vector<part>& parts)
        : parts_(parts), mark_(parts.size(), unseen) {}

    std::string find() {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (mark_[i] == unseen && visit(i)) {
                return chain_;
            }
        }
        return {};
    }

private:
    enum mark : char { unseen, open, done };

    bool visit(std::size_t at) {
        mark_[at] = open;
        trail_.push_back(at);
        for (const std::size_t next : parts_[at].uses) {
            if (mark_[next] == open) {
                const auto begin = std::find(trail_.begin(), trail_.end(), next);
                for (auto it = begin; it != trail_.end(); ++it) {
                    chain_ += parts_[*it].name + " -> ";
                }
                chain_ += parts_[next].name;
                return true;
            }
            if (mark_[next] == unseen && visit(next)) {
                return true;
            }
        }
        trail_.pop_back();
        mark_[at] = done;
        return false;
    }

    const std::vector<part>& parts_;
    std::vector<char> mark_;
    std::vector<std::size_t> trail_;
    std::string chain_;
};

// Which part uses which, directly or through others: a row of bits for each part.
class reachability {
public:
    explicit reachability(const std::vector<part>& parts)
        : words_((parts.size() + 63) / 64), rows_(parts.size(), row(words_)) {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            for (const std::size_t used : parts[i].uses) {
                add(i, used);
            }
        }
    }

    [[nodiscard]] bool has(std::size_t user, std::size_t used) const {
        return (rows_[user][used / 64] >> (used % 64) & 1U) != 0;
    }

    /// The user, and all that use it, now reach the used and all that it reaches.
    void add(std::size_t user, std::size_t used) {
        if (has(user, used)) {
            return;
        }
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            if (i == user || has(i, user)) {
                rows_[i][used / 64] |= std::uint64_t{1} << (used % 64);
                for (std::size_t w = 0; w < words_; ++w) {
                    rows_[i][w] |= rows_[used][w];
                }
            }
        }
    }

private:
    using row = std::vector<std::uint64_t>;
    std::size_t words_;
    std::vector<row> rows_;
};

}  // namespace

plan::plan(const std::vector<part_spec>& specs) {
    parts_.reserve(specs.size());
    for (const part_spec& s : specs) {
        parts_.push_back({s.name, {}, {}, s.drain, s.close});
    }
    resolve_names(specs);
    if (const std::string chain = cycle_finder(parts_).find(); !chain.empty()) {
        throw std::invalid_argument("components use each other in a cycle: " + chain +
                                    "; remove one of these uses");
    }
    add_implied_edges(specs);
    order();
    measure_paths();
}

const step_spec& plan::step(std::size_t part, step_kind kind) const noexcept {
    return kind == step_kind::drain ? parts_[part].drain : parts_[part].close;
}

path plan::path_from(std::size_t part, step_kind kind) const noexcept {
    return kind == step_kind::drain ? drain_paths_[part] : close_paths_[part];
}

void plan::link(std::size_t user, std::size_t used) {
    std::vector<std::size_t>& uses = parts_[user].uses;
    if (std::find(uses.begin(), uses.end(), used) == uses.end()) {
        uses.push_back(used);
        parts_[used].users.push_back(user);
    }
}

void plan::resolve_names(const std::vector<part_spec>& specs) {
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        index[specs[i].name] = i;
    }
    for (std::size_t i = 0; i < specs.size(); ++i) {
        for (const std::string& name : specs[i].uses) {
            const auto found = index.find(name);
            if (found == index.end()) {
                throw std::invalid_argument(
                    "component \"" + specs[i].name + "\" uses \"" + name +
                    "\", which is not a component; there are: " + list_of(specs));
            }
            link(i, found->second);
        }
        for (std::size_t k = 0; k < specs.size(); ++k) {
            if (specs[k].last && !specs[i].last) {
                link(i, k);
            }
        }
    }
}

// A part without a list uses all that was added before it, except what uses it.
void plan::add_implied_edges(const std::vector<part_spec>& specs) {
    reachability reach(parts_);
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (specs[i].uses_given || specs[i].last) {
            continue;
        }
        for (std::size_t before = i; before-- > 0;) {
            if (!reach.has(i, before) && !reach.has(before, i)) {
                link(i, before);
                reach.add(i, before);
            }
        }
    }
}

void plan::order() {
    std::vector<std::size_t> waiting(parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        waiting[i] = parts_[i].uses.size();
        if (waiting[i] == 0) {
            used_first_.push_back(i);
        }
    }
    for (std::size_t k = 0; k < used_first_.size(); ++k) {
        for (const std::size_t user : parts_[used_first_[k]].users) {
            if (--waiting[user] == 0) {
                used_first_.push_back(user);
            }
        }
    }
}

// The closes form the tail of every path: they begin when all drains have ended.
void plan::measure_paths() {
    close_paths_.resize(parts_.size());
    drain_paths_.resize(parts_.size());
    path all_closes;
    for (const std::size_t i : used_first_) {
        path after;
        for (const std::size_t used : parts_[i].uses) {
            after = longer(after, close_paths_[used]);
        }
        close_paths_[i] = after + parts_[i].close;
        all_closes = longer(all_closes, close_paths_[i]);
    }
    whole_ = all_closes;
    for (const std::size_t i : used_first_) {
        path after = all_closes;
        for (const std::size_t used : parts_[i].uses) {
            after = longer(after, drain_paths_[used]);
        }
        drain_paths_[i] = after + parts_[i].drain;
        whole_ = longer(whole_, drain_paths_[i]);
    }
}

duration plan::share(std::size_t part, step_kind kind, duration left) const noexcept {
    const step_spec& own = step(part, kind);
    const path from = path_from(part, kind);
    const duration free = std::max(left - from.minimum, duration::zero());
    const double portion = from.weight > 0 ? own.weight / from.weight : 1.0;
    const auto by_weight =
        duration(static_cast<duration::rep>(static_cast<double>(free.count()) * portion));
    return std::min(own.minimum + by_weight, std::max(left, duration::zero()));
}

std::string plan::explain_minimum() const {
    std::string text;
    const auto mention = [&](const part& p, const step_spec& s, const char* what) {
        if (s.present && s.minimum > duration::zero()) {
            text += (text.empty() ? "" : " + ") + p.name + " " + what + " " + to_text(s.minimum);
        }
    };
    // Walks the longest path of the drains, then that of the closes.
    const auto walk = [&](const std::vector<path>& paths, step_kind kind, const char* what) {
        std::vector<std::size_t> next(parts_.size());
        for (std::size_t i = 0; i < next.size(); ++i) {
            next[i] = i;
        }
        while (!next.empty()) {
            const std::size_t at = *std::max_element(
                next.begin(), next.end(),
                [&](std::size_t a, std::size_t b) { return paths[a].minimum < paths[b].minimum; });
            mention(parts_[at], step(at, kind), what);
            next = parts_[at].uses;
        }
    };
    walk(drain_paths_, step_kind::drain, "drain");
    walk(close_paths_, step_kind::close, "close");
    return text;
}

void check_budget(const plan& of, duration deadline, duration lame_duck, duration force_window,
                  const std::string& deadline_origin) {
    const duration needed = of.minimum() + lame_duck + force_window;
    if (needed <= deadline) {
        return;
    }
    std::string parts = of.explain_minimum();
    if (lame_duck > duration::zero()) {
        parts += (parts.empty() ? "" : " + ") + std::string("lame duck ") + to_text(lame_duck);
    }
    parts += (parts.empty() ? "" : " + ") + std::string("time to force ") + to_text(force_window);
    throw std::invalid_argument("the stop cannot fit its deadline: " + parts + " = " +
                                to_text(needed) + ", but there are " + to_text(deadline) + " (" +
                                deadline_origin +
                                "); lower a minimum or give the service a longer grace period");
}

}  // namespace lastcall::core

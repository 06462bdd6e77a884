#include "lint/shell/waited_for.hpp"

#include <algorithm>

#include "lint/shell/shebang.hpp"

namespace lastcall::lint::shell {
namespace {

/// How well words fit: more equal words are better, then fewer unknown ones. Below 0: not at all.
struct fit {
    int equal = -1;
    int guessed = 0;

    [[nodiscard]] bool is_better_than(const fit& other) const {
        return equal != other.equal ? equal > other.equal : guessed < other.guessed;
    }
};

bool is_same(const argument& written, const std::string& given, bool is_program) {
    return written.what.text == given ||
           (is_program && base_name(written.what.text) == base_name(given));
}

/// As the match of a name with `*`: what may be many words takes as many as it has to.
fit fit_of(const std::vector<argument>& written, std::size_t from,
           const std::vector<std::string>& given, std::size_t given_from) {
    std::size_t at = from;
    std::size_t in = given_from;
    std::size_t star = written.size();
    std::size_t star_in = 0;
    int equal_at_star = 0;
    fit made{0, 0};
    while (in < given.size()) {
        if (at < written.size() && written[at].is_many) {
            star = at++;
            star_in = in;
            equal_at_star = made.equal;
            ++made.guessed;
        } else if (at < written.size() && !written[at].is_known()) {
            ++made.guessed;
            ++at;
            ++in;
        } else if (at < written.size() && is_same(written[at], given[in], at == from)) {
            ++made.equal;
            ++at;
            ++in;
        } else if (star < written.size()) {
            at = star + 1;
            in = ++star_in;
            made.equal = equal_at_star;
        } else {
            return {};
        }
    }
    while (at < written.size() && written[at].is_many) {
        ++at;
    }
    return at == written.size() ? made : fit{};
}

bool is_interpreter(const std::string& path) {
    const std::string_view name = base_name(path);
    return dialect_of(name) != dialect::other || name.starts_with("python") || name == "perl" ||
           name.starts_with("ruby") || name.starts_with("node") || name.starts_with("php");
}

fit best_fit(const step& one, const std::vector<std::string>& child) {
    std::vector<std::size_t> begins;
    for (const wrapper& each : one.call.wrappers) {
        begins.push_back(each.begin);
    }
    if (one.call.program != invocation::none) {
        begins.push_back(one.call.program);
    }
    fit best;
    for (const std::size_t begin : begins) {
        fit found = fit_of(one.arguments, begin, child, 0);
        // The interpreter of a script, and what its first line says, stand before its words.
        for (std::size_t skip = 1;
             skip <= 2 && found.equal < 0 && child.size() > skip && is_interpreter(child.front());
             ++skip) {
            found = fit_of(one.arguments, begin, child, skip);
        }
        // At least the name has to be known and equal, or nothing is said.
        if (found.equal > 0 && found.is_better_than(best)) {
            best = found;
        }
    }
    return best;
}

}  // namespace

std::optional<waited_for> find_waited_for(const execution& of,
                                          const std::vector<std::string>& child,
                                          std::optional<std::uint64_t> read) {
    std::optional<waited_for> found;
    fit best;
    for (const step& one : of.steps) {
        if (child.empty() || one.arguments.empty() || one.around.is_in_substitution) {
            continue;
        }
        const fit here = best_fit(one, child);
        if (here.equal < 0) {
            continue;
        }
        const bool is_same_fit = found && !here.is_better_than(best) && !best.is_better_than(here);
        if (!found || here.is_better_than(best)) {
            best = here;
            found = waited_for{&one, false, 0};
        } else if (is_same_fit && one.where != found->what->where) {
            const auto is_read = [&](const step& each) { return read && each.where.end <= *read; };
            const bool is_nearer =
                read && is_read(one) &&
                (!is_read(*found->what) || one.where.end > found->what->where.end);
            found->others += 1;
            found->what = is_nearer ? &one : found->what;
        }
    }
    if (found) {
        found->is_certain = best.guessed == 0 && (found->others == 0 || read);
    }
    return found;
}

}  // namespace lastcall::lint::shell

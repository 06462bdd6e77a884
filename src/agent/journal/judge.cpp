#include "agent/journal/judge.hpp"

#include <algorithm>

namespace lastcall::agent {

namespace {

std::string rows(std::int64_t from, std::int64_t to) {
    return from == to ? "row " + std::to_string(from) + " is"
                      : "rows " + std::to_string(from) + " to " + std::to_string(to) + " are";
}

chain_problem judge_end(const chain_look& seen, const head& before, const head& after) {
    if (seen.last < before.number) {
        return {seen.last + 1, rows(seen.last + 1, before.number) +
                                   " missing at the end: the head names row " +
                                   std::to_string(before.number)};
    }
    // The head is written after its row: it may be one behind, and not more.
    if (seen.last > after.number + 1) {
        return {after.number + 1, rows(after.number + 1, seen.last) +
                                      " not known to the head, which names row " +
                                      std::to_string(after.number) +
                                      ": they were written by something else, or the head is old"};
    }
    if (before.number >= seen.first && before.number > 0 && seen.head_row_hash != before.hash) {
        return {before.number, "row " + std::to_string(before.number) +
                                   " was replaced: the head names another hash for it"};
    }
    return {};
}

}  // namespace

journal_check judge(const chain_look& seen, const std::optional<head>& before,
                    const std::optional<head>& after) {
    journal_check check;
    check.rows = seen.last == 0 ? 0 : seen.last - seen.first + 1;
    check.summarised = seen.summary.last;
    check.head = seen.hash;
    auto problem = seen.problem;
    if (!problem && before && after) {
        problem = judge_end(seen, *before, *after);
    } else if (!before) {
        check.note =
            "there is no head file, or it is not whole: rows missing at the end would "
            "not be noticed";
    }
    check.is_whole = !problem;
    // A page of zeros is read as rows of the number 0.
    check.first_bad = problem ? std::max<std::int64_t>(problem.row, 1) : 0;
    check.problem = problem.what;
    return check;
}

}  // namespace lastcall::agent

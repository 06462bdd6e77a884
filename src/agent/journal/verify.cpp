#include "agent/journal/chain.hpp"
#include "agent/journal/judge.hpp"
#include "agent/journal/reading.hpp"
#include "sys/locked_file.hpp"

namespace lastcall::agent {

journal_check journal::verify(const std::string& file) {
    const auto alone = head_file::open_to_read(file);
    const auto before = alone.is_there() ? alone.read() : std::nullopt;
    if (sys::file_size(file) == 0 && before && before->number > 0) {
        return judge({}, before, before);
    }
    try {
        auto opened = open_to_look(file);
        const transaction look(opened.db, "begin");
        const auto seen = look_at(opened.db, before ? before->number : 0);
        return judge(seen, before, alone.is_there() ? alone.read() : std::nullopt);
    } catch (const journal_error& e) {
        if (e.why() != journal_error::kind::damaged) {
            throw;
        }
        journal_check check;
        check.first_bad = 1;
        check.problem = e.what();
        return check;
    }
}

std::vector<journal_row> journal::read_file(const std::string& file, const journal_query& query) {
    auto opened = open_to_look(file);
    return read_rows(opened.db, query);
}

}  // namespace lastcall::agent

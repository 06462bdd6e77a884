// The power fails: at every write of a recorded history, and with any part of what was not yet
// synced. What `append` had returned is there, or the journal says that it is damaged.
#include <gtest/gtest.h>

#include <random>

#include "agent_journal/folder.hpp"
#include "agent_journal/recording_disk.hpp"
#include "support/sanitized.hpp"

namespace lastcall::agent::testing {
namespace {

struct recorded {
    std::vector<disk_event> events;
    std::vector<journal_row> rows;
};

/// A journal is made, written, closed, opened again, summarised more than once.
recorded record() {
    const folder where;
    recorded result;
    recording_disk disk(where.head());
    for (int life = 0; life < 3; ++life) {
        journal j({where.file(), 64U << 10U});
        j.on_append([&](const journal_row& r) { result.rows.push_back(r); });
        for (int i = 0; i < 45; ++i) {
            j.append(row("deploy_state", "web", {{"text", std::string(900, 'x')}}));
            disk.tell(j.last_number());
        }
    }
    result.events = disk.events();
    for (auto& one : result.events) {
        one.file = std::filesystem::path(one.file).filename().string();
    }
    return result;
}

/// Opens what the power failure has left. Returns: what is wrong; empty: nothing.
std::string judge(const recorded& all, std::size_t end,
                  const std::map<std::string, std::string>& files) {
    const folder where;
    for (const auto& [name, bytes] : files) {
        put((where.path() / name).string(), bytes);
    }
    const auto& head = all.events[end].head;
    const auto told = all.events[end].told;
    if (!head.empty()) {
        put(where.head(), head);
    }
    try {
        journal j({where.file(), 64U << 10U});
        if (j.last_number() < told) {
            return "rows are lost without a word: " + std::to_string(j.last_number()) + " of " +
                   std::to_string(told);
        }
        if (j.last_number() > told + 2) {
            return "there are rows that were not begun";
        }
        for (const auto& r : j.read({})) {
            if (r.hash != all.rows.at(static_cast<std::size_t>(r.number - 1)).hash) {
                return "row " + std::to_string(r.number) + " is not what was written";
            }
        }
        j.append(row("agent_started"));
        const auto check = journal::verify(where.file());
        return check.is_whole ? "" : check.problem;
    } catch (const journal_error& e) {
        return std::string("an honest disk, and refused: ") + e.what();
    }
}

TEST(PowerFailure, AtEveryWriteLeavesEveryRowThatAppendHadReturned) {
    const auto all = record();
    ASSERT_GT(all.events.size(), 900U);
    ASSERT_GT(all.rows.size(), 135U) << "there were summaries";
    std::mt19937 dice(20261121);  // NOLINT: the same cases on every run
    std::size_t checked = 0;
    // Every third moment on each run of a pattern: all moments are covered by some pattern.
    for (std::size_t end = 1; end < all.events.size();
         end += lastcall::testing::is_sanitized ? 10 : 1) {
        const auto pattern = (end + checked) % 3;
        const auto files = disk_after(all.events, end, [&] {
            return pattern == 0 ? false : pattern == 1 ? true : dice() % 2 == 0;
        });
        const auto wrong = judge(all, end, files);
        ASSERT_EQ(wrong, "") << "before event " << end << " on " << all.events[end].file
                             << ", pattern " << pattern;
        ++checked;
    }
}

TEST(PowerFailure, ADiskThatIgnoresSyncsIsToldAsMissingRows) {
    const auto all = record();
    std::size_t damaged = 0;
    for (std::size_t end = 300; end < 400; ++end) {
        auto events = std::vector<disk_event>(all.events.begin(), all.events.begin() + 400);
        const auto from = std::max<std::size_t>(end, 60) - 60;
        for (auto i = from; i < end; ++i) {  // the last syncs were not done
            if (events[i].what == disk_event::kind::sync) {
                events[i].what = disk_event::kind::write;
                events[i].bytes.clear();
            }
        }
        const auto files = disk_after(events, end, [] { return false; });
        const auto wrong = judge(all, end, files);
        if (wrong.empty()) {
            continue;  // nothing was appended since the last sync that was done
        }
        ASSERT_NE(wrong.find("is damaged: "), std::string::npos) << wrong;
        ++damaged;
    }
    EXPECT_GT(damaged, 50U);
}

TEST(PowerFailure, ATornHeadLeavesTheOneBefore) {
    const folder written;
    std::string before;
    std::string after;
    {
        journal j({written.file()});
        fill(j, 9);
        before = contents(written.head());
        fill(j, 1);
        after = contents(written.head());
        const folder torn;
        for (std::size_t cut = 0; cut <= after.size(); ++cut) {
            copy_journal(written, torn);
            put(torn.head(), after.substr(0, cut) + before.substr(std::min(cut, before.size())));
            const auto check = journal::verify(torn.file());
            ASSERT_TRUE(check.is_whole) << cut << check.problem;
            ASSERT_EQ(check.rows, 10);
        }
    }
}

}  // namespace
}  // namespace lastcall::agent::testing

#include "agent/engine/host.hpp"

#include <cstdio>

#include "sys/clock.hpp"

namespace lastcall::agent {

bool host::note(journal_row row) {
    if (book == nullptr) {
        return false;
    }
    try {
        book->append(std::move(row));
        if (!journal_is_good) {
            std::fputs("lastcall: the journal can be written again\n", stderr);
        }
        journal_is_good = true;
        return true;
    } catch (const journal_error& e) {
        if (journal_is_good) {
            std::fprintf(stderr,
                         "lastcall: THE JOURNAL CANNOT BE WRITTEN: %s\n"
                         "lastcall: services run on, deploys are refused until it can\n",
                         e.what());
        }
        journal_is_good = false;
        return false;
    }
}

std::chrono::nanoseconds boot_now() { return sys::boottime_now(); }

std::chrono::nanoseconds wall_now() { return std::chrono::system_clock::now().time_since_epoch(); }

}  // namespace lastcall::agent

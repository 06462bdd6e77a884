#include "agent/engine/screen.hpp"

#include <array>
#include <cstdio>
#include <system_error>

#include "agent/story/event.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;

namespace {

constexpr auto look_every = 100ms;  ///< at most, and only while something is written
constexpr std::size_t longest_line = 4096;

void print(const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

}  // namespace

screen::screen(boost::asio::io_context& loop, commands& of,
               const std::vector<std::string>& services, const std::string& log_folder)
    : timer_(loop), changed_(loop) {
    try {
        watch_.emplace(log_folder);
        changed_.assign(watch_->fd());
    } catch (const std::system_error&) {
        watch_.reset();  // then it looks whether there is something or not
    }
    for (const auto& name : services) {
        logs_.push_back({.service = name, .path = log_folder + "/" + name + ".log"});
        if (const auto now = sys::facts_of(logs_.back().path)) {
            logs_.back().file = sys::readable_file(logs_.back().path);
            logs_.back().offset = now->size;
        }
    }
    following_ = of.follow([this](const journal_row& row) { show(row); });
    look();
}

/// What was printed while everything stopped is shown as well.
screen::~screen() {
    for (auto& one : logs_) {
        read_on(one);
    }
    changed_.release();
}

void screen::show(const journal_row& row) {
    if (row.kind != "service_state") {  // for an agent after this one
        print(story::event_text(row, zone_) + "\n");
    }
}

void screen::look() {
    for (auto& one : logs_) {
        const auto now = sys::facts_of(one.path);
        const bool is_other = now && one.file && !now->is_same_file(one.file.facts());
        if (one.file) {
            read_on(one);  // also the rest of what was rotated
        }
        if (now && (is_other || !one.file)) {
            one.file = sys::readable_file(one.path);
            one.offset = 0;
            read_on(one);
        }
    }
    timer_.expires_after(look_every);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) {
            wait_for_change();
        }
    });
}

void screen::wait_for_change() {
    if (!watch_) {
        return look();
    }
    changed_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [this](boost::system::error_code cancelled) {
                            if (!cancelled) {
                                watch_->take();
                                look();
                            }
                        });
}

void screen::read_on(log& one) {
    std::array<char, 16384> text;
    std::string shown;
    while (const auto size = one.file.read_at(one.offset, text.data(), text.size())) {
        one.offset += size;
        for (std::size_t i = 0; i < size; ++i) {
            if (text[i] != '\n' && one.line.size() < longest_line) {
                one.line += text[i];
                continue;
            }
            shown += one.service + " | " + one.line + "\n";
            one.line.clear();
        }
    }
    if (!shown.empty()) {
        print(shown);
    }
}

}  // namespace lastcall::agent

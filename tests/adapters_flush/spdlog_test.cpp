#include <gtest/gtest.h>
#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <csignal>
#include <lastcall/flush_spdlog.hpp>
#include <mutex>
#include <semaphore>
#include <string>
#include <vector>

#include "adapters_redis/child_process.hpp"
#include "adapters_temp_files/scratch.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child_process;
using testing::drain_kind;
using testing::read_file;
using testing::scratch;
using testing::voice;
using violations = std::vector<std::string>;

lifecycle_options quiet(std::chrono::milliseconds grace = 20s) {
    return {.service = "test", .grace = grace, .log = [](std::string_view) {}};
}

/// Writes a line only when it is let, one permit for each, and forever when closed.
class slow_sink : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit slow_sink(const std::string& path) : to_(path) {}
    void permit(int lines) { permits_.release(lines); }

protected:
    void sink_it_(const spdlog::details::log_msg& line) override {
        permits_.acquire();
        to_.log(line);
    }
    void flush_() override { to_.flush(); }

private:
    std::counting_semaphore<> permits_{0};
    spdlog::sinks::basic_file_sink_st to_;
};

std::size_t lines_in(const std::string& path) {
    const std::string content = read_file(path);
    return static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n'));
}

/// A sync and an async logger with lines that are not on the disk, and a stop.
violations stop_with_buffered_lines(drain_kind how) {
    const scratch place;
    child_process service([&](const voice& parent) {
        lifecycle life(quiet());
        flush_spdlog(life);
        auto direct = spdlog::basic_logger_mt("direct", place / "direct");
        spdlog::init_thread_pool(1'000, 1);
        auto sink = std::make_shared<slow_sink>(place / "queued");
        auto queued = std::make_shared<spdlog::async_logger>("queued", sink, spdlog::thread_pool());
        spdlog::register_logger(queued);
        for (int i = 0; i < 500; ++i) {
            direct->info("line {}", i);
            queued->info("line {}", i);
        }
        life.ready();
        parent.say("ready");
        if (how == drain_kind::nothing) {
            testing::wait_until_fired(life.stopping());
            std::_Exit(0);
        }
        const std::stop_callback let(life.stopping(), [&] { sink->permit(500); });
        const int status = life.run().exit_code();
        direct->info("a direct logger still works");
        direct->flush();
        return status;
    });
    service.hear();
    service.signal(SIGTERM);
    violations found;
    if (const int status = service.wait(); status != 0) {
        found.push_back("exit status " + std::to_string(status));
    }
    if (const std::size_t lines = lines_in(place / "direct"); lines != 501) {
        found.push_back("direct has " + std::to_string(lines) + " lines");
    }
    if (const std::size_t lines = lines_in(place / "queued"); lines != 500) {
        found.push_back("queued has " + std::to_string(lines) + " lines");
    }
    return found;
}

TEST(FlushSpdlog, WritesWhatIsBufferedAndWhatIsQueued) {
    EXPECT_EQ(stop_with_buffered_lines(drain_kind::lifecycle), violations{});
}

TEST(FlushSpdlog, AStopThatFlushesNothingIsFoundOut) {
    EXPECT_NE(stop_with_buffered_lines(drain_kind::nothing), violations{});
}

TEST(FlushSpdlog, EndsInItsShareWhenASinkBlocksForeverAndFlushesTheOthers) {
    const scratch place;
    child_process service([&](const voice& parent) {
        lifecycle_options options = quiet(1'500ms);
        options.reserve = 500ms;
        options.on_report = [&](const report& done) { parent.say(done.steps.at(0).error); };
        lifecycle life(std::move(options));
        flush_spdlog(life);
        auto direct = spdlog::basic_logger_mt("direct", place / "direct");
        direct->info("written all the same");
        auto sink = std::make_shared<slow_sink>(place / "stuck");
        spdlog::init_thread_pool(1, 1);
        // The queue has room for one line: the flush cannot even be posted.
        auto stuck = std::make_shared<spdlog::async_logger>("stuck", sink, spdlog::thread_pool(),
                                                            spdlog::async_overflow_policy::block);
        spdlog::register_logger(stuck);
        stuck->info("taken by the pool's thread");
        stuck->info("fills the queue");
        life.ready();
        parent.say("ready");
        life.run_and_exit();
        return 0;
    });
    ASSERT_EQ(service.hear(), "ready");
    service.signal(SIGTERM);
    EXPECT_EQ(service.hear(), "not flushed in time: 'stuck'");
    EXPECT_NE(service.wait(), 0);
    EXPECT_EQ(lines_in(place / "direct"), 1U);
}

}  // namespace
}  // namespace lastcall

// The log of a service: its tail, and what follows across rotations.
#include "agent/api/logs.hpp"

#include <fstream>

#include "agent_api/api_fixture.hpp"

namespace lastcall::agent::testing {
namespace {

using namespace std::chrono_literals;

class Logs : public api_fixture {
protected:
    Logs() {
        options.look_at_logs_every = 5ms;
        write(path(1), "one\ntwo\n");
        write(path(0), "three\nfour\n");
        engine.set_log_files({path(1), path(0)});
    }

    [[nodiscard]] std::string path(int age) const {
        return folder.path + "/web.log" + (age == 0 ? "" : "." + std::to_string(age));
    }
    static void write(const std::string& to, const std::string& text) {
        std::ofstream(to, std::ios::app) << text << std::flush;
    }
    void rotate() {
        std::rename(path(1).c_str(), path(2).c_str());
        std::rename(path(0).c_str(), path(1).c_str());
        write(path(0), "");
    }
    std::string tail(std::size_t lines) {
        return plain(
            ask({.target = "/v1/services/web/logs?tail=" + std::to_string(lines), .more = ""}));
    }
    // Of HTTP/1.1 in one or more chunks; the texts here have no CR.
    static std::string plain(const answer& got) {
        std::string made;
        for (std::size_t at = 0; at < got.body.size();) {
            const std::size_t line = got.body.find("\r\n", at);
            const std::size_t size = std::stoul(got.body.substr(at, line - at), nullptr, 16);
            made += got.body.substr(line + 2, size);
            at = line + 2 + size + 2;
        }
        return made;
    }
};

TEST_F(Logs, TheTailGoesBackOverTheFiles) {
    serve();
    EXPECT_EQ(tail(0), "");
    EXPECT_EQ(tail(1), "four\n");
    EXPECT_EQ(tail(2), "three\nfour\n");
    EXPECT_EQ(tail(3), "two\nthree\nfour\n");
    EXPECT_EQ(tail(4), "one\ntwo\nthree\nfour\n");
    EXPECT_EQ(tail(100), "one\ntwo\nthree\nfour\n");
    write(path(0), "no newline yet");
    EXPECT_EQ(tail(1), "no newline yet");
    EXPECT_EQ(tail(2), "four\nno newline yet");
}

TEST_F(Logs, TheTailOfOneLongFileIsExact) {
    std::string all;
    for (int i = 0; i < 50'000; ++i) {
        all += "line " + std::to_string(i) + "\n";
    }
    write(path(0), all);
    serve();
    for (const std::size_t lines : {std::size_t{1}, std::size_t{9'999}, std::size_t{50'000}}) {
        const std::string first = "line " + std::to_string(50'000 - lines) + "\n";
        const std::string got = tail(lines);
        EXPECT_TRUE(got.starts_with(first)) << lines << got.substr(0, 40);
        EXPECT_EQ(got, all.substr(all.find(first)));
    }
}

TEST_F(Logs, TheSearchForATailIsBounded) {
    const std::string big = folder.path + "/big";
    std::ofstream(big) << std::string(20U << 20U, 'x');
    std::deque<sys::readable_file> files;
    files.emplace_back(big);
    const log_place place = find_tail(files, 1);
    EXPECT_EQ(place.offset, (20U << 20U) - (8U << 20U));
}

TEST_F(Logs, WithoutAFileThereIsNoText) {
    engine.set_log_files({});
    serve();
    EXPECT_EQ(tail(10), "");
    engine.set_log_files({folder.path + "/gone"});
    EXPECT_EQ(tail(10), "");
}

TEST_F(Logs, WhatIsWrittenLaterFollows) {
    serve();
    local_client one(options.socket);
    ASSERT_TRUE(one.send(question{.target = "/v1/services/web/logs?tail=1&follow=1"}.text()));
    ASSERT_TRUE(one.until("four\n"));
    EXPECT_EQ(one.count("three"), 0);
    write(path(0), "five\n");
    EXPECT_TRUE(one.until("five\n"));
}

TEST_F(Logs, RotationsLoseAndDoubleNothing) {
    serve();
    local_client one(options.socket);
    ASSERT_TRUE(one.send(question{.target = "/v1/services/web/logs?tail=0&follow=1"}.text()));
    ASSERT_TRUE(one.until("\r\n\r\n"));
    engine.set_log_files({path(2), path(1), path(0)});
    write(path(0), "begin\n");
    ASSERT_TRUE(one.until("begin\n"));
    for (int i = 0; i < 6; ++i) {
        const std::string n = std::to_string(i);
        write(path(0), "last of " + n + "\n");
        rotate();
        write(path(0), "first after " + n + "\n");
        // The follower is behind by two files at most: more are not kept.
        ASSERT_TRUE(one.until("first after " + n + "\n"));
    }
    for (int i = 0; i < 6; ++i) {
        EXPECT_EQ(one.count("last of " + std::to_string(i) + "\n"), 1) << i;
        EXPECT_EQ(one.count("first after " + std::to_string(i) + "\n"), 1) << i;
    }
    EXPECT_EQ(one.count("missing"), 0);
}

TEST_F(Logs, AFileThatIsCutOffInPlaceIsReadFromItsBegin) {
    serve();
    local_client one(options.socket);
    ASSERT_TRUE(one.send(question{.target = "/v1/services/web/logs?tail=1&follow=1"}.text()));
    ASSERT_TRUE(one.until("four\n"));
    std::ofstream(path(0), std::ios::trunc) << "new\n" << std::flush;
    EXPECT_TRUE(one.until("new\n"));
}

TEST_F(Logs, LinesThatWereRotatedAwayAreToldAbout) {
    serve();
    local_client one(options.socket);
    ASSERT_TRUE(one.send(question{.target = "/v1/services/web/logs?tail=1&follow=1"}.text()));
    ASSERT_TRUE(one.until("four\n"));
    const std::string next = folder.path + "/next.log";
    write(next, "much later\n");
    engine.set_log_files({next});
    ASSERT_EQ(::unlink(path(0).c_str()), 0);
    EXPECT_TRUE(one.until("much later\n"));
    EXPECT_EQ(one.count("lines are missing here"), 1);
}

TEST_F(Logs, ALogThatComesLaterIsFollowedFromItsBegin) {
    engine.set_log_files({});
    serve();
    local_client one(options.socket);
    ASSERT_TRUE(one.send(question{.target = "/v1/services/web/logs?follow=1"}.text()));
    ASSERT_TRUE(one.until("\r\n\r\n"));
    engine.set_log_files({path(0)});
    EXPECT_TRUE(one.until("three\nfour\n"));
}

}  // namespace
}  // namespace lastcall::agent::testing

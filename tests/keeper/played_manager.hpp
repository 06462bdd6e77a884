// A service manager with a store for descriptors, sd_notify(3), played by the test.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include "keeper/keeper_lab.hpp"
#include "sys/process/service_start.hpp"
#include "sys/socket/datagram.hpp"

namespace lastcall::test {

class played_manager {
public:
    played_manager() {
        if (inbox_.open() != 0) {
            throw std::runtime_error("no socket to be told at");
        }
        ::setenv("NOTIFY_SOCKET", std::string(inbox_.name()).c_str(), 1);
    }
    played_manager(const played_manager&) = delete;
    played_manager& operator=(const played_manager&) = delete;
    ~played_manager() {
        for (const auto* const name : {"NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
            ::unsetenv(name);
        }
    }

    /// Takes what was said. Returns: the names in the store.
    std::set<std::string> names() {
        std::array<char, 4096> text;
        sys::fd_batch given;
        for (;;) {
            const auto got = inbox_.receive(text, given);
            if (got.what != sys::datagram_inbox::outcome::message) {
                break;
            }
            take({text.data(), got.size}, given);
        }
        std::set<std::string> all;
        for (const auto& [name, fd] : store_) {
            all.insert(name);
        }
        return all;
    }
    bool has(const std::string& name) { return names().contains(name); }
    void drop(const std::string& name) {
        names();
        store_.erase(name);
    }
    /// As a socket unit passes one.
    void add(const std::string& name, sys::unique_fd fd) { store_[name] = std::move(fd); }
    [[nodiscard]] int fd_of(const std::string& name) { return store_.at(name).get(); }

    /// What a keeper that is started now finds: for keeper_lab's child, and before it is made.
    std::function<void()> gives() {
        return [this] { give(); };
    }
    /// Before each start.
    void prepare() {
        names();
        std::string all;
        for (const auto& [name, fd] : store_) {
            all += (all.empty() ? "" : ":") + name;
        }
        ::setenv("LISTEN_FDS", std::to_string(store_.size()).c_str(), 1);
        ::setenv("LISTEN_FDNAMES", all.c_str(), 1);
    }

private:
    void take(std::string_view text, sys::fd_batch& given) {
        std::map<std::string, std::string, std::less<>> fields;
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            const auto line = text.substr(0, end);
            const auto equals = std::min(line.find('='), line.size());
            fields[std::string(line.substr(0, equals))] =
                line.substr(std::min(equals + 1, line.size()));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        if (fields["FDSTOREREMOVE"] == "1") {
            EXPECT_EQ(store_.erase(fields["FDNAME"]), 1U) << fields["FDNAME"] << " was not there";
        } else if (fields["FDSTORE"] == "1") {
            EXPECT_EQ(given.size(), 1U) << fields["FDNAME"];
            EXPECT_EQ(fields["FDPOLL"], "0");
            EXPECT_FALSE(store_.contains(fields["FDNAME"])) << fields["FDNAME"] << " came again";
            store_[fields["FDNAME"]] = sys::copy_descriptor(given.view().front());
        }
    }

    /// In the child: the store becomes its descriptors 3, 4, ...
    void give() const {
        constexpr int first = 3, out_of_the_way = 300;
        std::vector<int> lifted;
        for (const auto& [name, fd] : store_) {
            lifted.push_back(::fcntl(fd.get(), F_DUPFD_CLOEXEC, out_of_the_way));
        }
        for (std::size_t i = 0; i < lifted.size(); ++i) {
            ::dup2(lifted[i], first + static_cast<int>(i));
        }
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    }

    sys::datagram_inbox inbox_;
    std::map<std::string, sys::unique_fd> store_;
};

}  // namespace lastcall::test

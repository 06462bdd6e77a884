#include "service.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace faulty {

signpost::signpost() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
}

signpost::~signpost() { ::close(fd_); }

void signpost::raise() noexcept {
    up_ = true;
    ::eventfd_write(fd_, 1);
}

service::service(const options& given) : told(given), truth(given.truth) {
    std::ifstream kept(told.orders);
    for (std::string id; std::getline(kept, id);) {
        ids_.insert(id);
    }
}

bool service::strikes(const std::string& method, const std::string& path) {
    if (!strikes_requests(told.what) || path != told.target ||
        (told.after_signal_only && !stopping.is_up())) {
        return false;
    }
    const bool of_effects = told.what == fault::lost_effect || told.what == fault::unclaimed_effect;
    return (!of_effects || method == "POST") && strikes_next();
}

bool service::is_ready() const {
    if (!stopping.is_up()) {
        return true;
    }
    if (told.what != fault::slow_readiness) {
        return false;
    }
    return told.unready_after.count() < 0 ||
           std::chrono::steady_clock::now() < stop_begun() + told.unready_after;
}

moment service::stop_begun() const {
    const std::lock_guard lock(mutex_);
    return stop_begun_ == moment{} ? std::chrono::steady_clock::now() : stop_begun_;
}

void service::begin_stop() {
    {
        const std::lock_guard lock(mutex_);
        stop_begun_ = std::chrono::steady_clock::now();
    }
    stopping.raise();
}

void service::keep_order(const std::string& id) {
    const std::lock_guard lock(mutex_);
    ids_.insert(id);
    if (!told.orders.empty()) {
        std::ofstream(told.orders, std::ios::app) << id + "\n" << std::flush;
    }
}

std::string service::orders() const {
    const std::lock_guard lock(mutex_);
    std::string json = "{\"orders\":[";
    for (const auto& id : ids_) {
        json += (json.back() == '[' ? "\"" : ",\"") + id + "\"";
    }
    return json + "]}";
}

void service::connection_begun() {
    const std::lock_guard lock(mutex_);
    ++connections_;
}

void service::connection_ended() {
    const std::lock_guard lock(mutex_);
    --connections_;
    changed_.notify_all();
}

bool service::wait_for_connections(moment until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] { return connections_ == 0; });
}

int service::connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
}

}  // namespace faulty

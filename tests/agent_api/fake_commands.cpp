#include "agent_api/fake_commands.hpp"

#include <algorithm>

namespace lastcall::agent::testing {

using namespace std::chrono_literals;

namespace {

constexpr auto moment = std::chrono::nanoseconds(1'795'248'900'250'000'000);  // 2026-11-21

service_view make_service(const std::string& name) {
    service_view made;
    made.name = name;
    made.state = service_state::ready;
    generation_view g;
    g.number = 3;
    g.role = "current";
    g.state = "ready";
    g.pid = 100;
    g.main_pid = 101;
    g.command = {"./server", "--port", "8080"};
    g.digest = "sha256:abc";
    g.started = moment;
    g.ready_after = 120ms;
    g.resident_bytes = 1 << 20;
    g.status = "no UTF-8: \xff";
    made.generations.push_back(g);
    made.sockets.push_back({"http", "tcp:127.0.0.1:8080", "intercept", 2});
    made.restarts = 2;
    made.log_dropped = 7;
    return made;
}

}  // namespace

fake_commands::fake_commands() {
    view_.version = "1.2.3";
    view_.pid = 10;
    view_.keeper_pid = 9;
    view_.home = "/var/lib/lastcall";
    view_.started = moment;
    view_.services = {make_service("web"), make_service("worker")};
    engine_ = std::thread([this] { run(); });
}

fake_commands::~fake_commands() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
        holds_ = false;
    }
    changed_.notify_all();
    engine_.join();
}

void fake_commands::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ends_ || (!queue_.empty() && !holds_); });
        if (queue_.empty()) {
            return;
        }
        const auto work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        // Whoever was answered may come back while what has answered is still there.
        std::this_thread::sleep_for(5ms);
        lock.lock();
    }
}

template <class Value, class Make>
void fake_commands::answer_later(answer<Value> to, Make make) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back([this, to = std::move(to), make]() mutable {
            Value value;
            std::exception_ptr error;
            try {
                const std::lock_guard inside(mutex_);
                if (refuses_) {
                    throw *refuses_;
                }
                value = make();
            } catch (...) {
                error = std::current_exception();
            }
            to(value, error);
        });
    }
    changed_.notify_all();
}

service_view& fake_commands::service(const std::string& name) {
    for (service_view& one : view_.services) {
        if (one.name == name) {
            return one;
        }
    }
    throw refusal(refusal::kind::not_found, "there is no service \"" + name + "\"",
                  "there are: web, worker");
}

void fake_commands::note(const std::string& what, const actor& who) {
    seen_.calls.push_back(what + " by " + who.text());
    seen_.actors.push_back(who);
}

deploy_view fake_commands::new_deploy(const std::string& name, const actor& who) {
    deploy_view made;
    made.number = static_cast<std::int64_t>(deploys_.size()) + 1;
    made.service = service(name).name;
    made.from = 3;
    made.to = 4;
    made.state = core::deploy_state::planned;
    made.reason = "waits for an approval";
    made.asked_by = who;
    made.command = {"./server-v2"};
    made.digest = "sha256:of-" + std::to_string(made.number);
    made.asked = moment;
    made.expires = moment + 24h;
    made.approvers = {"alice"};
    made.entered = {{core::deploy_state::planned, moment}};
    deploys_[made.number] = made;
    return made;
}

void fake_commands::show(answer<agent_view> to) {
    answer_later(std::move(to), [this] { return view_; });
}

void fake_commands::show_deploy(std::int64_t number, answer<deploy_view> to) {
    answer_later(std::move(to), [this, number] {
        const auto found = deploys_.find(number);
        if (found == deploys_.end()) {
            throw refusal(refusal::kind::not_found, "there is no deploy " + std::to_string(number));
        }
        return found->second;
    });
}

template <class Make>
void fake_commands::change(const std::string& what, const actor& who, answer<deploy_view> to,
                           Make make) {
    answer_later(std::move(to), [this, what, who, make] {
        const deploy_view made = make();
        note(what, who);
        return made;
    });
}

void fake_commands::deploy(deploy_request what, actor who, answer<deploy_view> to) {
    change("deploy " + what.service, who, std::move(to), [this, what, who] {
        deploy_view made = new_deploy(what.service, who);
        seen_.deploys.push_back(what);
        made.note = what.note;
        return made;
    });
}

void fake_commands::approve(std::int64_t number, actor who, answer<deploy_view> to) {
    change("approve " + std::to_string(number), who, std::move(to), [this, number, who] {
        deploy_view& one = deploys_.at(number);
        one.state = core::deploy_state::approved;
        one.decided_by = who;
        return one;
    });
}

void fake_commands::reject(std::int64_t number, actor who, std::string why,
                           answer<deploy_view> to) {
    change("reject " + std::to_string(number) + " (" + why + ")", who, std::move(to),
           [this, number, who] {
               if (!deploys_.contains(number)) {
                   throw refusal(refusal::kind::not_found, "there is no such deploy");
               }
               deploys_[number].state = core::deploy_state::rejected;
               return deploys_[number];
           });
}

void fake_commands::rollback(std::string name, actor who, answer<deploy_view> to) {
    change("rollback " + name, who, std::move(to), [this, name, who] {
        deploy_view made = new_deploy(name, who);
        made.is_rollback = true;
        return made;
    });
}

void fake_commands::restart(std::string name, actor who, answer<deploy_view> to) {
    change("restart " + name, who, std::move(to),
           [this, name, who] { return new_deploy(name, who); });
}

void fake_commands::start(std::string name, actor who, answer<service_view> to) {
    answer_later(std::move(to), [this, name, who] {
        note("start " + service(name).name, who);
        return service(name);
    });
}

void fake_commands::stop(std::string name, actor who, answer<service_view> to) {
    answer_later(std::move(to), [this, name, who] {
        note("stop " + service(name).name, who);
        return service(name);
    });
}

void fake_commands::stop_all(actor who, answer<agent_view> to) {
    answer_later(std::move(to), [this, who] {
        note("stop", who);
        return view_;
    });
}

void fake_commands::apply(host_spec what, actor who, answer<agent_view> to) {
    answer_later(std::move(to), [this, what, who] {
        note("apply " + what.file, who);
        seen_.applied = what;
        return view_;
    });
}

void fake_commands::upgrade(std::string directory, actor who, answer<agent_view> to) {
    answer_later(std::move(to), [this, directory, who] {
        note("upgrade " + directory, who);
        return view_;
    });
}

std::vector<journal_row> fake_commands::history(const journal_query& query) {
    const std::lock_guard lock(mutex_);
    std::vector<journal_row> found;
    for (const journal_row& row : rows_) {
        const bool is_kind =
            query.kinds.empty() ||
            std::find(query.kinds.begin(), query.kinds.end(), row.kind) != query.kinds.end();
        if (row.number > query.after && is_kind &&
            (query.service.empty() || row.service == query.service) &&
            (query.deploy == 0 || row.deploy == query.deploy)) {
            found.push_back(row);
        }
    }
    if (query.newest_first) {
        std::reverse(found.begin(), found.end());
    }
    found.resize(std::min(found.size(), query.most));
    return found;
}

std::shared_ptr<void> fake_commands::follow(std::function<void(const journal_row&)> listener) {
    const std::lock_guard listening(listening_);
    const int number = next_listener_++;
    listeners_[number] = std::move(listener);
    return {nullptr, [this, number](void*) {
                const std::lock_guard inside(listening_);
                listeners_.erase(number);
            }};
}

std::vector<std::string> fake_commands::log_files(const std::string& name) {
    const std::lock_guard lock(mutex_);
    static_cast<void>(service(name));
    return log_files_;
}

std::int64_t fake_commands::append(journal_row row) {
    const std::lock_guard listening(listening_);
    {
        const std::lock_guard lock(mutex_);
        row.number = static_cast<std::int64_t>(rows_.size()) + 1;
        row.at = moment + std::chrono::milliseconds(row.number);
        row.since_boot = 5s;
        row.boot = "b0";
        row.hash = "h" + std::to_string(row.number);
        rows_.push_back(row);
    }
    for (const auto& [number, listener] : listeners_) {
        listener(row);
    }
    return row.number;
}

std::int64_t fake_commands::add_row(const std::string& kind, const std::string& name,
                                    nlohmann::json fields) {
    journal_row row;
    row.kind = kind;
    row.service = name;
    row.fields = std::move(fields);
    return append(std::move(row));
}

void fake_commands::add_deploy_asked(const std::string& name, std::int64_t deploy, const actor& who,
                                     const std::string& key) {
    journal_row row;
    row.kind = "deploy_asked";
    row.service = name;
    row.deploy = deploy;
    row.who = who;
    row.fields = {{"idempotency_key", key}};
    append(std::move(row));
}

void fake_commands::refuse_with(std::optional<refusal> how) {
    const std::lock_guard lock(mutex_);
    refuses_ = std::move(how);
}

void fake_commands::hold() {
    const std::lock_guard lock(mutex_);
    holds_ = true;
}

void fake_commands::release() {
    {
        const std::lock_guard lock(mutex_);
        holds_ = false;
    }
    changed_.notify_all();
}

void fake_commands::wait_for_held() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 10s, [this] { return !queue_.empty(); });
}

void fake_commands::set_service_state(const std::string& name, service_state to) {
    const std::lock_guard lock(mutex_);
    service(name).state = to;
}

void fake_commands::set_log_files(std::vector<std::string> files) {
    const std::lock_guard lock(mutex_);
    log_files_ = std::move(files);
}

fake_commands::seen fake_commands::what_was_seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
}

}  // namespace lastcall::agent::testing

// The keeper becomes another version of itself, in place: the same process, the same children,
// the same descriptors. First the new program reads a copy of the state, apart; then this
// process executes it; and if it cannot go on there, the old program comes back.
#include <cerrno>

#include "keeper/keeper.hpp"
#include "keeper/state.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/output.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/way_back.hpp"
#include "sys/sealed_memory.hpp"

namespace lastcall::keeper {

using namespace std::chrono_literals;

namespace {

constexpr time to_try = 5s;
constexpr std::chrono::seconds to_prove_itself = 5s;
constexpr std::size_t longest_state = 64U << 20U;
constexpr std::size_t longest_answer = 4096;

int number_in(const wire::keeper_message& item, std::string_view name) {
    return static_cast<int>(item.number(name).value_or(-1));
}

/// All that the state names stays open across execve(2).
void keep_descriptors(const state_items& items) {
    for (const auto& item : items) {
        for (const auto* const name : {"fd", "fd_log", "fd_notify", "fd_report", "live", "lock_fd",
                                       "agent_fd", "old_program", "fd_intercept"}) {
            for (const auto& text : item.all(name)) {
                if (const int fd = std::atoi(text.c_str()); fd > 2) {
                    sys::keep_on_exec(fd);
                }
            }
        }
    }
}

}  // namespace

int try_state(int fd) {
    const auto text = sys::read_sealed(fd, longest_state);
    const auto items = text ? decode_state(*text) : std::nullopt;
    if (!items) {
        sys::write_without_waiting(2,
                                   "lastcall-keeper: --try-state: this state is not one that "
                                   "this version understands\n");
        return status_failed;
    }
    sys::write_without_waiting(1, state_summary(*items));
    return 0;
}

std::vector<wire::keeper_message> keeper::collect_state() {
    message self("keeper");
    self.add("version", state_version)
        .add("program", LASTCALL_VERSION)
        .add("init", what_.init)
        .add("grace_ns", what_.grace.value_or(default_grace).count())
        .add("lock_fd", what_.lock_fd)
        .add("boot_id", boot_id_)
        .add("started_ns", started_ns_)
        .add("mask", static_cast<std::int64_t>(signals_.before().mask))
        .add("child_was_ignored", signals_.before().child_was_ignored ? 1 : 0)
        .add("agent_pid", agent_.pid())
        .add("agent_fd", agent_.channel().fd())
        .add("plan_grace_ns", plan_grace_.count());
    for (const auto& word : agent_.argv()) {
        self.add("agent", word);
    }
    for (const auto& services : plan_) {
        std::string names;
        for (const auto& name : services) {
            names += (names.empty() ? "" : ",") + name;
        }
        self.add("stage", names);
    }
    for (const auto& one : live_) {
        self.add("live", one.fd());
    }
    state_items items{self};
    for (const auto& [name, one] : services_) {
        items.push_back(state_of(one));
        for (const auto& [socket, listener] : one.sockets) {
            items.push_back(state_of(name, socket, listener));
        }
        for (const auto& [socket, port] : one.ports) {
            items.push_back(state_of(name, socket, port));
        }
        for (const auto& [number, each] : one.generations) {
            items.push_back(state_of(*each));
        }
    }
    for (auto& item : store_.state()) {
        items.push_back(std::move(item));
    }
    return items;
}

void keeper::on_upgrade(const message& asked, descriptors& given) {
    if (stop_ != stage::none) {
        throw request_error(ESHUTDOWN, "the keeper was told to stop");
    }
    if (upgrade_ || agent_.is_on_probation()) {
        throw request_error(EBUSY, "an upgrade is under way already");
    }
    if (given.empty()) {
        throw request_error(EBADF, "`upgrade` needs the new lastcall-keeper as a descriptor");
    }
    for_each_generation([](generation& one) {
        if (!one.is_executed) {
            throw request_error(EBUSY, one.service + " " + std::to_string(one.number) +
                                           " is being started; ask again when that is answered");
        }
    });
    upgrade next;
    next.id = asked.text("id");
    next.options = asked.all("argv");
    next.program = std::move(given.front());
    const auto items = collect_state();
    next.expected = state_summary(items);
    const auto state = sys::seal_text(encode_state(items));
    auto output = sys::make_log_pipe(longest_answer);
    sys::service_start what;
    what.argv = {"lastcall-keeper"};
    what.argv.insert(what.argv.end(), next.options.begin(), next.options.end());
    what.argv.insert(what.argv.end(), {"--try-state", "3"});
    what.environment = environment_;
    what.program = next.program.get();
    what.keeps = {state.get()};
    what.output = output.writer.get();
    auto trial = sys::start_service(what, signals_);
    if (!state || trial.error != 0) {
        throw request_error(trial.error != 0 ? trial.error : ENOMEM,
                            "cannot try the new lastcall-keeper");
    }
    next.trial = trial.pid;
    next.handle = std::move(trial.handle);
    next.output = std::move(output.reader);
    next.until = sys::monotonic_now() + to_try;
    upgrade_ = std::move(next);
}

void keeper::trial_ended(const sys::child_end& how) {
    std::string said(longest_answer, '\0');
    const auto got = sys::read_now(upgrade_->output.get(), said.data(), said.size());
    said.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    const upgrade asked = std::move(*upgrade_);
    upgrade_.reset();
    const auto refuse = [&](int error, const std::string& why) {
        tell(message("failed")
                 .add("id", asked.id)
                 .add("word", "upgrade")
                 .add("error", error)
                 .add("why", why));
    };
    if (how.killed || how.status != 0 || said != asked.expected) {
        std::erase_if(said, [](char c) { return c == '\0'; });
        refuse(EPROTO,
               "the new lastcall-keeper did not understand the state; nothing has "
               "changed. It said: " +
                   said);
        return;
    }
    if (stop_ != stage::none || agent_.channel().has_queued()) {
        refuse(EAGAIN, "something came between; ask again");
        return;
    }
    refuse(become_next(asked), "the new lastcall-keeper cannot be executed; nothing has changed");
}

/// Returns only when it fails: errno.
int keeper::become_next(const upgrade& next) {
    auto items = collect_state();
    const auto own = sys::open_own_program();
    auto& self = items.front();
    self.add("upgrade_id", next.id).add("old_program", own.get());
    // The number of the state's own descriptor is known only after it is sealed; it is passed
    // on the command line.
    const auto state = sys::seal_text(encode_state(items));
    if (!own || !state) {
        return errno;
    }
    keep_descriptors(items);
    sys::keep_on_exec(state.get());
    std::vector<std::string> argv{"lastcall-keeper"};
    argv.insert(argv.end(), next.options.begin(), next.options.end());
    argv.insert(argv.end(), {"--state-fd", std::to_string(state.get())});
    const int error = sys::become(next.program.get(), argv, environment_);
    sys::close_on_exec_from(3);
    return error;
}

bool keeper::restore(const std::vector<message>& items) {
    const auto& self = items.front();
    const time now = sys::monotonic_now();
    if (what_.init.empty()) {
        what_.init = self.text("init");
    }
    if (!what_.grace) {
        what_.grace = time(self.number("grace_ns").value_or(default_grace.count()));
    }
    what_.lock_fd = number_in(self, "lock_fd");
    boot_id_ = self.text("boot_id");
    started_ns_ = self.number("started_ns").value_or(0);
    signals_.set_before({static_cast<std::uint64_t>(self.number("mask").value_or(0)),
                         self.number("child_was_ignored").value_or(0) != 0});
    plan_grace_ = time(self.number("plan_grace_ns").value_or(0));
    set_plan(self.all("stage"));
    agent_ = agent_process(self.all("agent"), environment_);
    if (const int pid = number_in(self, "agent_pid"); pid > 0) {
        agent_.take_over(pid, sys::unique_fd(number_in(self, "agent_fd")), now);
    }
    live_.clear();
    for (const auto& text : self.all("live")) {
        live_.push_back(sys::lasting_text::take_over(sys::unique_fd(std::atoi(text.c_str()))));
    }
    for (const auto& item : items) {
        const std::string name(item.text("service"));
        if (item.is("service")) {
            auto& one = services_[name];
            one.name = name;
            one.steered_slot = number_in(item, "steered_slot");
            one.steered_to = item.number("steered_to").value_or(0);
        } else if (item.is("listener")) {
            sys::shared_listener::kept kept;
            const auto slots = item.all("fd");
            for (std::size_t i = 0; i < slots.size() && i < kept.sockets.size(); ++i) {
                kept.sockets[i].reset(std::atoi(slots[i].c_str()));
            }
            kept.steered = number_in(item, "steered");
            kept.order = read_order(item);
            services_.at(name).sockets.emplace(
                std::string(item.text("socket")),
                sys::shared_listener(read_terms(item), std::move(kept)));
        } else if (item.is("stored") || item.is("in_store")) {
            store_.restore(item);
        } else if (item.is("port")) {
            services_.at(name).ports[std::string(item.text("socket"))] = read_port(item);
        } else if (item.is("generation")) {
            auto one = std::make_unique<generation>();
            read_generation(item, *one);
            one->log.reset(number_in(item, "fd_log"));
            if (const int fd = number_in(item, "fd_notify"); fd >= 0) {
                one->notify.take_over(sys::unique_fd(fd));
            }
            one->report.reset(number_in(item, "fd_report"));
            if (one->lives()) {
                one->handle = sys::open_process(one->pid);
                one->book = open_book(one->log_terms);
            }
            const auto number = one->number;
            auto& there =
                *services_.at(name).generations.emplace(number, std::move(one)).first->second;
            if (const int fd = number_in(item, "fd_intercept"); fd >= 0) {
                there.installed = std::make_unique<handover>(sys::unique_fd(fd), offers_for(there));
            }
        }
    }
    children_changed_ = true;  // who ended meanwhile has been waiting for it
    return true;
}

bool keeper::resume() {
    const auto text = sys::read_sealed(what_.state_fd, longest_state);
    const auto items = text ? decode_state(*text) : std::nullopt;
    if (!items) {
        say("--state-fd: this state is not one that this version understands");
        return false;
    }
    const auto& self = items->front();
    const int old_program = number_in(self, "old_program");
    if (!what_.has_returned) {
        sys::begin_probation(
            old_program,
            {"lastcall-keeper", "--state-fd", std::to_string(what_.state_fd), "--returned", "yes"},
            environment_, to_prove_itself);
    }
    restore(*items);
    keep_descriptors(*items);  // for the way back; what takes them over marks some otherwise
    const std::string id(self.text("upgrade_id"));
    if (what_.has_returned) {
        tell(message("failed")
                 .add("id", id)
                 .add("word", "upgrade")
                 .add("error", ETIMEDOUT)
                 .add("why",
                      "the new lastcall-keeper failed, or was not told `alive` within 5s; the old "
                      "one goes on"));
    } else {
        tell(message("done").add("id", id).add("program", LASTCALL_VERSION));
        prove_alive();
    }
    sys::end_probation();
    sys::close_fd(what_.state_fd);
    sys::close_fd(old_program);
    sys::close_on_exec_from(3);
    for (auto& one : std::exchange(deferred_, {})) {
        take_request(one.text, one.given);
    }
    return true;
}

/// Nothing is done yet that the old program could not take up again: no child is waited for,
/// no log is read, no request is carried out, until the agent has said `alive` to us.
void keeper::prove_alive() {
    while (agent_.channel()) {
        poll_.clear();
        poll_.watch(agent_.channel().fd(), true, agent_.channel().has_queued());
        poll_.wait(std::nullopt);  // the alarm ends it
        agent_.channel().flush();
        auto got = agent_.channel().receive();
        using kind = sys::message_channel::received::kind;
        if (got.what == kind::closed) {
            return;  // no agent, no witness: we have come so far
        }
        if (got.what != kind::message) {
            continue;
        }
        const auto asked = message::decode(got.text);
        if (asked && asked->is("hello")) {
            take_request(got.text, got.descriptors);
        } else if (asked && asked->is("alive")) {
            take_request(got.text, got.descriptors);
            return;
        } else {
            deferred_.push_back({std::move(got.text), std::move(got.descriptors)});
        }
    }
}

}  // namespace lastcall::keeper

// What the agent asks: one function for each word.
#include <algorithm>
#include <array>
#include <cerrno>

#include "keeper/keeper.hpp"
#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/process/pidfd.hpp"
#include "sys/process/process.hpp"
#include "wire/stop_value.hpp"

namespace lastcall::keeper {

using namespace std::chrono_literals;

void keeper::take_request(const std::string& text, descriptors& given) {
    struct row {
        std::string_view word;
        handler what;
    };
    static constexpr std::array<row, 17> rows{{
        {"hello", &keeper::on_hello},
        {"listen", &keeper::on_listen},
        {"unlisten", &keeper::on_unlisten},
        {"start", &keeper::on_start},
        {"signal", &keeper::on_signal},
        {"kill", &keeper::on_kill},
        {"steer", &keeper::on_steer},
        {"probe_path", &keeper::on_probe_path},
        {"queues", &keeper::on_queues},
        {"forget", &keeper::on_forget},
        {"stop_plan", &keeper::on_stop_plan},
        {"tell_manager", &keeper::on_tell_manager},
        {"adopt", &keeper::on_adopt},
        {"upgrade", &keeper::on_upgrade},
        {"upgrade_agent", &keeper::on_upgrade_agent},
        {"alive", &keeper::on_alive},
        {"quit", &keeper::on_quit},
    }};
    changed_ = true;
    const auto asked = message::decode(text);
    const auto refuse = [&](int error, std::string_view why) {
        message answer("failed");
        if (asked) {
            answer.add("id", asked->text("id")).add("word", asked->word());
        }
        tell(answer.add("error", error).add("why", why));
    };
    if (!asked) {
        refuse(EBADMSG, "this is no message: a word and fields NAME=VALUE, each ended by NUL");
        return;
    }
    const auto found = std::ranges::find(rows, asked->word(), &row::word);
    if (found == rows.end()) {
        refuse(EOPNOTSUPP, "this keeper does not know the request; it speaks version " +
                               std::to_string(wire::keeper_protocol));
        return;
    }
    try {
        (this->*found->what)(*asked, given);
    } catch (const request_error& problem) {
        refuse(problem.error(), problem.what());
    } catch (const sys::listener_error& problem) {
        refuse(problem.error(), problem.what());
    } catch (const std::system_error& problem) {
        refuse(problem.code().value(), problem.what());
    } catch (const std::exception& problem) {
        refuse(EIO, problem.what());
    }
}

keeper::message keeper::done(const message& asked) {
    message answer("done");
    answer.add("id", asked.text("id"));
    return answer;
}

service& keeper::service_named(const message& asked) {
    const auto found = services_.find(std::string(asked.text("service")));
    if (found == services_.end()) {
        throw request_error(ENOENT, "there is no service \"" + std::string(asked.text("service")) +
                                        "\"; `listen` or `start` makes it");
    }
    return found->second;
}

generation& keeper::generation_named(const message& asked) {
    auto& of = service_named(asked);
    const auto number = asked.number("generation");
    const auto found = number ? of.generations.find(*number) : of.generations.end();
    if (found == of.generations.end()) {
        throw request_error(
            ENOENT, of.name + " has no generation " + std::string(asked.text("generation")));
    }
    return *found->second;
}

void keeper::add_ending(message& to, const ending& how) {
    if (!how.how.is_known) {
        to.add("unknown", 1);
    } else if (how.how.killed) {
        to.add("signal", how.how.status).add("core", how.how.core ? 1 : 0);
    } else {
        to.add("code", how.how.status);
    }
    to.add("user_us", how.how.user_us)
        .add("system_us", how.how.system_us)
        .add("peak_kb", how.how.peak_kb)
        .add("oom_kills", static_cast<std::int64_t>(how.oom_kills))
        .add("at_ns", how.at_ns)
        .add("last_line", how.last_line);
}

keeper::message keeper::describe(const service& of, const generation& one) {
    message what("generation");
    what.add("service", one.service)
        .add("generation", one.number)
        .add("pid", one.pid)
        .add("start_time", static_cast<std::int64_t>(one.start_time))
        .add("started_ns", one.started_ns)
        .add("state", one.lives() ? "running" : "exited")
        .add("steered", of.steered_to == one.number ? 1 : 0)
        .add("ready", one.is_ready ? 1 : 0)
        .add("slot", one.slot)
        .add("handover", one.handed_over)
        .add("adopted", one.is_child ? 0 : 1);
    if (!one.status.empty()) {
        what.add("status", one.status);
    }
    for (const auto& name : one.sockets) {
        what.add("sockets", name);
    }
    if (one.ended) {
        add_ending(what, *one.ended);
    }
    return what;
}

void keeper::on_hello(const message& asked, descriptors& /*given*/) {
    const auto version = asked.number("version").value_or(0);
    if (version > wire::keeper_protocol) {
        throw request_error(EPROTONOSUPPORT,
                            "this keeper speaks version " + std::to_string(wire::keeper_protocol) +
                                ", the agent " + std::to_string(version) + "; upgrade the keeper");
    }
    message welcome("welcome");
    welcome.add("id", asked.text("id"))
        .add("version", wire::keeper_protocol)
        .add("program", LASTCALL_VERSION)
        .add("pid", sys::current_process_id())
        .add("boot_id", boot_id_)
        .add("started_ns", started_ns_);
    if (const auto why = agent_.take_refusal(); !why.empty()) {
        welcome.add("not_upgraded", why);
    }
    tell(welcome);
    for (const auto& [name, one] : services_) {
        for (const auto& [socket, listener] : one.sockets) {
            if (!is_place(socket)) {
                tell(message("listener")
                         .add("service", name)
                         .add("socket", socket)
                         .add("address", listener.address()));
            }
        }
        for (const auto& [socket, port] : one.ports) {
            tell_ports(one, {socket});
        }
        for (const auto& [number, each] : one.generations) {
            tell(describe(one, *each));
        }
    }
    if (stopping_) {
        tell(*stopping_);
    }
    tell(message("ready").add("id", asked.text("id")));
    if (stop_ == stage::stopped) {
        tell(message("stopped"));
    }
}

void keeper::on_signal(const message& asked, descriptors& /*given*/) {
    auto& one = generation_named(asked);
    const auto number = asked.number("signal");
    if (!number || *number < 1 || *number > SIGRTMAX) {
        throw request_error(
            EINVAL, "`signal` needs the number of a signal, from 1 to " + std::to_string(SIGRTMAX));
    }
    if (one.lives()) {
        if (const auto limit = asked.number("deadline_ms")) {
            one.kill_at =
                sys::monotonic_now() + std::chrono::milliseconds(std::max<std::int64_t>(*limit, 0));
        }
        const int error = sys::signal_process(one.handle.get(), one.pid, static_cast<int>(*number));
        if (error != 0 && error != ESRCH) {
            throw request_error(error, std::string("cannot signal it: ") + sys::error_text(error));
        }
    }
    tell(done(asked));
}

void keeper::on_kill(const message& asked, descriptors& /*given*/) {
    auto& one = generation_named(asked);
    if (one.lives()) {
        kill_tree(one);
    }
    tell(done(asked));
}

void keeper::on_forget(const message& asked, descriptors& /*given*/) {
    const auto found = services_.find(std::string(asked.text("service")));
    const auto number = asked.number("generation");
    if (found != services_.end() && number) {
        auto& of = found->second;
        const auto one = of.generations.find(*number);
        if (one != of.generations.end()) {
            if (one->second->lives()) {
                throw request_error(EBUSY, of.name + " " + std::to_string(*number) +
                                               " lives; only what has ended can be forgotten");
            }
            of.generations.erase(one);
        }
        if (of.generations.empty() && of.sockets.empty() && of.ports.empty()) {
            services_.erase(found);
        }
    }
    tell(done(asked));
}

void keeper::set_plan(const std::vector<std::string>& stages) {
    plan_.clear();
    for (const auto& names : stages) {
        std::set<std::string> services;
        std::size_t begin = 0;
        while (begin <= names.size()) {
            const std::size_t end = std::min(names.find(',', begin), names.size());
            if (end > begin) {
                services.insert(names.substr(begin, end - begin));
            }
            begin = end + 1;
        }
        plan_.push_back(std::move(services));
    }
}

void keeper::on_stop_plan(const message& asked, descriptors& /*given*/) {
    set_plan(asked.all("stage"));
    plan_grace_ = std::chrono::milliseconds(asked.number("grace_ms").value_or(0));
    tell(done(asked));
}

void keeper::on_tell_manager(const message& asked, descriptors& /*given*/) {
    std::string lines;
    for (const auto& line : asked.all("line")) {
        if (line.find('\n') != std::string::npos || line.find('=') == std::string::npos) {
            throw request_error(EINVAL, "\"" + line + "\" is no line of sd_notify(3)");
        }
        lines += line + "\n";
    }
    message answer = done(asked);
    answer.add("manager", manager_ ? 1 : 0);
    if (manager_ && manager_.send(lines) != sys::datagram_outbox::outcome::sent) {
        throw request_error(EAGAIN, "the service manager does not take messages");
    }
    if (std::ranges::count(asked.all("line"), "READY=1") > 0) {
        give_up_all();
    }
    tell(answer);
}

void keeper::on_upgrade_agent(const message& asked, descriptors& /*given*/) {
    auto argv = asked.all("argv");
    if (argv.empty() || argv.front().empty()) {
        throw request_error(EINVAL, "`upgrade_agent` needs the new agent's `argv`");
    }
    tell(done(asked));
    agent_.replace(std::move(argv), sys::monotonic_now());
}

void keeper::on_alive(const message& asked, descriptors& /*given*/) {
    agent_.says_alive();
    tell(done(asked));
}

void keeper::on_quit(const message& asked, descriptors& /*given*/) {
    if (stop_ != stage::stopped && stop_ != stage::ending) {
        throw request_error(EBUSY, "services run; `quit` is the answer to `stopped`");
    }
    tell(done(asked));
    quit_by_ = sys::monotonic_now();
}

}  // namespace lastcall::keeper

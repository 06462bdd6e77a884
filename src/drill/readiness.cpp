#include "drill/readiness.hpp"

#include "drill/http_client.hpp"

namespace lastcall::drill {
namespace {

constexpr std::chrono::milliseconds between_attempts{20};

class probe final : public http_client {
public:
    explicit probe(load_context& context) : http_client(context, "probe") {}

    void ask(const std::string& path) { start({"GET", path, {}, {}}, clock::now()); }
    [[nodiscard]] bool over() const noexcept { return !busy(); }
    [[nodiscard]] bool ready() const noexcept { return ready_; }

private:
    void on_answer(const exchange& one, bool usable) override {
        ready_ = one.status >= 200 && one.status < 300 && judge(one.result) == verdict_on::fine;
        if (usable) {
            close();
        }
    }

    bool ready_ = false;
};

}  // namespace

bool wait_ready(const sys::endpoint& target, const std::string& path, moment until,
                const std::function<bool()>& give_up) {
    load_context context;
    context.target = target;
    context.host = target.text();
    context.patience = std::chrono::seconds(1);
    probe one(context);
    while (clock::now() < until && !give_up()) {
        one.ask(path);
        context.loop.run(until, [&] { return one.over(); });
        if (one.ready()) {
            return true;
        }
        const auto next = std::min(until, clock::now() + between_attempts);
        context.loop.run(next, [] { return false; });
    }
    one.end();
    return false;
}

}  // namespace lastcall::drill

// The inside of a load: its lanes on one thread, and what happens around the signal.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <vector>

#include "drill/load/lane.hpp"

namespace lastcall::drill {

/// All of it belongs to the load's thread, unless it says otherwise.
class load_engine {
public:
    /// Errors: as load's.
    load_engine(const load_plan& plan, std::shared_ptr<name_pool> names, event_log_writer* events);
    load_engine(const load_engine&) = delete;
    load_engine& operator=(const load_engine&) = delete;
    ~load_engine();

    /// Runs until finish() has done its work. The body of the thread.
    void run();

    /// What the load was asked to do from outside. Threads: any; handed over by post().
    /// `made` gets the time.
    void withdraw(std::promise<moment>& made);
    void strike(const std::function<void()>& send, const strike_timing& timing, bool withdraws,
                std::promise<moment>& made);
    void finish(moment until);
    void wind_down(moment until);

    [[nodiscard]] load_context& context() noexcept { return context_; }

    /// After run().
    [[nodiscard]] bool ended_by_themselves() const noexcept { return by_themselves_; }
    void take(trial_record& trial);

private:
    struct strike_order {
        std::function<void()> send;
        bool withdraws = false;
        std::promise<moment>* made = nullptr;
        std::chrono::nanoseconds after_writing{};
        bool is_written = false;  // only after_writing is waited for
        moment latest{};          // for the signal
        moment round{};           // when the states that pass by themselves were last made anew
    };

    template <class Call>
    void for_each_client(Call call) {
        for (auto& one : lanes_) {
            for (auto& each : one.clients) {
                call(*each);
            }
        }
    }
    void begin();
    bool turn();
    void assign_cells();
    void fill();
    [[nodiscard]] bool cells_are_filled();
    void write_last();
    void signal_now();
    void look_at_queue();
    moment withdraw_now();
    void close_routes();
    [[nodiscard]] bool all_finished() const;
    void end_all();
    [[nodiscard]] generator_health health() const;

    /// Takes packets off the kernel's buffer as they come, so that it never fills.
    class packet_reader final : public io_handler {
    public:
        explicit packet_reader(reset_watch& from) : from_(from) {}
        void on_io(bool, bool, bool) override { from_.read(); }

    private:
        reset_watch& from_;
    };

    load_context context_;
    packet_reader packets_{context_.resets};
    const std::uint32_t samples_per_cell_;
    std::vector<lane> lanes_;
    std::array<std::uint32_t, cell_count> in_cell_{};
    std::optional<strike_order> strike_;
    timer fill_timer_;   // wakes the loop while the cells are filled
    timer look_timer_;   // at the queue of those who are not accepted
    timer route_timer_;  // the end of the route jitter
    timer limit_;        // of finish()
    bool finishing_ = false;
    bool ending_ = false;
    bool by_themselves_ = false;
    moment begun_{};
    moment ended_{};
    std::chrono::nanoseconds processor_time_{};
};

}  // namespace lastcall::drill

// From the end of the last request to the moment the drain is seen: one thread holds the
// last pass and ends it, another waits for the closed gate to be empty.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <lastcall/gate.hpp>
#include <thread>
#include <vector>

namespace {

using lastcall::clock;

double percentile(std::vector<double> values, double part) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

void drain_lag(benchmark::State& state) {
    std::vector<double> lags;
    unsigned seed = 1;
    for (auto _ : state) {
        lastcall::gate requests("requests");
        std::atomic<clock::rep> ended{0};
        std::atomic<bool> inside{false};
        // Durations differ, so that a wait that polled would be found at every phase.
        seed = seed * 1103515245 + 12345;
        const std::chrono::microseconds length(200 + seed / 65536 % 2000);
        std::thread handler([&, pass = requests.try_enter("last request")]() mutable {
            inside.store(true);
            std::this_thread::sleep_for(length);
            ended.store(clock::now().time_since_epoch().count());
            pass.end();
        });
        while (!inside.load()) {
            std::this_thread::yield();
        }
        requests.close();
        const bool drained = requests.wait_empty(clock::now() + std::chrono::seconds(10));
        const auto seen = clock::now().time_since_epoch().count();
        handler.join();
        if (!drained) {
            state.SkipWithError("the gate did not drain");
            return;
        }
        const double lag = static_cast<double>(seen - ended.load()) / 1e9;
        state.SetIterationTime(lag);
        lags.push_back(lag * 1e6);
    }
    state.counters["p50_us"] = percentile(lags, 0.5);
    state.counters["p99_us"] = percentile(lags, 0.99);
    state.counters["max_us"] = percentile(lags, 1.0);
}

BENCHMARK(drain_lag)->UseManualTime()->Iterations(1000)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();

// What a gate costs on the request path, beside what one would write without it.
#include <benchmark/benchmark.h>

#include <atomic>
#include <mutex>

#include <lastcall/gate.hpp>

namespace {

lastcall::gate shared_gate("bench");
std::atomic<long> shared_count{0};
std::mutex shared_mutex;
long guarded_count = 0;

void gate_pair(benchmark::State& state) {
    for (auto _ : state) {
        lastcall::pass p = shared_gate.try_enter("GET /");
        benchmark::DoNotOptimize(p);
    }
}

void shared_atomic_pair(benchmark::State& state) {
    for (auto _ : state) {
        shared_count.fetch_add(1, std::memory_order_acq_rel);
        benchmark::ClobberMemory();
        shared_count.fetch_sub(1, std::memory_order_acq_rel);
    }
}

void mutex_pair(benchmark::State& state) {
    for (auto _ : state) {
        {
            const std::lock_guard lock(shared_mutex);
            benchmark::DoNotOptimize(++guarded_count);
        }
        const std::lock_guard lock(shared_mutex);
        benchmark::DoNotOptimize(--guarded_count);
    }
}

void closed_gate_refuses(benchmark::State& state) {
    lastcall::gate closed("closed");
    closed.close();
    for (auto _ : state) {
        lastcall::pass p = closed.try_enter("GET /");
        benchmark::DoNotOptimize(p);
    }
}

void close_and_see_empty(benchmark::State& state) {
    for (auto _ : state) {
        lastcall::gate g("short");
        g.close();
        benchmark::DoNotOptimize(g.wait_empty(lastcall::clock::time_point{}));
    }
}

BENCHMARK(gate_pair)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(shared_atomic_pair)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(mutex_pair)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(closed_gate_refuses);
BENCHMARK(close_and_see_empty);

}  // namespace

BENCHMARK_MAIN();

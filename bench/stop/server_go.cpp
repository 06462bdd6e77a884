#include <signal.h>

#include "servers.hpp"

namespace stop_bench {
namespace {

constexpr const char* source = R"go(package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

func number(r *http.Request, name string) int {
	value, _ := strconv.Atoi(r.URL.Query().Get(name))
	return value
}

func main() {
	var orders int64
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "go") })
	http.HandleFunc("/orders", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(201)
		fmt.Fprintf(w, "{\"id\":%d}\n", atomic.AddInt64(&orders, 1))
	})
	http.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(number(r, "ms")) * time.Millisecond)
		fmt.Fprintln(w, "slow")
	})
	http.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < number(r, "seconds")*10; i++ {
			fmt.Fprintln(w, "tick")
			w.(http.Flusher).Flush()
			time.Sleep(100 * time.Millisecond)
		}
	})
	server := &http.Server{Addr: os.Args[1]}
	done := make(chan struct{})
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		<-signals
		server.Shutdown(context.Background())
		close(done)
	}()
	server.ListenAndServe()
	<-done
}
)go";

}  // namespace

std::optional<server> go_server(const std::filesystem::path& scratch) {
    const auto program = find_program("go");
    if (!program) {
        return std::nullopt;
    }
    write_file(scratch / "server.go", source);
    const auto built = (scratch / "go-server").string();
    const auto compiler = lastcall::drill::start_command(
        {.argv = {*program, "build", "-o", built, (scratch / "server.go").string()},
         .environment = {"GOCACHE=" + (scratch / "go-cache").string(),
                         "GOPATH=" + (scratch / "go-path").string(), "GO111MODULE=off",
                         "CGO_ENABLED=0"}},
        {});
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    if (!compiler->wait(limit) || compiler->exit()->code != 0) {
        return std::nullopt;
    }
    server made;
    made.name = "Go Shutdown";
    made.signal = SIGTERM;
    made.command = [built](const lastcall::sys::endpoint& listen, const std::filesystem::path&) {
        return lastcall::drill::command_plan{.argv = {built, listen.text()}};
    };
    return made;
}

}  // namespace stop_bench

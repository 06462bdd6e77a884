// An ordinary Go server.   usage: server PORT VERSION
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

var file = make([]byte, 4<<20)

func answer(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	w.Header().Set("X-Version", os.Args[2])
	w.Header().Set("X-Id", r.URL.Query().Get("id"))
	switch r.URL.Path {
	case "/download":
		w.Header().Set("Content-Length", strconv.Itoa(len(file)))
		w.Write(file)
		return
	case "/slow":
		time.Sleep(50 * time.Millisecond)
	}
	io.WriteString(w, "done\n")
}

func main() {
	if os.Args[2] == "broken" {
		log.Fatal("this version does not work")
	}
	server := http.Server{Addr: "127.0.0.1:" + os.Args[1], Handler: http.HandlerFunc(answer)}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		<-asked
		server.Shutdown(context.Background())
		close(ended)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	<-ended
}

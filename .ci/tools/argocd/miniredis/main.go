// A Redis in memory for Argo CD's cache, from a module that Argo CD itself requires.
// Its clock stands still unless it is moved: nothing would ever expire, so Argo CD would never ask git again.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
)

const (
	module = "github.com/alicebob/miniredis/v2"
	tick   = time.Second
)

func main() {
	if len(os.Args) != 2 {
		fail("one argument wanted: the address to listen on, or --version")
	}
	if os.Args[1] == "--version" {
		fmt.Println("miniredis", version())
		return
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(os.Args[1]); err != nil {
		fail(err.Error())
	}
	defer server.Close()
	fmt.Println("listening on", server.Addr())
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for {
		select {
		case <-clock.C:
			server.FastForward(tick)
		case <-stop:
			return
		}
	}
}

// What this program was built of, as the Go linker wrote it down.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				return dependency.Version
			}
		}
	}
	return "unknown"
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, "miniredis:", why)
	os.Exit(2)
}

// The program that holds a pod's namespaces: it waits for SIGTERM or SIGINT, and as process 1 it collects whatever
// ends in its pod, so that no zombie stays.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("pause 1.0.0")
		return
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD)
	collect()
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		collect()
	}
}

// One SIGCHLD may stand for many children.
func collect() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
	}
}

package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	p := &program{out: os.Stdout, err: os.Stderr, env: os.Getenv, poll: 2 * time.Second}
	p.open = p.openInstallation
	os.Exit(p.run(ctx, os.Args[1:]))
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	p := &program{out: os.Stdout, err: os.Stderr, env: os.Getenv, poll: 2 * time.Second}
	p.open = p.openInstallation
	if s, err := os.Stdin.Stat(); err == nil && s.Mode()&os.ModeCharDevice != 0 {
		p.prompt = askOn(os.Stderr, os.Stdin)
	}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// askOn asks a person at a terminal for a line.
func askOn(out io.Writer, in io.Reader) func(string) (string, error) {
	return func(question string) (string, error) {
		_, _ = fmt.Fprint(out, question)
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("nothing was answered: %w", err)
		}
		return strings.TrimSpace(line), nil
	}
}

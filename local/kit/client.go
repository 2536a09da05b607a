package kit

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	keptLines   = 12 // of a failed client's output, shown in the error
	graceToQuit = 5 * time.Second
)

// client is one run of a package manager or compiler.
type client struct {
	dir  string
	env  []string // added to the process's own
	line func(string)
	argv []string
}

// run waits for the client. Each line it prints, on either stream, goes to
// c.line; the last ones are in the error.
func (c client) run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	// A client starts others (npm, make): all of them end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = graceToQuit
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	tail := make(chan []string)
	go func() { tail <- c.read(r) }()
	err := cmd.Run()
	_ = w.Close()
	last := <-tail
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: %w; it said:\n    %s\nnothing half-made was kept; run this again once that is put right",
			strings.Join(c.argv, " "), err, strings.Join(last, "\n    "))
	}
	return nil
}

func (c client) read(r io.Reader) []string {
	var last []string
	lines := bufio.NewReader(r)
	for {
		text, err := lines.ReadString('\n')
		if text = strings.TrimRight(text, "\r\n"); text != "" {
			last = append(last, text)
			last = last[max(0, len(last)-keptLines):]
			if c.line != nil {
				c.line(text)
			}
		}
		if err != nil {
			return last
		}
	}
}

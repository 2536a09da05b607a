package demo

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// runner runs the sluice command with arguments, and says what it prints.
type runner func(ctx context.Context, stdout io.Writer, args ...string) error

// itself runs the very program that tells the story, on the plane in a directory.
func itself(dir string) runner {
	return func(ctx context.Context, stdout io.Writer, args ...string) error {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		var complaint bytes.Buffer
		c := exec.CommandContext(ctx, self, append(args, "--dir", dir)...)
		c.Stdout, c.Stderr = stdout, &complaint
		if err := c.Run(); err != nil {
			return fmt.Errorf("sluice %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(complaint.String()))
		}
		return nil
	}
}

// command runs a command as whoever looks on could, shows it with what it
// prints, and returns that.
func (s *stage) command(ctx context.Context, args ...string) (string, error) {
	s.line("  $ sluice %s", shown(args))
	var all strings.Builder
	in, out := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for scan := bufio.NewScanner(in); scan.Scan(); {
			all.WriteString(scan.Text() + "\n")
			s.line("%s", strings.TrimRight("  "+scan.Text(), " "))
		}
		_, _ = io.Copy(io.Discard, in) // after a line that is too long for a Scanner
	}()
	err := s.run(ctx, out, args...)
	_ = out.Close() // never fails
	<-done
	return all.String(), err
}

// shown is a command's arguments as they would be typed.
func shown(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		if quoted[i] = a; strings.Contains(a, " ") {
			quoted[i] = `"` + a + `"`
		}
	}
	return strings.Join(quoted, " ")
}

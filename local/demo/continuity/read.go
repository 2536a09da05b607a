package continuity

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// Source is where the sink writes: a bucket or a directory.
type Source interface {
	// List names all files below the sink.
	List(ctx context.Context) ([]string, error)
	// Open reads one of them.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
}

// Patience is how long is waited for a gap to close: the files of one
// checkpoint are committed one after another, so a listing may see a later one
// and not yet an earlier one. What is committed is never taken back, so nothing
// but a gap can mend itself.
type Patience struct {
	Within time.Duration
	Every  time.Duration
}

// Read reads what a job that began empty has committed and examines it; while a
// number is missing it looks again, within the patience.
func Read(ctx context.Context, s Source, p Patience) (Report, error) {
	return read(ctx, s, p, Examine)
}

// ReadFork is Read for a job that began with another's state.
func ReadFork(ctx context.Context, s Source, p Patience) (Report, error) {
	return read(ctx, s, p, ExamineFork)
}

func read(ctx context.Context, s Source, p Patience, examine func([]Line) Report) (Report, error) {
	r := reader{source: s, known: map[string]bool{}}
	limit, cancel := context.WithTimeout(ctx, p.Within)
	defer cancel()
	for {
		if err := r.more(ctx); err != nil {
			return Report{}, err
		}
		report := examine(r.lines)
		if len(report.Missing) == 0 && report.Lines > 0 {
			return report, nil
		}
		again := time.NewTimer(p.Every)
		select {
		case <-again.C:
		case <-limit.Done():
			again.Stop()
			return report, ctx.Err()
		}
	}
}

// reader remembers what it has read: a committed file never changes.
type reader struct {
	source Source
	known  map[string]bool
	lines  []Line
}

func (r *reader) more(ctx context.Context) error {
	names, err := r.source.List(ctx)
	if err != nil {
		return fmt.Errorf("list the sink's files: %w", err)
	}
	for _, name := range names {
		if r.known[name] || !committed(name) {
			continue
		}
		if err := r.file(ctx, name); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		r.known[name] = true
	}
	return nil
}

// committed tells a finished file by its name: Flink hides what it still
// writes, as .part-….inprogress.… on file systems and _part-…_tmp_… on S3.
func committed(name string) bool {
	base := path.Base(name)
	return !strings.HasSuffix(name, "/") && !strings.HasPrefix(base, ".") && !strings.HasPrefix(base, "_")
}

func (r *reader) file(ctx context.Context, name string) error {
	body, err := r.source.Open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	var lines []Line
	scan := bufio.NewScanner(body)
	for scan.Scan() {
		line, err := parseLine(scan.Text())
		if err != nil {
			return fmt.Errorf("line %d: %w", len(lines)+1, err)
		}
		lines = append(lines, line)
	}
	if err := scan.Err(); err != nil {
		return err
	}
	r.lines = append(r.lines, lines...)
	return nil
}

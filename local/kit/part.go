package kit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// part is one thing the kit holds: a folder of the cache whose name is its
// version, or a folder of the checkout with a stamp that says what it was made of.
type part struct {
	name   string // first word of its progress lines
	title  string // what a person calls it
	client string // parts of one client are made one after the other
	tools  []tool // what making it needs on the PATH
	place  string // the folder
	locks  string // folder of the lock files

	stamp string // in the checkout only: the file that says which version place holds
	key   string // in the checkout only: what the stamp must say

	build func(context.Context, work) error
}

// work is what a build gets.
type work struct {
	dir     string // fill this folder: it becomes the part's place, or already is
	scratch string // for files that are not kept
	report  *report
}

func (p *part) inCheckout() bool { return p.stamp != "" }

func (p *part) made() bool {
	if p.inCheckout() {
		text, err := os.ReadFile(p.stamp)
		return err == nil && string(text) == p.key
	}
	info, err := os.Stat(p.place)
	return err == nil && info.IsDir()
}

// ensure makes the part unless it is there. The lock is held while it is made,
// so a second process waits and then finds it.
func (p *part) ensure(ctx context.Context, r *report) error {
	if p.made() {
		r.say("cached")
		return nil
	}
	unlock, err := lock(ctx, p.lockFile(), func() { r.say("waiting for another process that is making it") })
	if err != nil {
		return err
	}
	defer unlock()
	if p.made() {
		r.say("cached")
		return nil
	}
	begun := time.Now()
	if err := p.make(ctx, r); err != nil {
		return err
	}
	r.say("ready in %s", time.Since(begun).Round(time.Second))
	return nil
}

func (p *part) lockFile() string {
	id := sha256.Sum256([]byte(p.place))
	return filepath.Join(p.locks, fmt.Sprintf("%s-%x.lock", p.name, id[:6]))
}

// make builds and puts the result in its place in one step.
func (p *part) make(ctx context.Context, r *report) error {
	partial := strings.TrimSuffix(p.lockFile(), ".lock") + ".partial"
	if !p.inCheckout() {
		partial = p.place + ".partial" // beside its place, so that the rename stays on one disk
	}
	if err := os.RemoveAll(partial); err != nil { // of a process that died
		return err
	}
	defer os.RemoveAll(partial)
	w := work{dir: filepath.Join(partial, "made"), scratch: filepath.Join(partial, "scratch"), report: r}
	for _, dir := range []string{w.dir, w.scratch} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if p.inCheckout() {
		w.dir = p.place
	}
	if err := p.build(ctx, w); err != nil {
		return err
	}
	return p.settle(w)
}

// settle makes the part count as made: the last thing that happens to it.
func (p *part) settle(w work) error {
	if !p.inCheckout() {
		return os.Rename(w.dir, p.place)
	}
	fresh := p.stamp + ".new"
	if err := os.WriteFile(fresh, []byte(p.key), 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, p.stamp)
}

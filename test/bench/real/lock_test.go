package real

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestATurnIsOverWhenItIsGivenBackOrHasLastedLongEnough(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lock")
	one, other := &Turns{File: file}, &Turns{File: file}
	take := func(who *Turns) {
		t.Helper()
		if err := who.Take(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	take(one)
	took := make(chan error, 1)
	go func() { took <- other.Take(t.Context()) }()
	take(one) // it is its own still: this does not wait
	one.Give()
	if err := <-took; err != nil {
		t.Fatal(err)
	}
	other.since = time.Now().Add(-turn)
	take(other) // nobody waits, so it gets the next one, too
	if time.Since(other.since) >= turn {
		t.Error("a turn that was over goes on")
	}
}

func TestAWaitForATurnCanBeEnded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lock")
	one := &Turns{File: file}
	if err := one.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer one.Give()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (&Turns{File: file}).Take(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWithoutAFileNobodyWaits(t *testing.T) {
	var alone Turns
	if err := alone.Take(t.Context()); err != nil {
		t.Error(err)
	}
	alone.Give()
}

package task

import (
	"context"
	"sync"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/manifest"
)

// readOnce is an artifact bucket whose policy layers are read once: what looks
// at many applications in one go would read them for each.
type readOnce struct {
	Artifacts
	mu    sync.Mutex
	known map[string]readBefore
}

type readBefore struct {
	body []byte
	err  error
}

func newReadOnce(a Artifacts) *readOnce {
	return &readOnce{Artifacts: a, known: map[string]readBefore{}}
}

// Read implements Artifacts.
func (r *readOnce) Read(ctx context.Context, bucket, key, version string, limit int64) ([]byte, error) {
	if !manifest.IsLayerKey(key) {
		return r.Artifacts.Read(ctx, bucket, key, version, limit)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if seen, ok := r.known[bucket+"/"+key]; ok {
		return seen.body, seen.err
	}
	body, err := r.Artifacts.Read(ctx, bucket, key, version, limit)
	if err == nil || flink.CodeOf(err) == flink.NotFound {
		r.known[bucket+"/"+key] = readBefore{body, err}
	}
	return body, err
}

// each calls f for 0…n-1, at most width at once, and gives the first error.
func each(n, width int, f func(i int) error) error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var first error
	next := 0
	for range min(n, width) {
		wait.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				stop := i >= n || first != nil
				mu.Unlock()
				if stop {
					return
				}
				if err := f(i); err != nil {
					mu.Lock()
					if first == nil {
						first = err
					}
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	return first
}

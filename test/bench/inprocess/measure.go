package inprocess

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/asl/jsonata"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
	"github.com/sluice-flink/sluice/internal/manifest/manifesttest"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// Measure runs an upgrade under the default policy, which bakes ten minutes,
// and then as many more as rounds says, each timed by the real clock. engine is
// the path of jsonata.js; empty: where it usually is.
func Measure(ctx context.Context, engine string, rounds int) (figures.Release, error) {
	loaded, err := load(engine)
	if err != nil {
		return figures.Release{}, err
	}
	w, err := newWorld(loaded)
	if err != nil {
		return figures.Release{}, err
	}
	event, err := w.put(app.ManifestKey(), []byte(manifesttest.Deployment))
	if err != nil {
		return figures.Release{}, err
	}
	if _, err := w.run(ctx, event); err != nil {
		return figures.Release{}, err
	}
	if _, _, err := w.upgrade(ctx); err != nil { // there is nothing to stop yet
		return figures.Release{}, err
	}
	measured, _, err := w.upgrade(ctx)
	for range rounds {
		if err != nil {
			break
		}
		var took time.Duration
		_, took, err = w.upgrade(ctx)
		measured.Speed = append(measured.Speed, took)
	}
	return measured, err
}

// load loads JSONata from a path; empty: from where it usually is.
func load(engine string) (*jsonata.Engine, error) {
	if engine == "" {
		found, err := jsonata.Find()
		if err != nil {
			return nil, err
		}
		engine = found
	}
	return jsonata.Load(engine)
}

// upgrade releases one more version and says how long that took by the real clock.
func (w *world) upgrade(ctx context.Context) (figures.Release, time.Duration, error) {
	name := fmt.Sprintf("counter-%d.jar", w.runs)
	event, err := w.put(app.String()+"/"+name, jartest.Make(name))
	if err != nil {
		return figures.Release{}, 0, err
	}
	began := time.Now()
	r, err := w.run(ctx, event)
	took := time.Since(began)
	if err == nil && r.Outcome != string(flink.Succeeded) {
		err = fmt.Errorf("the release of %s ended %s", name, r.Outcome)
	}
	return r, took, err
}

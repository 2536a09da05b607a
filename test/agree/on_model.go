package agree

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

// onModel is the model as a place, on a clock of its own.
type onModel struct {
	*targettest.Model
	clock *targettest.Clock
}

var modelled = flink.Application{Namespace: "agree", Name: "counter"}

// OnModel makes a place in memory. Real parts here are the open-source operator
// 1.7.0, so that is what it models.
func OnModel() Place { return newOnModel(targettest.Options{}) }

func newOnModel(o targettest.Options) *onModel {
	o.Traits = flink.Traits{Delivery: flink.PipelineJars}
	clock := targettest.NewClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	p := &onModel{Model: targettest.NewModel(clock.Now, o), clock: clock}
	p.Unwritable(nowhere)
	return p
}

func (p *onModel) Application() flink.Application { return modelled }
func (p *onModel) Directory() string              { return "s3://data/savepoints" }
func (p *onModel) Nowhere() string                { return nowhere }
func (p *onModel) Look() time.Duration            { return time.Second }
func (p *onModel) Settle() time.Duration          { return 5 * time.Second }

func (p *onModel) Revision(name string) (flink.Revision, error) {
	v, err := versionOf(name)
	if err != nil {
		return flink.Revision{}, err
	}
	sum := sha256.Sum256([]byte(name))
	sha := hex.EncodeToString(sum[:])
	p.Plant(sha, v.model)
	return flink.NewRevision(map[string]any{"kind": "FlinkDeployment"}, flink.PinnedJar{Bucket: "data", Key: flink.JarKey(sha), SHA256: sha})
}

func (p *onModel) Pass(_ context.Context, d time.Duration) error {
	p.clock.Advance(d)
	return nil
}

func (p *onModel) KillTaskManager(context.Context) error {
	p.Model.KillTaskManager(modelled)
	return nil
}

func (p *onModel) KillJobManager(context.Context) error {
	p.RestartJobManager(modelled)
	return nil
}

func (p *onModel) DeleteByHand(context.Context) error {
	p.DeleteOutside(modelled)
	return nil
}

func (p *onModel) SuspendByHand(context.Context) error {
	p.SuspendOutside(modelled)
	return nil
}

func (p *onModel) Lose(_ context.Context, path string) error {
	p.Model.Lose(path)
	return nil
}

func (p *onModel) CreateByHand(_ context.Context, version string) error {
	r, err := p.Revision(version)
	if err != nil {
		return err
	}
	p.CreateOutside(modelled, r)
	return nil
}

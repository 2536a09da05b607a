package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/laptop"
)

// Options says how to tell the story.
type Options struct {
	Module string // root of the Sluice checkout; empty: it is looked for
	Dir    string // of the plane, emptied first; empty: .sluice/demo below the working directory
	Scene  string // one of Scenes; empty: Releases
	Keep   bool   // leave everything running at the end, until ctx is done
	Out    io.Writer
}

// counter is the sample application, as examples/java/counter/application.yaml names it.
var counter = flink.Application{Namespace: "flink-team-a-ns", Name: "counter"}

// Run tells the story. It returns nil only when everything was seen that had to
// be. When it returns, nothing it started is left; after a fault the logs are.
func Run(ctx context.Context, o Options) (err error) {
	scene, err := find(o.Scene)
	if err != nil {
		return err
	}
	if o.Dir == "" {
		o.Dir = filepath.Join(".sluice", "demo")
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return err
	}
	began := time.Now()
	feed := newFeed()
	l, err := laptop.Start(ctx, laptop.Options{Module: o.Module, Dir: o.Dir, Fresh: true, Teams: []string{counter.Namespace}, Out: o.Out, OnExecution: feed.observe})
	if err != nil {
		return fmt.Errorf("%w; logs are below %s", err, o.Dir)
	}
	defer func() {
		_, _ = fmt.Fprintln(o.Out, "\nending everything …")
		failed := err != nil && !errors.Is(err, context.Canceled)
		err = errors.Join(err, l.Close(failed))
		if failed {
			err = fmt.Errorf("%w; logs and data are below %s", err, o.Dir)
		}
	}()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go watch(ctx, l, cancel)
	s, err := newStage(l, feed, o)
	if err != nil {
		return err
	}
	s.say("ready after %s: a real Kubernetes API, the Flink operator, and the AWS plane of the deployed template", time.Since(began).Round(time.Second))
	told := scene.tell(s, ctx)
	if o.Keep && ctx.Err() == nil {
		if told != nil {
			s.say("The story ended early: %v", told)
		}
		told = errors.Join(told, s.keep(ctx, l))
	}
	return errors.Join(told, cause(ctx))
}

// watch ends the story when the cluster ends under it.
func watch(ctx context.Context, l *laptop.Laptop, cancel context.CancelCauseFunc) {
	select {
	case <-ctx.Done():
	case <-l.Ended():
		cancel(errors.New("Kubernetes ended by itself"))
	}
}

// cause is why ctx ended, unless somebody just asked for the end.
func cause(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// newStage makes the clients that the story uses.
func newStage(l *laptop.Laptop, feed *feed, o Options) (*stage, error) {
	target, err := eks.Connect(eks.Config{Kubeconfig: l.Where.Kubeconfig, Operator: eks.Operator(l.Where.Operator)})
	if err != nil {
		return nil, err
	}
	objects := l.Where.Objects()
	documents := ledger.S3{Client: objects, Bucket: l.Where.Ledger}
	return &stage{
		out: o.Out, where: l.Where, objects: objects, target: target, feed: feed, executions: l.Plane.Executions(),
		ledger: ledger.New(documents), records: documents, rotates: l.Plane.Output("RotateMachineArn"), run: itself(o.Dir),
		jobs: l.Kit.Jobs, manifest: filepath.Join(filepath.Dir(l.Kit.Jobs), flink.ManifestFile),
		dir: o.Dir,
	}, nil
}

// read reads a file of the sample job, and cuts it when it is to be no jar.
func read(file string, part float64) ([]byte, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the sample: %w", err)
	}
	if part > 0 {
		body = body[:int(float64(len(body))*part)]
	}
	return body, nil
}

// indent puts a margin before every line.
func indent(text, margin string) string {
	return margin + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+margin)
}

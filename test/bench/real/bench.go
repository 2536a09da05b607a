package real

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/laptop"
)

// The two applications: the sample under two names.
var (
	ours   = flink.Application{Namespace: "flink-team-a-ns", Name: "counter"}
	theirs = flink.Application{Namespace: "flink-team-a-ns", Name: "plain"}
)

// Bench is a running installation and what is needed to change and to watch it.
type Bench struct {
	laptop  *laptop.Laptop
	objects *s3.Client
	ledger  ledger.Store
	kube    dynamic.Interface
	core    kubernetes.Interface
	hc      *http.Client // carries the API server's credentials
	server  string       // URL of the API server
	shipped settings     // of the operator, as the installation came with
	active  string       // name of those in force
	version map[flink.Application]string
}

// Start starts an installation below dir, which is emptied. Both applications
// run their first version when it returns.
func Start(ctx context.Context, dir string, out io.Writer) (_ *Bench, err error) {
	l, err := laptop.Start(ctx, laptop.Options{Dir: dir, Fresh: true, Teams: []string{ours.Namespace}, Out: out})
	if err != nil {
		return nil, err
	}
	b := &Bench{laptop: l, objects: l.Where.Objects(), version: map[flink.Application]string{}, active: Shipped}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Close())
		}
	}()
	b.ledger = ledger.New(ledger.S3{Client: b.objects, Bucket: l.Where.Ledger})
	if err := b.connect(); err != nil {
		return nil, err
	}
	if b.shipped, err = b.readSettings(ctx); err != nil {
		return nil, err
	}
	return b, b.deploy(ctx)
}

// Close ends the installation and removes its data.
func (b *Bench) Close() error { return b.laptop.Close(false) }

func (b *Bench) connect() error {
	config, err := clientcmd.BuildConfigFromFlags("", b.laptop.Where.Kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 100, 200
	if b.hc, err = rest.HTTPClientFor(config); err != nil {
		return err
	}
	b.server = strings.TrimRight(config.Host, "/")
	if b.kube, err = dynamic.NewForConfigAndClient(config, b.hc); err != nil {
		return err
	}
	b.core, err = kubernetes.NewForConfigAndClient(config, b.hc)
	return err
}

// deploy starts the first version of both, one after the other.
func (b *Bench) deploy(ctx context.Context) error {
	manifest, err := b.manifest(ours)
	if err != nil {
		return err
	}
	if _, err := b.upload(ctx, ours.ManifestKey(), manifest); err != nil {
		return err
	}
	if err := b.release(ctx, v1); err != nil {
		return fmt.Errorf("start the first version through Sluice: %w", err)
	}
	return b.startTheirs(ctx)
}

func (b *Bench) startTheirs(ctx context.Context) error {
	asked := time.Now()
	if err := b.apply(ctx, v1, nil); err != nil {
		return fmt.Errorf("start the first version by apply: %w", err)
	}
	if _, err := b.awaitRunning(ctx, theirs, asked); err != nil {
		return err
	}
	_, err := b.awaitStable(ctx, theirs)
	return err
}

// manifest is the sample's application.yaml for one of the two applications. The
// bake time is short, since nothing is measured in it, and longer than the three
// seconds that the version in a restart loop runs well for each time.
func (b *Bench) manifest(app flink.Application) ([]byte, error) {
	body, err := os.ReadFile(filepath.Join(filepath.Dir(b.laptop.Kit.Jobs), flink.ManifestFile))
	if err != nil {
		return nil, fmt.Errorf("read the sample: %w", err)
	}
	return []byte(strings.NewReplacer("name: counter", "name: "+app.Name, "/counter/", "/"+app.Name+"/", "bakeTime: 15s", "bakeTime: 5s").Replace(string(body))), nil
}

// within bounds what is waited for: a limit for a run that hangs, not a measure.
const within = 6 * time.Minute

// How often is looked. What Flink tells the time of is not asked for more often
// than is needed: the machine has a version to start.
const (
	often = 100 * time.Millisecond
	calm  = 500 * time.Millisecond
)

// await looks again and again until it is done.
func await(ctx context.Context, every time.Duration, what string, look func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("%s: not seen within %s", what, within))
	defer cancel()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if done, err := look(ctx); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

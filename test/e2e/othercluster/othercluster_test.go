//go:build e2e

package othercluster

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local"
	"github.com/sluice-flink/sluice/local/cluster"
	"github.com/sluice-flink/sluice/local/demo/laptop"
	"github.com/sluice-flink/sluice/local/kit"
)

var counter = flink.Application{Namespace: "flink-team-a-ns", Name: "counter"}

// TestAReleaseGoesToTheClusterOfTheKubeconfig: the cluster is there first, with
// its operator, and knows the plane's object store by address and keys. In the end
// what runs there is removed as `make destroy` removes it, with savepoints.
func TestAReleaseGoesToTheClusterOfTheKubeconfig(t *testing.T) {
	root, err := kit.ModuleRoot() // before the plane changes the working directory
	must(t, err)
	k, err := kit.Ensure(t.Context(), kit.Options{Out: os.Stdout})
	must(t, err)
	dir, store := t.TempDir(), freeAddress(t)
	keys := local.Credentials{AccessKey: "LOCALOTHER", SecretKey: "throw-away-secret-of-this-test"}
	give(t, dir, keys)
	c := somebodysCluster(t, k, store, keys)
	l, err := laptop.Start(t.Context(), laptop.Options{Dir: dir, Kubeconfig: c.Kubeconfig, S3Listen: store, Out: os.Stdout})
	must(t, err)
	end := sync.OnceValue(func() error { return l.Close(false) })
	t.Cleanup(func() { _ = end() })

	for _, file := range []string{filepath.Join(filepath.Dir(k.Jobs), flink.ManifestFile), filepath.Join(k.Jobs, "counter-v1.jar")} {
		body, err := os.ReadFile(file)
		must(t, err)
		key := counter.String() + "/" + filepath.Base(file)
		_, err = l.Where.Objects().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &l.Where.Artifacts, Key: &key, Body: bytes.NewReader(body)})
		must(t, err)
	}
	removed := removalOf(t, root, c, l.Where)
	removed.refusesMeanwhile(t)
	r := succeeded(t, ledger.New(ledger.S3{Client: l.Where.Objects(), Bucket: l.Where.Ledger}))
	if r.Outcome != flink.Succeeded || r.Reason != flink.Released {
		t.Errorf("it ended %s, %s: %s", r.Outcome, r.Reason, r.Message)
	}
	pageIsShown(t, c)
	removed.leavesASavepoint(t)
	must(t, end())
	select {
	case <-c.Ended():
		t.Error("the cluster was somebody else's and has ended with the plane")
	default:
	}
}

func somebodysCluster(t *testing.T, k *kit.Kit, store string, keys local.Credentials) *cluster.Cluster {
	t.Helper()
	dir := t.TempDir()
	images, err := kit.Images(k, dir)
	must(t, err)
	options, err := kit.JavaOptions(k)
	must(t, err)
	c, err := cluster.Start(t.Context(), cluster.Options{Binary: k.Kube, Images: images, CRDs: k.CRDs, JavaOptions: options, Dir: dir,
		S3: store, Region: local.Place.Region, AccessKey: keys.AccessKey, SecretKey: keys.SecretKey, Teams: []string{counter.Namespace}, Log: os.Stdout})
	must(t, err)
	t.Cleanup(c.Stop)
	return c
}

// give writes the keys where the plane will find them.
func give(t *testing.T, dir string, keys local.Credentials) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Join(dir, "plane"), 0o700))
	text, err := json.Marshal(keys)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "plane", "credentials.json"), text, 0o600))
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// succeeded waits for the record of a jar.
func succeeded(t *testing.T, store ledger.Store) ledger.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute) // a limit for a test that hangs
	defer cancel()
	for ctx.Err() == nil {
		ids, err := store.Records(ctx, counter, 5)
		must(t, err)
		for _, id := range ids {
			if r, err := store.Record(ctx, counter, id); err == nil && r.Outcome != flink.Ignored && r.Reason != flink.AlreadyRunning {
				return r
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
	t.Fatal("no release has ended")
	return ledger.Record{}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

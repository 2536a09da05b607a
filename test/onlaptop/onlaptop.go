// Package onlaptop is a whole local installation for tests on real parts: it is
// started anew, uploads go into it, and target and ledger can be looked at.
//
// It knows the sample application; it does not know what is to come of an
// upload. Start with Start.
package onlaptop

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/laptop"
)

// Counter is the sample application.
var Counter = flink.Application{Namespace: "flink-team-a-ns", Name: "counter"}

// Installation is a running one and what is needed to look at it.
type Installation struct {
	*laptop.Laptop
	Objects *s3.Client
	Target  flink.Target
	Ledger  ledger.Store

	uploaded time.Time // newest upload
}

// coarse is more than the clock that files are dated by lags behind: some milliseconds.
const coarse = 100 * time.Millisecond

// Start starts one that ends with the test.
func Start(t *testing.T) *Installation {
	t.Helper()
	l, err := laptop.Start(t.Context(), laptop.Options{Dir: t.TempDir(), Fresh: true, Teams: []string{Counter.Namespace}, Out: os.Stdout})
	must(t, err)
	t.Cleanup(func() {
		if err := l.Close(false); err != nil {
			t.Error(err)
		}
	})
	target, err := eks.Connect(eks.Config{Kubeconfig: l.Where.Kubeconfig, Operator: eks.Operator(l.Where.Operator)})
	must(t, err)
	objects := l.Where.Objects()
	return &Installation{Laptop: l, Objects: objects, Target: target, Ledger: ledger.New(ledger.S3{Client: objects, Bucket: l.Where.Ledger})}
}

// Beside is the same installation for a test that runs beside others: who
// uploads what is a matter of each application.
func (i *Installation) Beside() *Installation {
	return &Installation{Laptop: i.Laptop, Objects: i.Objects, Target: i.Target, Ledger: i.Ledger}
}

// Manifest is the sample's application.yaml; replace are pairs of what is
// changed in it, and into what.
func (i *Installation) Manifest(t *testing.T, replace ...string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(filepath.Dir(i.Kit.Jobs), flink.ManifestFile))
	must(t, err)
	return []byte(strings.NewReplacer(replace...).Replace(string(body)))
}

// Jar is one of the sample's jars.
func (i *Installation) Jar(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(i.Kit.Jobs, name))
	must(t, err)
	return body
}

// Upload writes an object of the artifact bucket and tells its version. It waits
// for another second than that of the upload before: S3 tells no finer times,
// and of two jars of one second the one whose key sorts last counts as the newer.
func (i *Installation) Upload(t *testing.T, key string, body []byte) string {
	t.Helper()
	time.Sleep(time.Until(i.uploaded.Truncate(time.Second).Add(time.Second + coarse)))
	defer func() { i.uploaded = time.Now() }()
	out, err := i.Objects.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &i.Where.Artifacts, Key: &key, Body: bytes.NewReader(body)})
	must(t, err)
	return aws.ToString(out.VersionId)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

//go:build e2e

package operator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"

	"github.com/sluice-flink/sluice/internal/eks"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/local/cluster"
	"github.com/sluice-flink/sluice/local/kit"
	"github.com/sluice-flink/sluice/local/s3"
)

const (
	team                  = "flink-team-a-ns"
	data                  = "data"
	access, secret        = "OPERATORTEST", "throw-away-secret-of-this-test"
	entryClass            = "com.sluice.examples.counter.CounterJob"
	account, region       = "000000000000", "us-east-1"
	within                = 4 * time.Minute // a limit for a test that hangs, not a measure
	pause                 = time.Second
	v1, v2, loopsV4       = "counter-v1.jar", "counter-v2.jar", "counter-v4-restart-loop.jar"
	checkpointsAFew       = 3
	firstFence      int64 = 1024
)

// Other parts than the kit's, laid out in the same way: Flink, its S3 plugin, and
// an operator (lib with its jars, crds with its definitions).
const (
	flinkHome    = "SLUICE_TEST_FLINK_HOME"
	s3Plugin     = "SLUICE_TEST_S3_PLUGIN"
	operatorHome = "SLUICE_TEST_OPERATOR_HOME"
)

// otherParts replaces what the environment names. The version of an operator is
// in the names of its jars, and its entrypoint has to know it.
func otherParts(k *kit.Kit) (operatorVersion string) {
	for variable, path := range map[string]*string{flinkHome: &k.FlinkHome, s3Plugin: &k.S3Plugin, operatorHome: &k.OperatorHome} {
		if other := os.Getenv(variable); other != "" {
			*path = other
		}
	}
	if os.Getenv(operatorHome) == "" {
		return kit.OperatorVersion
	}
	k.CRDs = filepath.Join(k.OperatorHome, "crds")
	const before, after = "flink-kubernetes-standalone-", ".jar"
	jars, _ := filepath.Glob(filepath.Join(k.OperatorHome, "lib", before+"*"+after))
	for _, jar := range jars {
		operatorVersion = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(jar), before), after)
	}
	return operatorVersion
}

// installation is a cluster with the operator, and an object store for its jobs.
type installation struct {
	kit      *kit.Kit
	operator string // its version
	dir      string
	store    *s3.Server
	cluster  *cluster.Cluster
	target   *eks.Target
	kube     dynamic.Interface
	objects  *awss3.Client
	fence    int64
}

// shared is started once: a process can run one S3 gateway, which changes its
// working directory, and the cluster takes most of a minute.
var shared = sync.OnceValues(func() (*installation, error) {
	ctx := context.Background()
	k, err := kit.Ensure(ctx, kit.Options{Out: os.Stdout})
	if err != nil {
		return nil, err
	}
	version := otherParts(k)
	dir, err := os.MkdirTemp("", "sluice-operator-")
	if err != nil {
		return nil, err
	}
	i := &installation{kit: k, operator: version, fence: firstFence, dir: dir}
	return i, i.start(ctx)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if i, _ := shared(); i != nil {
		i.stop()
	}
	os.Exit(code)
}

func start(t *testing.T) *installation {
	t.Helper()
	i, err := shared()
	must(t, err)
	return i
}

func (i *installation) start(ctx context.Context) error {
	var err error
	if i.store, err = s3.Start(ctx, s3.Options{Dir: filepath.Join(i.dir, "s3"), Listen: "127.0.0.1:0", AccessKey: access, SecretKey: secret,
		Account: account, Region: region, Buckets: []s3.Bucket{{Name: data}}}); err != nil {
		return err
	}
	kubeDir := filepath.Join(i.dir, "kube")
	images, imagesErr := kit.Images(i.kit, kubeDir)
	options, optionsErr := kit.JavaOptions(i.kit)
	log, logErr := os.Create(filepath.Join(i.dir, "cluster.log"))
	if err := errors.Join(imagesErr, optionsErr, logErr); err != nil {
		return err
	}
	images = bytes.ReplaceAll(images, []byte(`"OPERATOR_VERSION": "`+kit.OperatorVersion+`"`), []byte(`"OPERATOR_VERSION": "`+i.operator+`"`))
	endpoint := i.store.Endpoint()
	if i.cluster, err = cluster.Start(ctx, cluster.Options{Binary: i.kit.Kube, Images: images, CRDs: i.kit.CRDs, JavaOptions: options, Dir: kubeDir,
		S3: strings.TrimPrefix(endpoint, "http://"), Region: region, AccessKey: access, SecretKey: secret, Teams: []string{team}, Log: log}); err != nil {
		return err
	}
	if i.target, err = eks.Connect(eks.Config{Operator: eks.Apache, Kubeconfig: i.cluster.Kubeconfig}); err != nil {
		return err
	}
	i.objects = awss3.New(awss3.Options{Region: region, BaseEndpoint: &endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(access, secret, "")})
	i.kube, err = dynamic.NewForConfig(i.cluster.Config)
	return err
}

// stop ends everything; what a failure can be looked into by is kept where
// SLUICE_TEST_LOGS says.
func (i *installation) stop() {
	if i.cluster != nil {
		i.cluster.Stop()
	}
	if i.store != nil {
		_ = i.store.Close()
	}
	if kept := os.Getenv("SLUICE_TEST_LOGS"); kept != "" {
		_ = os.CopyFS(kept, os.DirFS(i.dir))
	}
	_ = os.RemoveAll(i.dir)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// application is one under test.
type application struct {
	*installation
	flink.Application
}

func (i *installation) application(name string) *application {
	return &application{i, flink.Application{Namespace: team, Name: name}}
}

// revision is the sample's manifest with a jar, changed.
func (a *application) revision(t *testing.T, jar string, change func(spec map[string]any)) flink.Revision {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(a.kit.Jobs), flink.ManifestFile))
	must(t, err)
	first, _, _ := strings.Cut(string(text), "\n---")
	first = strings.ReplaceAll(strings.ReplaceAll(first, "${DATA_BUCKET}", data), team+"/counter/", team+"/"+a.Name+"/")
	var manifest map[string]any
	must(t, yaml.Unmarshal([]byte(first), &manifest))
	manifest["metadata"].(map[string]any)["name"] = a.Name
	if change != nil {
		change(manifest["spec"].(map[string]any))
	}
	r, err := flink.NewRevision(manifest, a.pinned(t, jar))
	must(t, err)
	return r
}

func (a *application) pinned(t *testing.T, jar string) flink.PinnedJar {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(a.kit.Jobs, jar))
	must(t, err)
	sum := sha256.Sum256(body)
	sha := hex.EncodeToString(sum[:])
	bucket, key := data, flink.JarKey(sha)
	_, err = a.objects.PutObject(t.Context(), &awss3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body)})
	must(t, err)
	return flink.PinnedJar{Bucket: bucket, Key: key, SHA256: sha, File: jar, EntryClass: entryClass}
}

// apply brings about a desired state as a step of its own.
func (a *application) apply(t *testing.T, r flink.Revision, run flink.RunState, restore flink.Restore, change func(*flink.Desired)) {
	t.Helper()
	a.fence++
	d := flink.Desired{Application: a.Application, Revision: r, Run: run, Restore: restore, Fence: a.fence,
		Release: t.Name(), Step: string(run) + "-" + string(restore.Kind) + "-" + hex.EncodeToString([]byte{byte(a.fence >> 8), byte(a.fence)})}
	if change != nil {
		change(&d)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for {
		err := a.target.Apply(ctx, d)
		if code := flink.CodeOf(err); err == nil || code != flink.Conflict && code != flink.Unavailable || ctx.Err() != nil {
			must(t, err)
			return
		}
		t.Logf("again: %v", err)
	}
}

// until observes until something holds.
func (a *application) until(t *testing.T, what string, holds func(flink.Observation) bool) flink.Observation {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for {
		o, err := a.target.Observe(ctx, a.Application)
		if err == nil && holds(o) {
			t.Logf("%s: %s", what, told(o))
			return o
		}
		select {
		case <-ctx.Done():
			t.Fatalf("never %s: %s, %v", what, told(o), err)
		case <-time.After(pause):
		}
	}
}

func told(o flink.Observation) string {
	text, _ := yaml.Marshal(map[string]any{"status": o.Status, "record": o.Record, "job": o.Job})
	return string(text)
}

// running: the job runs as this generation asks for it, and has completed some checkpoints.
func running(o flink.Observation) bool {
	return o.Job.Reachable && o.Job.State == "RUNNING" && o.Job.TasksRunning+o.Job.TasksFinished == o.Job.Tasks && o.Job.TasksRunning > 0 &&
		o.Status.ObservedGeneration == o.Spec.Generation && o.Job.Checkpoints.Completed >= checkpointsAFew
}

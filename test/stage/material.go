package stage

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink/targettest"
)

// Manifest is an application.yaml in order, with a short policy.
const Manifest = `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: {name: counter}
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: flink
  flinkConfiguration:
    state.savepoints.dir: s3://data/team-a/counter/savepoints
    state.checkpoints.dir: s3://data/team-a/counter/checkpoints
    high-availability.type: kubernetes
    high-availability.storageDir: s3://data/team-a/counter/ha
  jobManager: {resource: {memory: 1024m, cpu: 0.5}}
  taskManager: {resource: {memory: 1024m, cpu: 0.5}}
  job: {parallelism: 1, upgradeMode: savepoint}
---
apiVersion: sluice/v1alpha1
kind: ReleasePolicy
spec:
  progressDeadline: 3m
  bakeTime: 20s
`

// Jar makes a jar with an entry class, another for each name, and says how it
// behaves on the model. attributes are further lines of its own manifest.
func (s *Stage) Jar(name string, b targettest.Behaviour, attributes ...string) []byte {
	s.t.Helper()
	var buffer bytes.Buffer
	z := zip.NewWriter(&buffer)
	for _, entry := range []struct{ name, body string }{
		{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nComment: " + name + "\r\nMain-Class: com.acme.Job\r\n" + strings.Join(append(attributes, ""), "\r\n") + "\r\n"},
		{"com/acme/Job.class", "\xca\xfe\xba\xbe\x00\x00\x00\x37\x00\x01" + strings.Repeat("\x00", 16)}, // Java 11
	} {
		f, err := z.Create(entry.name)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := f.Write([]byte(entry.body)); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		s.t.Fatal(err)
	}
	sum := sha256.Sum256(buffer.Bytes())
	s.Model.Plant(hex.EncodeToString(sum[:]), b)
	return buffer.Bytes()
}

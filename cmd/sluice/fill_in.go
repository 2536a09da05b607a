package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/webpage"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

// fillIn says what ${NAME} is filled in with.
type fillIn struct {
	set     map[string]string
	outputs string // file that cdk deploy wrote
}

func (f *fillIn) declare(set *pflag.FlagSet) {
	set.StringToStringVar(&f.set, "set", nil, "NAME=VALUE that ${NAME} is filled in with")
	set.StringVar(&f.outputs, "outputs", "", "file that cdk deploy --outputs-file wrote: its output "+functions.PlaceholdersOutput+" has the values (default: those of a local plane)")
}

// placeholders are the values of ${NAME}: those set, else the installation's.
func (p *program) placeholders(f fillIn) (map[string]string, error) {
	values := map[string]string{}
	if f.outputs != "" {
		told, err := readOutputs(f.outputs)
		if err != nil {
			return nil, err
		}
		maps.Copy(values, told)
	} else {
		switch w, err := whereabouts.Read(orElse(p.flags.dir, whereabouts.DefaultDir)); {
		case err == nil:
			maps.Copy(values, w.Placeholders)
		case p.flags.dir != "" || !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	maps.Copy(values, f.set)
	return values, nil
}

// readOutputs finds the placeholders among the outputs of stacks
// (https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-deploy.html, --outputs-file).
func readOutputs(file string) (map[string]string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the stacks' outputs: %w", err)
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return nil, fmt.Errorf("%s is no file of outputs: %w; write it with npx cdk deploy --outputs-file %s", file, err, file)
	}
	var from []string
	var values map[string]string
	for _, stack := range slices.Sorted(maps.Keys(stacks)) {
		text, has := stacks[stack][functions.PlaceholdersOutput]
		if !has {
			continue
		}
		from = append(from, stack)
		if err := json.Unmarshal([]byte(text), &values); err != nil {
			return nil, fmt.Errorf("%s: the output %s of %s is no JSON object of strings: %w", file, functions.PlaceholdersOutput, stack, err)
		}
	}
	if len(from) != 1 {
		return nil, fmt.Errorf("%s has %d stacks with the output %s (%s), and one is needed: deploy the event plane with --outputs-file, one installation a file", file, len(from), functions.PlaceholdersOutput, strings.Join(from, ", "))
	}
	return values, nil
}

// standIns are values for what only the installation knows, good enough for a check.
var standIns = map[string]string{
	"DATA_BUCKET":            "stand-in-bucket",
	"DOCKER_HUB":             "docker.io",
	"JOB_EXECUTION_ROLE_ARN": "arn:aws:iam::000000000000:role/stand-in",
	"LOGS_BUCKET":            "stand-in-logs",
	"LOG_GROUP":              "/stand-in",
	"SCHEDULER":              "default-scheduler",

	webpage.DomainPlaceholder: "stand-in.example",
}

// withStandIns fills up the values, and tells which of those the texts ask for.
func withStandIns(values map[string]string, texts ...[]byte) []string {
	text := string(bytes.Join(texts, nil))
	var used []string
	for name, value := range standIns {
		if _, known := values[name]; known {
			continue
		}
		values[name] = value
		if asksFor(text, name) {
			used = append(used, name)
		}
	}
	return used
}

// asksFor knows the blueprint's bare words, too; see internal/manifest.
func asksFor(text, name string) bool {
	switch name {
	case "DATA_BUCKET":
		return strings.Contains(text, "${DATA_BUCKET}") || strings.Contains(text, "ENTER_S3_BUCKET")
	case "JOB_EXECUTION_ROLE_ARN":
		return strings.Contains(text, name)
	}
	return strings.Contains(text, "${"+name+"}")
}

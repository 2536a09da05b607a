package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/jar"
	"github.com/sluice-flink/sluice/internal/manifest"
)

// validation is what was found out about a manifest and its jars.
type validation struct {
	File        string            `json:"file"`
	Application flink.Application `json:"application"`
	Layer       string            `json:"layer,omitempty"` // file that the faults are of, where that is not the manifest
	Faults      []manifest.Fault  `json:"faults,omitempty"`
	More        int               `json:"more,omitempty"` // faults beyond those
	Notes       []string          `json:"notes,omitempty"`
	StandIns    []string          `json:"standIns,omitempty"` // placeholders whose value only the installation knows
	Jars        []jarFacts        `json:"jars,omitempty"`
}

// jarFacts is what was found out about a jar.
type jarFacts struct {
	File       string `json:"file"`
	Fault      string `json:"fault,omitempty"`
	EntryClass string `json:"entryClass,omitempty"`
	Java       int    `json:"java,omitempty"` // release the entry class was compiled for
	SHA256     string `json:"sha256,omitempty"`
}

func (v validation) faulty() bool {
	return len(v.Faults) > 0 || slices.ContainsFunc(v.Jars, func(j jarFacts) bool { return j.Fault != "" })
}

// classShift is what a class file's major version is above its Java release.
const classShift = 44

// checkJar checks a jar as Prepare does. pin is nil when the manifest pins none,
// or has faults. Only a file that cannot be read is an error.
func checkJar(path, entryClass string, pin *flink.ArtifactPin) (jarFacts, error) {
	facts := jarFacts{File: path}
	f, err := os.Open(path)
	if err != nil {
		return facts, fmt.Errorf("read the jar: %w", err)
	}
	defer func() { _ = f.Close() }()
	hash := sha256.New()
	size, err := io.Copy(hash, f)
	if err != nil {
		return facts, fmt.Errorf("read the jar: %w", err)
	}
	facts.SHA256 = hex.EncodeToString(hash.Sum(nil))
	found, err := jar.Check(f, size, jar.Options{EntryClass: entryClass, MaxJava: jar.DefaultJava})
	switch {
	case flink.CodeOf(err) == flink.Invalid && err != nil:
		facts.Fault = err.Error()
	case err != nil:
		return facts, err
	default:
		facts.EntryClass, facts.Java = found.EntryClass, found.ClassVersion-classShift
		facts.Fault = pinFault(facts, pin)
	}
	return facts, nil
}

// pinFault says when the manifest pins other bytes under that name.
func pinFault(facts jarFacts, pin *flink.ArtifactPin) string {
	if pin == nil {
		return ""
	}
	name := filepath.Base(facts.File)
	if pin.Key != "" && pin.Key != name {
		return "the manifest pins the jar " + pin.Key + ": this one starts no release; pin it, or leave it out"
	}
	if pin.SHA256 != "" && !strings.EqualFold(pin.SHA256, facts.SHA256) {
		return "its SHA-256 is " + facts.SHA256 + " and the manifest pins " + pin.SHA256 + ": take the jar that was built for this manifest, or pin this one"
	}
	return ""
}

// outline is what can be read of a manifest even when it has faults.
type outline struct {
	Metadata struct{ Namespace, Name string }
	Spec     struct {
		Job struct {
			EntryClass string `yaml:"entryClass"`
		}
	}
}

func outlineOf(text []byte) outline {
	var o outline
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&o); err != nil {
		return outline{} // its faults are reported with their places
	}
	return o
}

// applicationOf is the one that was named, or the one the manifest names. A
// manifest too broken to tell gets the names its faults are then reported for.
func applicationOf(doc outline, named string) (flink.Application, error) {
	if named != "" {
		return application(named)
	}
	if doc.Metadata.Name == "" {
		return flink.Application{Namespace: "default", Name: "application"}, nil
	}
	app := flink.Application{Namespace: doc.Metadata.Namespace, Name: doc.Metadata.Name}
	if app.Namespace == "" {
		app.Namespace = "default"
	}
	if _, err := flink.ParseKey(app.ManifestKey()); err != nil {
		return flink.Application{}, fmt.Errorf("the manifest names the application %s: %w", app, err)
	}
	return app, nil
}

func renderValidation(v validation) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	b.WriteString(renderFaults(v))
	switch {
	case len(v.Faults) == 0:
		say("%s: in order, as %s", v.File, v.Application)
	case v.Layer != "":
		say("%s: not checked: what lies under it is not in order", v.File)
	}
	for _, n := range v.Notes {
		say("%s: note: %s", v.File, n)
	}
	for _, j := range v.Jars {
		if j.Fault != "" {
			say("%s: %s", j.File, j.Fault)
			continue
		}
		say("%s: in order, starts %s, compiled for Java %d", j.File, j.EntryClass, j.Java)
	}
	if len(v.StandIns) > 0 {
		slices.Sort(v.StandIns)
		say("%s: note: the values of ${%s} are the installation's; stand-ins were checked (--set NAME=VALUE for others)", v.File, strings.Join(v.StandIns, "}, ${"))
	}
	return b.String()
}

func renderFaults(v validation) string {
	var b strings.Builder
	file := orElse(v.Layer, v.File)
	for _, f := range v.Faults {
		b.WriteString(located(file, f) + "\n")
	}
	if v.More > 0 {
		fmt.Fprintf(&b, "%s: and %d more faults, which show when these are mended\n", file, v.More)
	}
	return b.String()
}

// located is a fault as compilers print it, so that editors can jump there.
func located(file string, f manifest.Fault) string {
	at := file
	if f.Line > 0 {
		at += fmt.Sprintf(":%d", f.Line)
		if f.Column > 0 {
			at += fmt.Sprintf(":%d", f.Column)
		}
	}
	if f.Path != "" {
		return at + ": " + f.Path + ": " + f.Message
	}
	return at + ": " + f.Message
}

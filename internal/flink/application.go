package flink

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
)

// Application names one Flink application.
type Application struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// String is namespace/name.
func (a Application) String() string { return a.Namespace + "/" + a.Name }

// Spread is a number that follows from the name, and is another for nearly every
// name: by it applications are told apart where not all can come at once.
func (a Application) Spread() uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(a.String())) // never fails
	return h.Sum64()
}

// ArtifactKind says what an object in the artifact bucket is.
type ArtifactKind string

// The kinds of artifact that start a release.
const (
	Jar      ArtifactKind = "Jar"
	Manifest ArtifactKind = "Manifest"
)

// ManifestFile is the name of an application's manifest below its prefix.
const ManifestFile = "application.yaml"

// Artifact is an object of the artifact bucket, read from its key.
type Artifact struct {
	Application
	Kind ArtifactKind `json:"kind"`
	File string       `json:"file"` // last part of the key
}

// Key is the artifact's key: <namespace>/<application>/<file>.
func (a Artifact) Key() string { return a.Namespace + "/" + a.Name + "/" + a.File }

// ManifestKey is the key of the application's manifest.
func (a Application) ManifestKey() string { return a.Namespace + "/" + a.Name + "/" + ManifestFile }

// dnsLabel is the form of a Kubernetes namespace and of a FlinkDeployment's
// name (RFC 1123 label). The operator refuses deployment names over 45
// characters, because Flink adds suffixes to them.
var dnsLabel = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

const (
	maxNamespace   = 63
	maxApplication = 45
)

// Validate says what is wrong with the names.
func (a Application) Validate() error {
	if !dnsLabel.MatchString(a.Namespace) || len(a.Namespace) > maxNamespace {
		return fmt.Errorf("%q is no Kubernetes namespace", a.Namespace)
	}
	if !dnsLabel.MatchString(a.Name) || len(a.Name) > maxApplication {
		return fmt.Errorf("%q is no application name (lower-case letters, digits and '-', at most %d)", a.Name, maxApplication)
	}
	return nil
}

// ParseKey reads an artifact's key. The error says what the layout is.
func ParseKey(key string) (Artifact, error) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 {
		return Artifact{}, outsideLayout(key, fmt.Sprintf("it has %d parts", len(parts)))
	}
	a := Artifact{Application: Application{Namespace: parts[0], Name: parts[1]}, File: parts[2]}
	if err := a.Validate(); err != nil {
		return Artifact{}, outsideLayout(key, err.Error())
	}
	switch {
	case strings.ContainsFunc(a.File, unprintable):
		return Artifact{}, outsideLayout(key, "its file name has characters that cannot be printed")
	case a.File == ManifestFile:
		a.Kind = Manifest
	case strings.HasSuffix(a.File, ".jar") && a.File != ".jar":
		a.Kind = Jar
	default:
		return Artifact{}, outsideLayout(key, fmt.Sprintf("%q is neither a .jar nor %s", a.File, ManifestFile))
	}
	return a, nil
}

func outsideLayout(key, why string) error {
	return &Error{Code: Invalid, Op: "read the key", Err: fmt.Errorf(
		"the key %q is outside the layout: %s; upload to <namespace>/<application>/<name>.jar or <namespace>/<application>/%s", key, why, ManifestFile)}
}

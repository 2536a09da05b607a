package task

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/jar"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/manifest"
)

const (
	maxJar  = 400 << 20 // bytes: a jar has to fit into a function's /tmp
	maxJava = 17        // newest Java that the Flink images load
)

// errNotPinned: jar and manifest that belong together are not both there yet.
// Whichever of the two comes last starts the release.
var errNotPinned = errors.New("the pinned jar is not here yet")

// pin finds the jar that goes with this change, checks it and copies it to its
// content-addressed key. A changed manifest goes with the jar that runs,
// unless it names another.
func (t Tasks) pin(ctx context.Context, r Release, d ledger.Document, m *manifest.Manifest) (flink.PinnedJar, error) {
	pin := m.Policy.Artifact
	switch {
	case m.JarInImage():
		return flink.PinnedJar{EntryClass: m.EntryClass()}, nil
	case r.Artifact.Kind == flink.Jar:
		return t.fetch(ctx, r.Artifact.Key, r.Artifact.Version, r.Artifact.File, m, true)
	case r.Artifact.Prefix != "":
		o, err := t.Artifacts.Newest(ctx, t.Config.ArtifactBucket, r.Artifact.Prefix, ".jar")
		if err == nil {
			return t.fetch(ctx, o.Key, o.Version, baseName(o.Key), m, false)
		}
		if flink.CodeOf(err) != flink.NotFound {
			return flink.PinnedJar{}, err
		}
	}
	if pin != nil && pin.Key != "" {
		return t.fetch(ctx, r.Application.String()+"/"+pin.Key, "", pin.Key, m, !r.Change.DryRun)
	}
	if d.Current != "" {
		running, err := t.Ledger.Revision(ctx, r.Application, d.Current)
		if err == nil && running.Jar.Bucket == "" {
			return t.newestJar(ctx, r, m) // what runs took its jar from its image, or was taken over
		}
		if err == nil && pin != nil && pin.SHA256 != "" && pin.SHA256 != running.Jar.SHA256 {
			err = flink.Errorf(flink.Invalid, "go on with the jar that runs", "%w: it pins the SHA-256 %s, and %s, which runs, has %s: upload the jar that is pinned", errNotPinned, pin.SHA256, running.Jar.File, running.Jar.SHA256)
		}
		return running.Jar, err
	}
	return t.newestJar(ctx, r, m)
}

// newestJar is the one that was uploaded last beside the manifest.
func (t Tasks) newestJar(ctx context.Context, r Release, m *manifest.Manifest) (flink.PinnedJar, error) {
	o, err := t.Artifacts.Newest(ctx, t.Config.ArtifactBucket, r.Application.String()+"/", ".jar")
	if err != nil && flink.CodeOf(err) == flink.NotFound {
		return flink.PinnedJar{}, flink.Errorf(flink.Invalid, "find the jar", "there is no jar below s3://%s/%s/: upload it", t.Config.ArtifactBucket, r.Application)
	}
	if err != nil {
		return flink.PinnedJar{}, err
	}
	return t.fetch(ctx, o.Key, o.Version, baseName(o.Key), m, !r.Change.DryRun)
}

// fetch downloads a jar, hashes and checks it, and, if it is to stay, pins what was checked.
func (t Tasks) fetch(ctx context.Context, key, version, file string, m *manifest.Manifest, stays bool) (flink.PinnedJar, error) {
	none := flink.PinnedJar{}
	f, err := os.CreateTemp("", "jar-*")
	if err != nil {
		return none, flink.Errorf(flink.Internal, "make room for the jar", "%w", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	hash := sha256.New()
	if err := t.Artifacts.Download(ctx, t.Config.ArtifactBucket, key, version, io.MultiWriter(f, hash), maxJar); err != nil {
		if flink.CodeOf(err) == flink.NotFound {
			return none, flink.Errorf(flink.Invalid, "fetch the jar", "%w: nothing lies at s3://%s/%s: upload it", errNotPinned, t.Config.ArtifactBucket, key)
		}
		return none, err
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	if p := m.Policy.Artifact; p != nil && p.SHA256 != "" && p.SHA256 != sum {
		return none, flink.Errorf(flink.Invalid, "check "+file, "%w: its SHA-256 is %s and the manifest pins %s: it is released when both say the same, whichever is uploaded last", errNotPinned, sum, p.SHA256)
	}
	facts, err := checkJar(f, file, m)
	if err != nil {
		return none, err
	}
	pinned := flink.PinnedJar{Bucket: t.Config.PinBucket, Key: flink.JarKey(sum), SHA256: sum, File: file, EntryClass: facts.EntryClass}
	if !stays {
		return pinned, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return none, flink.Errorf(flink.Internal, "read the jar again", "%w", err)
	}
	return pinned, t.Artifacts.Pin(ctx, pinned.Bucket, pinned.Key, f)
}

func checkJar(f *os.File, file string, m *manifest.Manifest) (jar.Facts, error) {
	st, err := f.Stat()
	if err != nil {
		return jar.Facts{}, flink.Errorf(flink.Internal, "read the jar", "%w", err)
	}
	facts, err := jar.Check(f, st.Size(), jar.Options{EntryClass: m.EntryClass(), MaxJava: maxJava})
	if err != nil {
		return facts, flink.Errorf(flink.CodeOf(err), "check "+file, "%w", err)
	}
	return facts, nil
}

package agree

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// ownFence is the one that a run holds.
const ownFence = 100

func fence(word string) int64 {
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return n
	}
	return ownFence
}

// desire makes the next step's wish.
func (r *run) desire(ctx context.Context, revision flink.Revision, restore flink.Restore, fence int64) (flink.Desired, error) {
	o, err := r.observe(ctx)
	if err != nil {
		return flink.Desired{}, err
	}
	r.steps++
	return flink.Desired{
		Application: r.place.Application(), Revision: revision, Run: flink.Running, Restore: restore,
		Delivery: o.Traits.Delivery, Fence: fence, Release: "agree", Step: strconv.Itoa(r.steps),
	}, nil
}

// version is a revision by its name.
func (r *run) version(name string) (flink.Revision, error) {
	revision, err := r.place.Revision(name)
	r.versions[revision.ID] = name
	return revision, err
}

func (r *run) restore(from string) (flink.Restore, error) {
	switch from {
	case "nothing":
		return flink.Restore{Kind: flink.RestoreNothing}, nil
	case "held":
		return flink.Restore{Kind: flink.RestoreHeld}, nil
	case "latest":
		return flink.Restore{Kind: flink.RestoreLatest}, nil
	}
	path := r.names.paths[from]
	if path == "" {
		return flink.Restore{}, fmt.Errorf("no savepoint %s is known by now", from)
	}
	return flink.Restore{Kind: flink.RestoreSnapshot, Path: path}, nil
}

func (r *run) apply(ctx context.Context, words []string) error {
	restore, err := r.restore(words[1])
	if err != nil {
		return err
	}
	revision, err := r.version(words[0])
	if err != nil {
		return err
	}
	d, err := r.desire(ctx, revision, restore, fence(words[2]))
	if err != nil {
		return err
	}
	return r.write(ctx, d)
}

// write applies, and takes note of what runs from then on.
func (r *run) write(ctx context.Context, d flink.Desired) error {
	err := r.place.Apply(ctx, d)
	if r.last = d; err == nil && !d.DryRun {
		r.revision = d.Revision
	}
	return r.answer(err)
}

// applyAgain is the same release and step once more.
func (r *run) applyAgain(ctx context.Context, words []string) error {
	r.last.Fence = fence(words[0])
	return r.answer(r.place.Apply(ctx, r.last))
}

func (r *run) dryRun(ctx context.Context, words []string) error {
	revision, err := r.version(words[0])
	if err != nil {
		return err
	}
	d, err := r.desire(ctx, revision, flink.Restore{Kind: flink.RestoreHeld}, fence(words[1]))
	if err != nil {
		return err
	}
	d.DryRun = true
	return r.answer(r.place.Apply(ctx, d))
}

// adopt takes over what is there, by the manifest that is there.
func (r *run) adopt(ctx context.Context, words []string) error {
	o, err := r.observe(ctx)
	if err != nil {
		return err
	}
	revision, err := flink.NewRevision(o.Spec.Manifest, flink.PinnedJar{})
	if err != nil {
		return err
	}
	r.versions[revision.ID] = "what was adopted"
	d, err := r.desire(ctx, revision, flink.Restore{Kind: flink.RestoreNothing}, ownFence)
	if err != nil {
		return err
	}
	d.Adopt, d.DryRun = true, words[0] != ""
	return r.write(ctx, d)
}

func (r *run) createByHand(ctx context.Context, words []string) error {
	return r.place.CreateByHand(ctx, words[0])
}

func (r *run) suspend(ctx context.Context, words []string) error {
	restore := flink.Restore{Kind: flink.RestoreHeld}
	if words[0] != "" {
		restore.Kind = flink.RestoreLatest
	}
	d, err := r.desire(ctx, r.revision, restore, fence(words[1]))
	if err != nil {
		return err
	}
	d.Run = flink.Suspended
	return r.write(ctx, d)
}

// savepoint asks for one and waits until it is there or not to be had.
func (r *run) savepoint(ctx context.Context, words []string) error {
	name := words[0]
	request, again := r.asked[name]
	if !again {
		if _, err := r.observe(ctx); err != nil {
			return err
		}
		request = flink.SnapshotRequest{Application: r.place.Application(), JobID: r.jobID, ID: name, Directory: r.place.Directory()}
		if words[1] != "" {
			request.Directory = r.place.Nowhere()
		}
		if words[2] != "" || r.jobID == "" {
			request.JobID = strings.Repeat("f", 32)
		}
		r.asked[name] = request
	}
	request.Fence = fence(words[3])
	err := r.place.StartSnapshot(ctx, request)
	if told := r.answer(err); told != nil || err != nil {
		return told
	}
	return r.lookAtSavepoint(ctx, words)
}

func (r *run) lookAtSavepoint(ctx context.Context, words []string) error {
	name := words[0]
	for waited := time.Duration(0); ; waited += r.place.Look() {
		s, err := r.place.Snapshot(ctx, r.asked[name])
		if err != nil {
			return r.answer(err)
		}
		if s.Phase != flink.SnapshotPending || waited > longest {
			r.tellSavepoint(name, s)
			return nil
		}
		if err := r.place.Pass(ctx, r.place.Look()); err != nil {
			return err
		}
	}
}

func (r *run) tellSavepoint(name string, s flink.SnapshotState) {
	phase := string(s.Phase)
	if known := r.names.paths[name]; s.Path != "" && known != "" {
		phase += map[bool]string{true: ", the same as before", false: ", another than before"}[flink.SamePath(known, s.Path)]
	}
	if s.Path != "" {
		r.names.paths[name] = s.Path
	}
	if s.Cause != "" {
		phase += ", and says why"
	}
	r.tell("savepoint", phase)
}

func (r *run) removeSavepoint(ctx context.Context, words []string) error {
	path, err := r.path(words[0])
	if err != nil {
		return err
	}
	return r.answer(r.place.RemoveSnapshot(ctx, r.place.Application(), path))
}

func (r *run) remove(ctx context.Context, words []string) error {
	return r.answer(r.place.Remove(ctx, r.place.Application(), fence(words[0])))
}

func (r *run) lose(ctx context.Context, words []string) error {
	path, err := r.path(words[0])
	if err != nil {
		return err
	}
	return r.place.Lose(ctx, path)
}

func (r *run) path(name string) (string, error) {
	if p := r.names.paths[name]; p != "" {
		return p, nil
	}
	return "", fmt.Errorf("no savepoint %s is known by now", name)
}

package demo

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/local/demo/continuity"
)

// Rotate is the scene of savepoints that are taken, proven and retired.
const Rotate = "rotate"

// twin is the application that is forked from a savepoint of the counter.
var twin = flink.Application{Namespace: counter.Namespace, Name: "counter-twin"}

// How many savepoints there are when what happens: ten in all, of which the
// first is forked from and the second to fourth outlive the policy.
const (
	whenForked  = 4
	whenDamaged = 8
	whenFound   = 9
	whenRetired = 10
	keep        = 5           // the policy's, of sound ones
	leastMaxAge = time.Minute // that the policy takes
)

// rotate tells what becomes of ten savepoints of one job.
func (s *stage) rotate(ctx context.Context) error {
	var r rotations
	for _, step := range []func(context.Context, *rotations) error{
		s.beginToCount, s.takeFirst, s.takeThree, s.forkFirst, s.takeFour, s.damageOne, s.retireThree, s.showSavepoints,
	} {
		if err := step(ctx, &r); err != nil {
			return err
		}
	}
	faults := checkRotations(r)
	for _, f := range faults {
		s.line("  NOT AS IT HAS TO BE: %s", f)
	}
	whole, err := s.proveRotations(ctx, r)
	if err != nil {
		return err
	}
	if len(faults) > 0 || !whole {
		return errNotSeen
	}
	s.say("Everything was seen that has to be.")
	return nil
}

func (s *stage) beginToCount(ctx context.Context, r *rotations) (err error) {
	s.say("0. The manifest, with state in files of its own however small it is, and a policy for savepoints.")
	if err := s.writePolicy(ctx, "maxAge: 30d, verify: Restore"); err != nil {
		return err
	}
	s.say("1. The first version. It starts empty and counts 50 numbers a second.")
	if _, err := s.dropped(ctx, act{file: "counter-v1.jar", upload: "counter-v1.jar"}); err != nil {
		return err
	}
	if r.before, err = s.look(ctx); err != nil {
		return err
	}
	r.committedBefore, err = s.highest(ctx)
	return err
}

func (s *stage) takeFirst(ctx context.Context, r *rotations) error {
	s.say("2. A savepoint. The rotate machine is started with the application's name; its schedule starts it every quarter of an hour, for whatever is due then. The policy says verify: Restore: a throw-away JobManager without task slots has to restore the savepoint.")
	return s.rotateUntil(ctx, r, 1)
}

func (s *stage) takeThree(ctx context.Context, r *rotations) error {
	s.say("3. Three more. From here on the policy says verify: Metadata: the files of each new one are read and their checksums kept, and one older savepoint is read again, each in its turn. A changed policy needs no release.")
	if err := s.writePolicy(ctx, "maxAge: 30d, verify: Metadata"); err != nil {
		return err
	}
	return s.rotateUntil(ctx, r, whenForked)
}

func (s *stage) forkFirst(ctx context.Context, r *rotations) (err error) {
	s.say("4. A second application from the first savepoint, while the counter runs on: the same jar under another name, with directories of its own, and a sink of its own, because Flink's FileSink finds in its state where it wrote. From here on that savepoint is needed.")
	if err := s.writeTwin(ctx); err != nil {
		return err
	}
	if r.committedAfter, err = s.highest(ctx); err != nil {
		return err
	}
	if _, err = s.command(ctx, "fork", counter.String(), twin.String(), "--from", r.all[0].Snapshot.ID, "--why", "the demo wants a second counter"); err != nil {
		return err
	}
	o, err := s.target.Observe(ctx, twin)
	r.twinRestored = o.Job.Checkpoints.RestoredFrom
	return err
}

func (s *stage) takeFour(ctx context.Context, r *rotations) error {
	s.say("5. Four more of the counter, which has not noticed anything.")
	return s.rotateUntil(ctx, r, whenDamaged)
}

func (s *stage) damageOne(ctx context.Context, r *rotations) (err error) {
	s.say("6. Storage forgets without saying so: one byte of one file is flipped, and the file keeps its size. It is a file of the savepoint whose turn it is to be read again by the ninth rotation.")
	if r.harm, err = s.damageNext(ctx); err != nil {
		return err
	}
	return s.rotateUntil(ctx, r, whenFound)
}

// retireThree writes a policy that the second to fourth savepoint have outlived
// and the younger ones have not: nobody waits for days here.
func (s *stage) retireThree(ctx context.Context, r *rotations) error {
	s.say("7. The tenth. A savepoint goes when it is older than maxAge, none of the newest %d sound ones, and nothing needs it. A real policy counts in days; this one says how old the fourth is now.", keep)
	fourth := r.all[whenForked-1].Snapshot.Taken
	if left := leastMaxAge - time.Since(fourth); left > 0 {
		s.line("  … which has to be a minute at least: %s more", left.Round(time.Second))
	}
	if err := s.until(ctx, 2*leastMaxAge, "the fourth savepoint did not grow old enough", func() (bool, error) {
		return time.Since(fourth) > leastMaxAge+time.Second, nil
	}); err != nil {
		return err
	}
	age := int(time.Since(fourth).Seconds())
	if err := s.writePolicy(ctx, fmt.Sprintf("maxAge: %ds, verify: Metadata", age)); err != nil {
		return err
	}
	return s.rotateUntil(ctx, r, whenRetired)
}

func (s *stage) showSavepoints(ctx context.Context, r *rotations) (err error) {
	s.say("8. What there is now. The damaged one is nothing to start from any more, and counts for nothing; for whoever wants to look at it, it stays until it is too old.")
	if r.listing, err = s.command(ctx, "snapshots", counter.String()); err != nil {
		return err
	}
	if r.after, err = s.look(ctx); err != nil {
		return err
	}
	r.files, err = s.filesOf(ctx, r.all)
	return err
}

// inFiles has Flink write even the sample's few bytes of state into files of
// their own. By default what has less than 20 kB lies in _metadata.
const inFiles = "    state.storage.fs.memory-threshold: \"0b\"\n"

// writePolicy uploads the sample's manifest with a policy for savepoints.
func (s *stage) writePolicy(ctx context.Context, snapshots string) error {
	body, err := read(s.manifest, 0)
	if err != nil {
		return err
	}
	text, err := withSnapshots(string(body), snapshots)
	if err != nil {
		return err
	}
	s.line("  snapshots: %s", snapshots)
	return s.writeManifest(ctx, counter, text)
}

// withSnapshots is the sample's manifest with state in files and a policy for savepoints.
func withSnapshots(sample, snapshots string) (string, error) {
	backend, bake := "    state.backend.type: hashmap\n", "  bakeTime: 15s\n"
	return edited(sample, backend, backend+inFiles, bake, bake+fmt.Sprintf("  snapshots: {keep: %d, %s}\n", keep, snapshots))
}

// asTwin is the sample's manifest as the twin's: with its name and places, and
// with a sink of another uid, whose state in the counter's savepoint is left behind.
func asTwin(sample string) (string, error) {
	return edited(sample, "  name: counter\n", "  name: counter-twin\n", "/counter/", "/counter-twin/",
		"args: [", "args: [--sink-uid, files-of-the-twin, ", "    parallelism: 1\n", "    parallelism: 1\n    allowNonRestoredState: true\n")
}

// edited replaces texts, all of which have to be there: old, new, old, new, …
func edited(sample string, pairs ...string) (string, error) {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(sample, pairs[i]) {
			return "", fmt.Errorf("the sample's %s has no %q any more", flink.ManifestFile, pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(sample), nil
}

// writeManifest uploads a manifest that asks for nothing new to run.
func (s *stage) writeManifest(ctx context.Context, app flink.Application, text string) error {
	u, err := s.put(ctx, app, []byte(text), flink.ManifestFile)
	if err != nil {
		return err
	}
	r, err := s.follow(ctx, u)
	if err != nil {
		return err
	}
	s.line("  %s, %s: %s", r.Outcome, r.Reason, r.Message)
	if r.Reason != flink.NoJarYet && r.Reason != flink.AlreadyRunning {
		return fmt.Errorf("the manifest ended as %s, %s and has to touch no job", r.Outcome, r.Reason)
	}
	return nil
}

// writeTwin uploads the twin's manifest.
func (s *stage) writeTwin(ctx context.Context) error {
	body, err := read(s.manifest, 0)
	if err != nil {
		return err
	}
	text, err := asTwin(string(body))
	if err != nil {
		return err
	}
	return s.writeManifest(ctx, twin, text)
}

// proveRotations reads the committed output of both applications.
func (s *stage) proveRotations(ctx context.Context, r rotations) (bool, error) {
	own, err := s.committed(ctx, func(continuity.Stretch) string { return "" }, onlyFirstVersion)
	if err != nil {
		return false, err
	}
	from := path.Base(r.all[0].Snapshot.Path)
	s.say("And of the second application, which began with %s\n", from)
	report, err := continuity.ReadFork(ctx, s.output(twin), patience)
	if err != nil {
		return false, err
	}
	for _, stretch := range report.Stretches {
		s.line("  %s", stretch)
	}
	faults := append(report.Faults(), checkTwin(r, report)...)
	for _, f := range faults {
		s.line("  NOT AS IT HAS TO BE: %s", f)
	}
	if len(faults) == 0 {
		s.line("  it went on at %d: the counter had committed up to %d before that savepoint was taken, and up to %d when the fork was asked for", report.First, r.committedBefore, r.committedAfter)
	}
	return own && len(faults) == 0, nil
}

// highest is the highest number that the counter has committed.
func (s *stage) highest(ctx context.Context) (int64, error) {
	report, err := continuity.Read(ctx, s.output(counter), patience)
	return report.Highest, err
}

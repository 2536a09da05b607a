package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
	"github.com/sluice-flink/sluice/local/sfn"
)

// executions are those of the plane's state machines.
type executions interface {
	Start(machine, name string, input []byte) (sfn.Execution, error)
	Describe(arn string) (sfn.Execution, error)
	History(arn string) ([]sfn.Event, error)
}

// stage is what the story is told with.
type stage struct {
	out        io.Writer
	where      whereabouts.Whereabouts
	objects    *s3.Client
	target     flink.Target
	ledger     ledger.Store
	feed       *feed
	executions executions
	rotates    string         // ARN of the rotate machine
	records    ledger.Objects // the ledger's bucket, where rotations are recorded
	run        runner
	jobs       string // folder of the sample jars
	manifest   string // the sample's application.yaml
	dir        string
}

func (s *stage) say(format string, args ...any) { _, _ = fmt.Fprintf(s.out, "\n"+format+"\n", args...) }

func (s *stage) line(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format+"\n", args...) }

// errNotSeen ends a story in which something was not as it had to be; what it
// was has been said.
var errNotSeen = errors.New("not everything was seen that has to be: see above")

// tell tells the story, and says at its end what was seen.
func (s *stage) tell(ctx context.Context) error {
	if err := s.uploadManifest(ctx); err != nil {
		return err
	}
	var seen []sighting
	for i, a := range acts() {
		s.say("%d. %s", i+1, a.story)
		got, err := s.play(ctx, a)
		if err != nil {
			return fmt.Errorf("%s: %w", a.title, err)
		}
		seen = append(seen, got)
		if a.first && len(got.faults) > 0 {
			break // there is no job to go on with
		}
	}
	s.say("What was seen\n")
	s.line("%s", indent(renderTable(seen), "  "))
	whole, err := s.prove(ctx)
	if err != nil {
		return err
	}
	if !whole || !allSeen(seen) {
		return errNotSeen
	}
	s.say("Everything was seen that has to be.")
	return nil
}

// uploadManifest uploads application.yaml. Without a jar beside it, it starts no release.
func (s *stage) uploadManifest(ctx context.Context) error {
	s.say("0. The manifest: the FlinkDeployment that kubectl apply would take, unedited.")
	upload, err := s.upload(ctx, s.manifest, 0, flink.ManifestFile)
	if err != nil {
		return err
	}
	r, err := s.follow(ctx, upload)
	if err != nil {
		return err
	}
	s.line("  %s, %s: %s", r.Outcome, r.Reason, r.Message)
	if r.Outcome != flink.Ignored || r.Reason != flink.NoJarYet {
		return fmt.Errorf("the manifest alone ended as %s, %s and has to be %s, %s", r.Outcome, r.Reason, flink.Ignored, flink.NoJarYet)
	}
	return nil
}

// play uploads a jar, follows its release and compares before with after.
func (s *stage) play(ctx context.Context, a act) (sighting, error) {
	got := sighting{act: a}
	var err error
	if got.before, err = s.look(ctx); err != nil {
		return got, err
	}
	upload, err := s.upload(ctx, filepath.Join(s.jobs, a.file), a.part, a.upload)
	if err != nil {
		return got, err
	}
	if got.record, err = s.follow(ctx, upload); err != nil {
		return got, err
	}
	if got.after, err = s.look(ctx); err != nil {
		return got, err
	}
	got.faults = check(a, got.before, got.after, got.record)
	s.line("  %s, %s: %s", got.record.Outcome, got.record.Reason, indentRest(got.record.Message, "  "))
	for _, f := range got.faults {
		s.line("  NOT AS IT HAS TO BE: %s", f)
	}
	return got, nil
}

// look reads what runs now: from the ledger, the operator and Flink.
func (s *stage) look(ctx context.Context) (look, error) {
	d, _, err := s.ledger.Document(ctx, counter)
	if err != nil {
		return look{}, err
	}
	o, err := s.target.Observe(ctx, counter)
	return look{document: d, observation: o}, err
}

// uploaded is one version of an object.
type uploaded struct {
	app          flink.Application
	key, version string
	at           time.Time
}

// upload puts a file below the application's prefix, as any S3 client would.
func (s *stage) upload(ctx context.Context, file string, part float64, name string) (uploaded, error) {
	body, err := read(file, part)
	if err != nil {
		return uploaded{}, err
	}
	return s.put(ctx, counter, body, name)
}

func (s *stage) put(ctx context.Context, app flink.Application, body []byte, name string) (uploaded, error) {
	u := uploaded{app: app, key: app.String() + "/" + name, at: time.Now()}
	out, err := s.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &s.where.Artifacts, Key: &u.key, Body: bytes.NewReader(body)})
	if err != nil {
		return u, fmt.Errorf("upload %s: %w", u.key, err)
	}
	u.version = aws.ToString(out.VersionId)
	s.line("  uploaded s3://%s/%s", s.where.Artifacts, u.key)
	return u, nil
}

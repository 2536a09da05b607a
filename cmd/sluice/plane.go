package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/boot"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

// plane is what an installation takes from people.
type plane interface {
	// Ask puts a Sluice Change Requested event on the installation's bus.
	Ask(ctx context.Context, d events.ChangeRequestedDetail) error
	// Upload puts a file into the artifact bucket.
	Upload(ctx context.Context, key string, body io.ReadSeeker) error
	task.Sender
}

// services is a plane by its AWS services, or by what stands for them here.
type services struct {
	task.Sender
	bus, artifacts string
	events         *eventbridge.Client
	objects        *s3.Client
}

func newPlane(cfg aws.Config, e boot.Environment, objects *s3.Client, artifacts string) services {
	made := eventbridge.NewFromConfig(cfg, func(o *eventbridge.Options) {
		if e.EventsEndpoint != "" {
			o.BaseEndpoint = &e.EventsEndpoint
		}
	})
	return services{Sender: boot.NewSender(cfg, e), bus: e.EventBus, artifacts: artifacts, events: made, objects: objects}
}

func localPlane(w whereabouts.Whereabouts) services {
	return newPlane(w.Config(), boot.Environment{EventBus: w.EventBus, Machine: w.Machine, EventsEndpoint: w.Events, StatesEndpoint: w.States}, w.Objects(), w.Artifacts)
}

// Ask implements plane.
func (s services) Ask(ctx context.Context, d events.ChangeRequestedDetail) error {
	if s.bus == "" {
		return errNoPlane
	}
	detail, err := json.Marshal(d)
	if err != nil {
		return err
	}
	out, err := s.events.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []eventtypes.PutEventsRequestEntry{{
		EventBusName: &s.bus, Source: aws.String(events.Source), DetailType: aws.String(events.ChangeRequestedType), Detail: aws.String(string(detail))}}})
	switch {
	case err != nil:
		return fmt.Errorf("ask for the change: %w", err)
	case out.FailedEntryCount > 0: // 200 with a failed entry is a failure
		return fmt.Errorf("ask for the change: %s: %s", aws.ToString(out.Entries[0].ErrorCode), aws.ToString(out.Entries[0].ErrorMessage))
	}
	return nil
}

// Upload implements plane.
func (s services) Upload(ctx context.Context, key string, body io.ReadSeeker) error {
	if s.artifacts == "" {
		return errors.New("no artifact bucket is named: give --artifact-bucket (the stack's output ArtifactsBucketName) or set SLUICE_ARTIFACTS_BUCKET")
	}
	_, err := s.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &s.artifacts, Key: &key, Body: body})
	if err != nil {
		return ledger.S3Error("upload s3://"+s.artifacts+"/"+key, err)
	}
	return nil
}

// wake sends the document's messages to executions that sleep, and takes out
// what was sent. Other messages are the releases' own.
func wake(ctx context.Context, i *installation, app flink.Application, outbox []ledger.Message) error {
	for _, m := range outbox {
		if m.Kind != ledger.EndWait {
			continue
		}
		if err := i.Plane.Send(ctx, app, m); err != nil {
			return err
		}
		if _, err := ledger.Update(ctx, i.Ledger, app, func(d *ledger.Document) error { d.Sent(m.Name); return nil }); err != nil {
			return err
		}
	}
	return nil
}

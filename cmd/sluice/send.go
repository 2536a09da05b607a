package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/testevents"
)

// sendOptions are the flags of send.
type sendOptions struct{ bucket, key, version string }

// sendAnswer is what send prints for machines.
type sendAnswer struct {
	Sent events.Event `json:"sent"`
}

func (p *program) sendCommand() *cobra.Command {
	var o sendOptions
	c := &cobra.Command{
		Use:   "send FILE|NAME",
		Short: "Put a test event on the local plane's default bus",
		Long: "Put an event on the local plane's default bus, as S3 would. NAME is one of testevents/:\n  " +
			strings.Join(eventNames(), "\n  ") + "\n\nIts time becomes now. The bucket of an Object Created event becomes the plane's artifact bucket\n" +
			"unless --bucket names another; the version is left out unless --version gives one.",
		Args: takes(1, 1, "a file or the name of a test event"),
		RunE: func(c *cobra.Command, args []string) error {
			i, err := p.open(c.Context())
			if err != nil {
				return err
			}
			if i.Local == nil {
				return errors.New("nobody but Amazon may send events of the source aws.s3 on AWS: upload the object instead, aws s3 cp FILE s3://" + orElse(i.Artifacts, "<artifacts>") + "/<namespace>/<application>/")
			}
			text, err := eventText(args[0])
			if err != nil {
				return err
			}
			event, err := o.fill(text, i.Artifacts, time.Now())
			if err != nil {
				return err
			}
			if err := i.Local.Send(c.Context(), event); err != nil {
				return err
			}
			return p.say(fmt.Sprintf("sent %s from %s; what became of it: sluice releases\n", event.DetailType, event.Source), sendAnswer{event})
		},
	}
	c.Flags().StringVar(&o.bucket, "bucket", "", "bucket of an Object Created event")
	c.Flags().StringVar(&o.key, "key", "", "key of an Object Created event")
	c.Flags().StringVar(&o.version, "version", "", "version id of an Object Created event")
	return c
}

func eventNames() []string {
	files, _ := fs.Glob(testevents.FS, "*.json") // the pattern is right
	for i, f := range files {
		files[i] = strings.TrimSuffix(f, ".json")
	}
	return files
}

// eventText reads a file, or a test event by its name.
func eventText(which string) ([]byte, error) {
	text, err := os.ReadFile(which)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	text, err = fs.ReadFile(testevents.FS, strings.TrimSuffix(which, ".json")+".json")
	if err != nil {
		return nil, fmt.Errorf("%s is neither a file nor a test event: sluice help send lists the test events", which)
	}
	return text, nil
}

// fill makes the event one of now and, if it tells of an object, of the bucket
// and the key that were asked for.
func (o sendOptions) fill(text []byte, artifacts string, now time.Time) (events.Event, error) {
	e, err := events.Parse(text)
	if err != nil {
		return e, err
	}
	e.Time = now.UTC().Truncate(time.Second)
	if _, asks, err := events.ChangeRequested(e); asks {
		return e, errors.Join(err, errors.New("changes are not asked for on the default bus: use sluice restart, rollback and the others, see sluice help"))
	}
	d, ok, err := events.ObjectCreated(e)
	switch {
	case err != nil:
		return e, err
	case !ok && o != (sendOptions{}):
		return e, usageError{fmt.Errorf("--bucket, --key and --version are for Object Created events, and this is %s of %s", e.DetailType, e.Source)}
	case !ok:
		return e, nil
	}
	d.Bucket.Name = orElse(o.bucket, artifacts)
	d.Object.Key = orElse(o.key, d.Object.Key)
	d.Object.VersionID = o.version
	e.Resources = []string{"arn:aws:s3:::" + d.Bucket.Name}
	e.Detail, err = json.Marshal(d)
	return e, err
}

package s3

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sluice-flink/sluice/events"
)

// object is what an event says of a new object.
type object struct {
	bucket, key   string
	size          int64 // bytes
	etag, version string
}

// sender makes S3's events.
type sender struct {
	account, region string
	send            func(events.Event)
	now             func() time.Time
	order           sequence
}

// created sends an Object Created event.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func (s *sender) created(reason string, o object) {
	now := s.now()
	d := events.ObjectCreatedDetail{
		Version: "0", Reason: reason, Requester: s.account, SourceIPAddress: "127.0.0.1",
		RequestID: strings.ToUpper(strings.ReplaceAll(uuid.NewString(), "-", "")[:16]),
	}
	d.Bucket.Name = o.bucket
	d.Object.Key, d.Object.Size = o.key, o.size
	d.Object.ETag, d.Object.VersionID = strings.Trim(o.etag, `"`), o.version
	d.Object.Sequencer = s.order.next(now)
	detail, err := json.Marshal(d)
	if err != nil {
		panic(err) // a struct of texts and a number can always be written
	}
	s.send(events.Event{
		Version: "0", ID: uuid.NewString(), Source: events.ObjectCreatedSource, DetailType: events.ObjectCreatedType,
		Account: s.account, Region: s.region, Time: now.UTC().Truncate(time.Second),
		Resources: []string{"arn:aws:s3:::" + o.bucket}, Detail: detail,
	})
}

// sequence yields sequencers: hexadecimal, of one length, each greater than all before.
type sequence struct {
	mu   sync.Mutex
	last int64
}

func (s *sequence) next(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = max(s.last+1, now.UnixNano())
	return fmt.Sprintf("00%016X", s.last)
}

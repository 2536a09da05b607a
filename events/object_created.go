package events

import (
	"encoding/json"
	"fmt"
)

// ObjectCreated is sent by Amazon S3 for every new object (and object version)
// of a bucket that has EventBridge notifications on. It is read by the rule
// that starts a release and by the state Admit. Delivery is at least once and
// unordered.
const (
	ObjectCreatedSource = "aws.s3"
	ObjectCreatedType   = "Object Created"
)

// ObjectCreatedDetail is the detail of an Object Created event
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html). The
// key arrives as it is, not URL-encoded, unlike in S3's classic notifications.
type ObjectCreatedDetail struct {
	Version string `json:"version"`
	Bucket  struct {
		Name string `json:"name"`
	} `json:"bucket"`
	Object struct {
		Key       string `json:"key"`
		Size      int64  `json:"size"`                 // bytes
		ETag      string `json:"etag"`                 // without quotes; no MD5 for multipart uploads
		VersionID string `json:"version-id,omitempty"` // absent when the bucket is not versioned
		Sequencer string `json:"sequencer,omitempty"`  // hex; orders events of one key only
	} `json:"object"`
	RequestID       string `json:"request-id,omitempty"`
	Requester       string `json:"requester,omitempty"`
	SourceIPAddress string `json:"source-ip-address,omitempty"`
	Reason          string `json:"reason,omitempty"` // PutObject, CompleteMultipartUpload, CopyObject, POST Object
}

// ObjectCreated reads the detail of an Object Created event; ok is false for
// every other event.
func ObjectCreated(e Event) (d ObjectCreatedDetail, ok bool, err error) {
	if e.Source != ObjectCreatedSource || e.DetailType != ObjectCreatedType {
		return d, false, nil
	}
	if err := json.Unmarshal(e.Detail, &d); err != nil {
		return d, true, fmt.Errorf("the detail of the Object Created event cannot be read: %w", err)
	}
	if d.Bucket.Name == "" || d.Object.Key == "" {
		return d, true, fmt.Errorf("the Object Created event names no bucket or no key")
	}
	for _, name := range []string{d.Bucket.Name, d.Object.Key, d.Object.VersionID, d.Object.ETag, d.Object.Sequencer} {
		if len(name) > maxObjectName {
			return d, true, fmt.Errorf("the Object Created event has a name of %d bytes, and S3's end at %d: it is not of S3", len(name), maxObjectName)
		}
	}
	return d, true, nil
}

// maxObjectName is the length, in bytes, of the longest names that S3 has: keys
// and version ids (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html).
const maxObjectName = 1024

// NewArtifact is the pattern of the rule that starts a release: any new object
// of the artifact bucket that may be a jar or a manifest. bucket is a name or,
// in a template, a token.
func NewArtifact(bucket any) Pattern {
	return Pattern{
		Source:     []string{ObjectCreatedSource},
		DetailType: []string{ObjectCreatedType},
		Detail: map[string]any{
			"bucket": map[string]any{"name": []any{bucket}},
			"object": map[string]any{"key": []any{
				map[string]any{"suffix": ".jar"},
				map[string]any{"suffix": "/application.yaml"},
			}},
		},
	}
}

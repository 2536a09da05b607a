// Package testevents holds one file for every kind of event that reaches
// Sluice or leaves it, as <detail-type>.<case>.json: the envelope as
// EventBridge delivers it. "sluice send" sends them, tests parse and match them.
//
// The shapes of S3's events are those of its documentation
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html); names,
// accounts and addresses in them are made up. The package knows no meaning of
// an event: that is events. What is expected of each file stands in one table,
// in expectations_test.go; a file without a line there fails the tests.
package testevents

import "embed"

// FS holds the files, all in its root.
//
//go:embed *.json
var FS embed.FS

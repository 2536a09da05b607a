package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

// bury leaves an event in the plane's dead-letter queue, as EventBridge does.
func bury(t *testing.T, w whereabouts.Whereabouts, event string) {
	t.Helper()
	client := sqs.NewFromConfig(w.Config(), func(o *sqs.Options) { o.BaseEndpoint = &w.Events })
	says := func(text string) sqstypes.MessageAttributeValue {
		return sqstypes.MessageAttributeValue{DataType: aws.String("String"), StringValue: &text}
	}
	_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &w.Undelivered, MessageBody: &event, MessageAttributes: map[string]sqstypes.MessageAttributeValue{
		"RULE_ARN": says("arn:aws:events:us-east-1:000000000000:rule/ChangeRule"), "TARGET_ARN": says(w.Machine), "ERROR_CODE": says("ERROR_FROM_TARGET"), "RETRY_ATTEMPTS": says("185")}})
	if err != nil {
		t.Fatal(err)
	}
}

// TestReplayOfWhatWasDoneChangesNothing: a letter starts the machine it was meant
// for; the same event again, from another letter, is a duplicate.
func TestReplayOfWhatWasDoneChangesNothing(t *testing.T) {
	dir := startPlane(t)
	w, err := whereabouts.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := ledger.New(ledger.S3{Client: w.Objects(), Bucket: w.Ledger})
	detail, _ := json.Marshal(events.ChangeRequestedDetail{Request: "request-1", Namespace: fraud.Namespace, Application: fraud.Name, Change: string(flink.Cancel), By: "ann"})
	event, _ := json.Marshal(events.Event{Version: "0", ID: "1", Source: events.Source, DetailType: events.ChangeRequestedType, Time: at(0), Detail: detail})
	for range 2 {
		bury(t, w, string(event))
		if code, out, errs := there(t, dir, "replay", "--all"); code != exitWell || !strings.Contains(out, "sent to Sluice-release: Sluice Change Requested Cancel team-a/fraud") {
			t.Fatalf("exit %d: %s%s", code, out, errs)
		}
		if code, out, _ := there(t, dir, "replay"); code != exitWell || !strings.Contains(out, "nothing waits") {
			t.Fatalf("exit %d: %s", code, out)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for len(releasesOf(t, s, flink.RequestInvalid)) == 0 {
		if pause(ctx, 20*time.Millisecond) != nil {
			t.Fatal("the letter has started nothing")
		}
	}
	if all := releasesOf(t, s, flink.RequestInvalid); len(all) != 1 {
		t.Errorf("two letters of one event have %d records", len(all))
	}
}

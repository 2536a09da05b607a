package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// letter is an event that could not be delivered: a message of the stack's
// dead-letter queue, with what EventBridge says of it
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html).
type letter struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"` // when it was given up
	Event   json.RawMessage `json:"event"`
	Origin  string          `json:"origin"` // ARN of the rule or schedule
	Target  string          `json:"target"` // ARN of what it was meant for
	Why     string          `json:"why"`
	Retries int             `json:"retries"`

	receipt string
}

// letters is an installation's dead-letter queue.
type letters interface {
	// Letters lists what waits, oldest first, and hides it from others for a while.
	Letters(ctx context.Context, hide time.Duration) ([]letter, error)
	// Start sends a letter to where it was meant to go. The same letter twice is one execution.
	Start(ctx context.Context, l letter) error
	// Delete takes a letter out of the queue.
	Delete(ctx context.Context, l letter) error
}

// queue is a dead-letter queue by its AWS services, or by what stands for them here.
type queue struct {
	url      string
	messages *sqs.Client
	states   *sfn.Client
}

var errNoQueue = errors.New("no dead-letter queue is named: give --undelivered-queue (the stack's output UndeliveredQueueUrl)")

func newQueue(cfg aws.Config, url, endpoint string) queue {
	q := queue{url: url}
	q.messages = sqs.NewFromConfig(cfg, func(o *sqs.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
	})
	q.states = sfn.NewFromConfig(cfg, func(o *sfn.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
	})
	return q
}

// mostLetters bounds what one command looks at.
const mostLetters = 1000

// Letters implements letters. SQS hands out ten messages at a time, not
// necessarily all there are, and none that somebody received a moment ago.
func (q queue) Letters(ctx context.Context, hide time.Duration) ([]letter, error) {
	if q.url == "" {
		return nil, errNoQueue
	}
	found := map[string]letter{}
	for len(found) < mostLetters {
		out, err := q.messages.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &q.url, MaxNumberOfMessages: 10, VisibilityTimeout: int32(hide / time.Second), WaitTimeSeconds: 1,
			MessageAttributeNames: []string{"All"}, MessageSystemAttributeNames: []sqstypes.MessageSystemAttributeName{sqstypes.MessageSystemAttributeNameSentTimestamp}})
		if err != nil {
			return nil, fmt.Errorf("look into the dead-letter queue: %w", err)
		}
		fresh := false
		for _, m := range out.Messages {
			l := read(m)
			_, known := found[l.ID]
			found[l.ID], fresh = l, fresh || !known
		}
		if !fresh {
			break
		}
	}
	all := make([]letter, 0, len(found))
	for _, l := range found {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b letter) int {
		return strings.Compare(a.At.Format(time.RFC3339Nano)+a.ID, b.At.Format(time.RFC3339Nano)+b.ID)
	})
	return all, nil
}

// read makes a letter of a message.
func read(m sqstypes.Message) letter {
	says := func(name string) string { return aws.ToString(m.MessageAttributes[name].StringValue) }
	l := letter{ID: aws.ToString(m.MessageId), receipt: aws.ToString(m.ReceiptHandle), Origin: says("RULE_ARN") + says("SCHEDULE_ARN"), Target: says("TARGET_ARN")}
	l.Event = json.RawMessage(aws.ToString(m.Body))
	if !json.Valid(l.Event) {
		l.Event, _ = json.Marshal(aws.ToString(m.Body)) // a string: cannot fail
	}
	l.Why = strings.Join(slices.DeleteFunc([]string{says("ERROR_CODE"), says("EXHAUSTED_RETRY_CONDITION"), says("ERROR_MESSAGE")}, func(s string) bool { return s == "" }), ", ")
	l.Retries, _ = strconv.Atoi(says("RETRY_ATTEMPTS")) // 0 where it is not said
	if sent, err := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64); err == nil {
		l.At = time.UnixMilli(sent).UTC()
	}
	return l
}

// Start implements letters. The execution's name follows from the letter's.
func (q queue) Start(ctx context.Context, l letter) error {
	if !strings.Contains(l.Target, ":states:") || !strings.Contains(l.Target, ":stateMachine:") {
		return fmt.Errorf("it was meant for %s, and only what was meant for a state machine can be sent again", orElse(l.Target, "nobody that it names"))
	}
	sum := sha256.Sum256([]byte(l.ID))
	_, err := q.states.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &l.Target, Name: aws.String("replay-" + hex.EncodeToString(sum[:])[:32]), Input: aws.String(string(l.Event))})
	var exists *sfntypes.ExecutionAlreadyExists
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("send it to %s: %w", l.Target, err)
	}
	return nil
}

// Delete implements letters.
func (q queue) Delete(ctx context.Context, l letter) error {
	_, err := q.messages.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: &l.receipt})
	if err != nil {
		return fmt.Errorf("it was sent, and could not be taken out of the queue: %w. To send it again changes nothing", err)
	}
	return nil
}

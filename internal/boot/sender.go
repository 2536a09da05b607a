package boot

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/task"
)

// sender sends outbox messages to EventBridge, Step Functions and SNS.
type sender struct {
	bus, machine, escalations string
	events                    *eventbridge.Client
	states                    *sfn.Client
	topics                    *sns.Client
}

// NewSender makes the sender of an installation, of which it needs the bus, the
// machine and, where they are not Amazon's, the endpoints.
func NewSender(cfg aws.Config, e Environment) task.Sender { return newSender(cfg, e) }

func newSender(cfg aws.Config, e Environment) sender {
	return sender{bus: e.EventBus, machine: e.Machine, escalations: e.Escalations,
		events: eventbridge.NewFromConfig(cfg, func(o *eventbridge.Options) { o.BaseEndpoint = orDefault(e.EventsEndpoint) }),
		states: sfn.NewFromConfig(cfg, func(o *sfn.Options) { o.BaseEndpoint = orDefault(e.StatesEndpoint) }),
		topics: sns.NewFromConfig(cfg, func(o *sns.Options) { o.BaseEndpoint = orDefault(e.TopicsEndpoint) }),
	}
}

func orDefault(endpoint string) *string {
	if endpoint == "" {
		return nil
	}
	return &endpoint
}

// Send implements task.Sender.
func (s sender) Send(ctx context.Context, app flink.Application, m ledger.Message) error {
	switch m.Kind {
	case ledger.ReleaseEnded:
		return s.put(ctx, events.ReleaseEndedType, m)
	case ledger.ApprovalAsk:
		return s.put(ctx, events.ApprovalAskedType, m)
	case ledger.StartRelease:
		return s.start(ctx, s.machine, m.Name, m.Payload)
	case ledger.StartMachine:
		var other ledger.Start
		if err := json.Unmarshal(m.Payload, &other); err != nil {
			return flink.Errorf(flink.Internal, "send "+m.Name, "%w", err)
		}
		return s.start(ctx, other.Machine, m.Name, other.Input)
	case ledger.EndWait:
		return s.wake(ctx, m)
	case ledger.Escalation:
		return s.call(ctx, m)
	}
	return flink.Errorf(flink.Internal, "send the outbox of "+app.String(), "no message is of kind %q", m.Kind)
}

func (s sender) put(ctx context.Context, detailType string, m ledger.Message) error {
	out, err := s.events.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []eventtypes.PutEventsRequestEntry{{
		EventBusName: &s.bus, Source: aws.String(events.Source), DetailType: &detailType, Detail: aws.String(string(m.Payload))}}})
	if err != nil {
		return flink.Errorf(flink.Unavailable, "send "+m.Name, "%w", err)
	}
	if out.FailedEntryCount > 0 { // 200 with a failed entry is a failure
		return flink.Errorf(flink.Unavailable, "send "+m.Name, "%s: %s", aws.ToString(out.Entries[0].ErrorCode), aws.ToString(out.Entries[0].ErrorMessage))
	}
	return nil
}

// start starts an execution under a name of its own: a second start under that name is the first one's.
func (s sender) start(ctx context.Context, machine, name string, input []byte) error {
	_, err := s.states.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Name: &name, Input: aws.String(string(input))})
	var exists *sfntypes.ExecutionAlreadyExists
	if err == nil || errors.As(err, &exists) {
		return nil
	}
	return flink.Errorf(flink.Unavailable, "start "+name, "%w", err)
}

// callID is the attribute of a call by which whoever receives it twice knows: a
// function may die after it has published and before that is written down, and a
// standard topic delivers at least once, too
// (https://docs.aws.amazon.com/sns/latest/dg/welcome.html).
const callID = "id"

// call publishes what somebody who is called reads.
func (s sender) call(ctx context.Context, m ledger.Message) error {
	var c ledger.Call
	if err := json.Unmarshal(m.Payload, &c); err != nil {
		return flink.Errorf(flink.Internal, "send "+m.Name, "%w", err)
	}
	if s.escalations == "" {
		return flink.Errorf(flink.Internal, "send "+m.Name, "no topic is known that somebody could be called by")
	}
	id := map[string]snstypes.MessageAttributeValue{callID: {DataType: aws.String("String"), StringValue: &m.Name}}
	if _, err := s.topics.Publish(ctx, &sns.PublishInput{TopicArn: &s.escalations, Subject: &c.Subject, Message: &c.Text, MessageAttributes: id}); err != nil {
		return flink.Errorf(flink.Unavailable, "send "+m.Name, "%w", err)
	}
	return nil
}

// wake ends the wait of the execution that sleeps on a task token. Who does not
// sleep any more, or never did in this installation, needs no waking.
func (s sender) wake(ctx context.Context, m ledger.Message) error {
	var w ledger.Wake
	if err := json.Unmarshal(m.Payload, &w); err != nil {
		return flink.Errorf(flink.Internal, "send "+m.Name, "%w", err)
	}
	_, err := s.states.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &w.Token, Output: aws.String("{}")})
	var late *sfntypes.TaskTimedOut
	var unknown *sfntypes.TaskDoesNotExist
	var invalid *sfntypes.InvalidToken
	if err == nil || errors.As(err, &late) || errors.As(err, &unknown) || errors.As(err, &invalid) {
		return nil
	}
	return flink.Errorf(flink.Unavailable, "send "+m.Name, "%w", err)
}

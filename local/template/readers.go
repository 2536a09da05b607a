package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DefaultBus is the bus that AWS's own events come on.
const DefaultBus = "default"

// What EventBridge does where a target says nothing, and Lambda where a function does.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html,
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
const (
	defaultMaxAge  = 24 * time.Hour
	defaultRetries = 185
	defaultTimeout = 3 * time.Second
)

// readers turn a resource's resolved properties into a part of the stack. The
// shapes are strict: a field nobody has judged is refused.
var readers = map[string]func(*Stack, ID, map[string]any) error{
	"AWS::S3::Bucket":                  readBucket,
	"AWS::Lambda::Function":            readFunction,
	"AWS::StepFunctions::StateMachine": readMachine,
	"AWS::Events::Rule":                readRule,
	"AWS::Events::EventBus": func(s *Stack, id ID, _ map[string]any) error {
		s.Buses = append(s.Buses, Bus{ID: id})
		return nil
	},
	"AWS::SQS::Queue": func(s *Stack, id ID, _ map[string]any) error {
		s.Queues = append(s.Queues, Queue{ID: id})
		return nil
	},
	"AWS::SNS::Topic": func(s *Stack, id ID, _ map[string]any) error {
		s.Topics = append(s.Topics, Topic{ID: id})
		return nil
	},
	"AWS::Scheduler::Schedule": readSchedule,
	"AWS::CloudWatch::Alarm":   readAlarm,
}

func readBucket(s *Stack, id ID, properties map[string]any) error {
	var p struct {
		BucketName                string
		VersioningConfiguration   struct{ Status string }
		NotificationConfiguration struct {
			EventBridgeConfiguration *struct{ EventBridgeEnabled *truth }
		}
	}
	if err := shape(properties, &p); err != nil {
		return err
	}
	bridge := p.NotificationConfiguration.EventBridgeConfiguration
	s.Buckets = append(s.Buckets, Bucket{
		ID:        id,
		Versioned: p.VersioningConfiguration.Status == "Enabled",
		Notifies:  bridge != nil && (bridge.EventBridgeEnabled == nil || bool(*bridge.EventBridgeEnabled)),
	})
	return nil
}

func readFunction(s *Stack, id ID, properties map[string]any) error {
	var p struct {
		FunctionName, Handler, Runtime string
		Timeout                        *json.Number
		Environment                    struct{ Variables map[string]string }
	}
	if err := shape(properties, &p); err != nil {
		return err
	}
	if !strings.HasPrefix(p.Runtime, "provided.") {
		return fmt.Errorf("the runtime %q is not run here: only Go functions on provided.* are", p.Runtime)
	}
	timeout := defaultTimeout
	if p.Timeout != nil {
		seconds, err := p.Timeout.Int64()
		if err != nil || seconds < 1 || seconds > 900 {
			return fmt.Errorf("the Timeout %s is no whole number of seconds from 1 to 900", *p.Timeout)
		}
		timeout = time.Duration(seconds) * time.Second
	}
	s.Functions = append(s.Functions, Function{ID: id, Timeout: timeout, Environment: p.Environment.Variables})
	return nil
}

func readMachine(s *Stack, id ID, properties map[string]any) error {
	var p struct {
		StateMachineName, DefinitionString, RoleArn, StateMachineType string
		DefinitionSubstitutions                                       map[string]json.RawMessage
	}
	if err := shape(properties, &p); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "STANDARD"}, p.StateMachineType) {
		return fmt.Errorf("the type %s is not run here: only STANDARD machines are", p.StateMachineType)
	}
	definition, err := substituted(p.DefinitionString, p.DefinitionSubstitutions)
	if err != nil {
		return err
	}
	s.Machines = append(s.Machines, Machine{ID: id, RoleARN: p.RoleArn, Definition: []byte(definition)})
	return nil
}

// substituted fills the placeholders of a definition and refuses one that has no value.
func substituted(definition string, values map[string]json.RawMessage) (string, error) {
	var missing []string
	out := placeholder.ReplaceAllStringFunc(definition, func(found string) string {
		raw, ok := values[found[2:len(found)-1]]
		if !ok {
			missing = append(missing, found)
			return found
		}
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return text
		}
		return string(raw) // numbers and truth values
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("the definition's placeholders %s have no value", strings.Join(missing, ", "))
	}
	return out, nil
}

func readRule(s *Stack, id ID, properties map[string]any) error {
	var p struct {
		Name, EventBusName, State string
		EventPattern              json.RawMessage
		Targets                   []ruleTarget
	}
	if err := shape(properties, &p); err != nil {
		return err
	}
	if len(p.EventPattern) == 0 {
		return fmt.Errorf("it has no EventPattern: rules on a schedule are not run here")
	}
	if !slices.Contains([]string{"", "ENABLED", "DISABLED"}, p.State) {
		return fmt.Errorf("the state %s is not understood here", p.State)
	}
	rule := Rule{ID: id, Bus: p.EventBusName, Enabled: p.State != "DISABLED", Pattern: p.EventPattern}
	if rule.Bus == "" {
		rule.Bus = DefaultBus
	}
	if _, name, isARN := strings.Cut(rule.Bus, ":event-bus/"); isARN {
		rule.Bus = name
	}
	for _, t := range p.Targets {
		rule.Targets = append(rule.Targets, t.target())
	}
	s.Rules = append(s.Rules, rule)
	return nil
}

// ruleTarget has no Input, InputPath or InputTransformer: the event goes on as it is.
type ruleTarget struct {
	Id, Arn, RoleArn string
	DeadLetterConfig struct{ Arn string }
	RetryPolicy      retryPolicy
}

type retryPolicy struct{ MaximumEventAgeInSeconds, MaximumRetryAttempts *int }

func (t ruleTarget) target() Target {
	out := Target{ID: t.Id, ARN: t.Arn, DeadLetter: t.DeadLetterConfig.Arn, MaxAge: defaultMaxAge, Retries: defaultRetries}
	if age := t.RetryPolicy.MaximumEventAgeInSeconds; age != nil {
		out.MaxAge = time.Duration(*age) * time.Second
	}
	if retries := t.RetryPolicy.MaximumRetryAttempts; retries != nil {
		out.Retries = *retries
	}
	return out
}

// truth reads true and "true": parameters are texts.
type truth bool

// UnmarshalJSON implements json.Unmarshaler.
func (t *truth) UnmarshalJSON(b []byte) error {
	switch strings.Trim(string(b), `"`) {
	case "true":
		*t = true
	case "false":
		*t = false
	default:
		return fmt.Errorf("%s is neither true nor false", b)
	}
	return nil
}

// shape puts resolved properties into a struct and refuses fields it has not.
func shape(properties map[string]any, into any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // patterns say ">"
	if err := e.Encode(properties); err != nil {
		return err
	}
	d := json.NewDecoder(&text)
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("a property is not understood here: %w", err)
	}
	return nil
}

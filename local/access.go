package local

import (
	"github.com/sluice-flink/sluice/local/bus"
	"github.com/sluice-flink/sluice/local/sfn"
	"github.com/sluice-flink/sluice/local/template"
	"github.com/sluice-flink/sluice/local/topics"
)

// Stack is what the template asked for: names and ARNs by logical id, outputs.
func (p *Plane) Stack() *template.Stack { return p.stack }

// Output is the value of an output of the template; empty if there is none.
func (p *Plane) Output(name string) string { return p.stack.Outputs[name] }

// S3Endpoint is the URL of the S3 endpoint; clients must use path-style addressing.
func (p *Plane) S3Endpoint() string { return p.objects.Endpoint() }

// APIEndpoint is the URL that answers for every other service: EventBridge, Step Functions, SNS, SQS, CloudWatch.
func (p *Plane) APIEndpoint() string { return p.api.Endpoint() }

// Credentials are the plane's throw-away keys.
func (p *Plane) Credentials() Credentials { return p.credentials }

// ClientEnvironment is what any program needs in its environment so that the
// AWS SDK or CLI talks to this plane.
func (p *Plane) ClientEnvironment() map[string]string {
	return map[string]string{
		"AWS_REGION": Place.Region, "AWS_DEFAULT_REGION": Place.Region,
		"AWS_ACCESS_KEY_ID": p.credentials.AccessKey, "AWS_SECRET_ACCESS_KEY": p.credentials.SecretKey,
		"AWS_ENDPOINT_URL_S3": p.S3Endpoint(), "AWS_ENDPOINT_URL_EVENTBRIDGE": p.APIEndpoint(), "AWS_ENDPOINT_URL_SFN": p.APIEndpoint(),
		"AWS_ENDPOINT_URL_SNS": p.APIEndpoint(), "AWS_ENDPOINT_URL_SQS": p.APIEndpoint(),
		"AWS_ENDPOINT_URL_CLOUDWATCH": p.APIEndpoint(),
	}
}

// Executions are the executions of the stack's state machines.
func (p *Plane) Executions() *sfn.Service { return p.states }

// Published lists what was published to the stack's topics, oldest first.
func (p *Plane) Published() ([]topics.Message, error) { return topics.Published(p.topicsDir()) }

// DeadLetters lists the events that could not be delivered, oldest first.
func (p *Plane) DeadLetters() ([]bus.Letter, error) { return bus.Letters(p.eventsDir()) }

// Replay sends a dead letter to its target again.
func (p *Plane) Replay(id string) error { return p.bus.Replay(id) }

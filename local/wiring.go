package local

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/local/bus"
	"github.com/sluice-flink/sluice/local/bus/pattern"
	"github.com/sluice-flink/sluice/local/lambda"
	"github.com/sluice-flink/sluice/local/s3"
	"github.com/sluice-flink/sluice/local/sfn"
	"github.com/sluice-flink/sluice/local/template"
)

// machines are the stack's state machines for sfn.
func (p *Plane) machines() []sfn.Machine {
	var all []sfn.Machine
	for _, m := range p.stack.Machines {
		all = append(all, sfn.Machine{ARN: m.ARN, Name: m.Name, RoleARN: m.RoleARN, Definition: m.Definition})
	}
	return all
}

// rules are the stack's enabled rules for bus.
func (p *Plane) rules() ([]bus.Rule, error) {
	var all []bus.Rule
	for _, r := range p.stack.Rules {
		compiled, err := pattern.Compile(r.Pattern)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.Logical, err)
		}
		if !r.Enabled {
			continue
		}
		rule := bus.Rule{Name: r.Name, Bus: r.Bus, ARN: ruleARN(r), Pattern: compiled}
		for _, t := range r.Targets {
			rule.Targets = append(rule.Targets, bus.Target{ID: t.ID, ARN: t.ARN, Queue: p.queueName(t.DeadLetter), MaxAge: t.MaxAge, Retries: t.Retries})
		}
		all = append(all, rule)
	}
	return all, nil
}

// ruleARN names the bus, too, where it is not the default one.
func ruleARN(r template.Rule) string {
	if r.Bus == template.DefaultBus {
		return r.ARN
	}
	return strings.Replace(r.ARN, ":rule/", ":rule/"+r.Bus+"/", 1)
}

// readObject reads the items of a Map, once there is an S3.
func (p *Plane) readObject(ctx context.Context, bucket, key, version string) ([]byte, error) {
	<-p.open
	if p.objects == nil {
		return nil, errNotStarted
	}
	return p.objects.Read(ctx, bucket, key, version)
}

func (p *Plane) queueName(arn string) string {
	for _, q := range p.stack.Queues {
		if q.ARN == arn {
			return q.Name
		}
	}
	return ""
}

func (p *Plane) buses() []string {
	all := []string{template.DefaultBus}
	for _, b := range p.stack.Buses {
		all = append(all, b.Name)
	}
	return all
}

func (p *Plane) eventsDir() string { return filepath.Join(p.dir, "events") }

func (p *Plane) objectOptions(o Options) s3.Options {
	out := s3.Options{
		Dir: filepath.Join(p.dir, "s3"), Listen: o.S3Listen, AccessKey: p.credentials.AccessKey, SecretKey: p.credentials.SecretKey,
		Account: Place.Account, Region: Place.Region, Notify: p.notify,
	}
	if out.Listen == "" {
		out.Listen = "127.0.0.1:0"
	}
	for _, b := range p.stack.Buckets {
		out.Buckets = append(out.Buckets, s3.Bucket{Name: b.Name, Versioned: b.Versioned, Notifies: b.Notifies})
	}
	for _, name := range o.ExtraBuckets {
		out.Buckets = append(out.Buckets, s3.Bucket{Name: name})
	}
	return out
}

// notify takes S3's events, which come on the default bus.
func (p *Plane) notify(e events.Event) {
	if err := p.Put(template.DefaultBus, e); err != nil {
		p.log.printf("an event of S3 is lost: %v: %s", err, e.Detail)
	}
}

// functionsOf gives every function its environment: the template's, what
// Lambda and the SDK need, and the caller's.
func (p *Plane) functionsOf(o Options) []lambda.Function {
	var all []lambda.Function
	for _, f := range p.stack.Functions {
		env := maps.Clone(f.Environment)
		if env == nil {
			env = map[string]string{}
		}
		maps.Copy(env, p.ClientEnvironment())
		env["AWS_LAMBDA_FUNCTION_NAME"], env["AWS_LAMBDA_FUNCTION_VERSION"] = f.Name, "$LATEST"
		maps.Copy(env, o.ExtraEnv)
		all = append(all, lambda.Function{ARN: f.ARN, Name: f.Name, Code: strings.TrimPrefix(f.Name, Place.Stack+"-"), Timeout: f.Timeout, Environment: env})
	}
	return all
}

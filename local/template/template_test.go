package template_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/local/template"
)

var place = template.Place{Account: "111122223333", Region: "eu-west-3", Partition: "aws", Stack: "Demo"}

func resolve(t *testing.T, parameters map[string]string) (*template.Stack, error) {
	t.Helper()
	text, err := os.ReadFile("testdata/plane.json")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Resolve(place, parameters)
}

func TestATemplateIsResolvedAsCloudFormationWould(t *testing.T) {
	got, err := resolve(t, map[string]string{"Operator": "apache"})
	if err != nil {
		t.Fatal(err)
	}
	machine := "arn:aws:states:eu-west-3:111122223333:stateMachine:Demo-release"
	admit := "arn:aws:lambda:eu-west-3:111122223333:function:Demo-admit"
	queue := "arn:aws:sqs:eu-west-3:111122223333:Demo-Undelivered"
	want := &template.Stack{
		Place: place,
		Buckets: []template.Bucket{
			{ID: template.ID{Logical: "Artifacts", Name: "demo-artifacts", ARN: "arn:aws:s3:::demo-artifacts"}, Versioned: true, Notifies: true},
			{ID: template.ID{Logical: "Ledger", Name: "Demo-ledger-111122223333", ARN: "arn:aws:s3:::Demo-ledger-111122223333"}},
		},
		Functions: []template.Function{{
			ID: template.ID{Logical: "Admit", Name: "Demo-admit", ARN: admit}, Timeout: 30 * time.Second,
			Environment: map[string]string{
				"LEDGER": "Demo-ledger-111122223333", "ARN": "arn:aws:s3:::demo-artifacts", "OPERATOR": "apache", "BUS": "Demo",
				"MACHINE": machine, "LITERAL": "${kept} b",
			},
		}},
		Machines: []template.Machine{{
			ID: template.ID{Logical: "Machine", Name: "Demo-release", ARN: machine}, RoleARN: "arn:aws:iam::111122223333:role/Demo-Role",
			Definition: []byte(`{"Resource": "` + admit + `"}`),
		}},
		Buses:  []template.Bus{{ID: template.ID{Logical: "Bus", Name: "Demo", ARN: "arn:aws:events:eu-west-3:111122223333:event-bus/Demo"}}},
		Queues: []template.Queue{{ID: template.ID{Logical: "Undelivered", Name: "Demo-Undelivered", ARN: queue}}},
		Alarms: []template.Alarm{{
			ID:        template.ID{Logical: "Waiting", Name: "Demo-Waiting", ARN: "arn:aws:cloudwatch:eu-west-3:111122223333:alarm:Demo-Waiting"},
			Namespace: "AWS/SQS", Metric: "ApproximateNumberOfMessagesVisible", Dimensions: map[string]string{"QueueName": "Demo-Undelivered"}, Statistic: "Maximum",
			Period: 60, EvaluationPeriods: 1, Threshold: 1, Comparison: "GreaterThanOrEqualToThreshold", TreatMissing: "notBreaching", Tags: map[string]string{},
		}},
		Topics: []template.Topic{{ID: template.ID{Logical: "Calls", Name: "Demo-Calls", ARN: "arn:aws:sns:eu-west-3:111122223333:Demo-Calls"}}},
		Schedules: []template.Schedule{{
			ID:         template.ID{Logical: "Nightly", Name: "nightly", ARN: "arn:aws:scheduler:eu-west-3:111122223333:schedule/default/nightly"},
			Expression: "cron(0 3 * * ? *)", Enabled: true, Input: `{"at":"<aws.scheduler.scheduled-time>"}`,
			Target: template.Target{ID: "nightly", ARN: admit, DeadLetter: queue, MaxAge: 24 * time.Hour},
		}},
		Rules: []template.Rule{{
			ID: template.ID{Logical: "Rule", Name: "Demo-Rule", ARN: "arn:aws:events:eu-west-3:111122223333:rule/Demo-Rule"}, Bus: "default", Enabled: true,
			Pattern: json.RawMessage(`{"detail":{"bucket":{"name":["demo-artifacts"]},"object":{"size":[{"numeric":[">",0]}]}},"source":["aws.s3"]}`),
			Targets: []template.Target{{ID: "Target0", ARN: machine, DeadLetter: queue, MaxAge: time.Hour, Retries: 4}},
		}},
		Outputs: map[string]string{"ArtifactsBucket": "demo-artifacts"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAConditionDecidesWhatExists(t *testing.T) {
	got, err := resolve(t, map[string]string{"Versioned": "no"})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Buckets) != 3 || got.Buckets[0].Versioned || got.Outputs["None"] != "x" {
		t.Errorf("got %+v and outputs %v", got.Buckets, got.Outputs)
	}
}

func TestParametersAreHeldAgainstTheirConstraints(t *testing.T) {
	_, err := resolve(t, map[string]string{"Operator": "other", "Seconds": "901", "Nobody": "x"})
	for _, want := range []string{`"other" is none of`, "901", "no parameter Nobody"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in: %v", want, err)
		}
	}
}

func TestWhatIsNotUnderstoodIsRefusedByName(t *testing.T) {
	cases := map[string]struct{ from, to, want string }{
		"type":         {`"AWS::KMS::Key"`, `"AWS::MSK::Cluster"`, `resource Key is of type "AWS::MSK::Cluster"`},
		"section":      {`"Conditions"`, `"Transform": "x", "Conditions"`, "section Transform"},
		"rule":         {`"CheckBootstrapVersion"`, `"CheckZones"`, "rule CheckZones"},
		"property":     {`"State": "ENABLED"`, `"ScheduleExpression": "rate(1 day)"`, "property ScheduleExpression"},
		"inner field":  {`"Id": "Target0"`, `"Id": "Target0", "InputPath": "$.detail"`, `unknown field "InputPath"`},
		"intrinsic":    {`{"Ref": "Operator"}`, `{"Fn::ImportValue": "x"}`, "Fn::ImportValue"},
		"target":       {`"Arn": {"Ref": "Machine"}`, `"Arn": {"Fn::GetAtt": ["Admit", "Arn"]}`, "only state machines of the template"},
		"dead letters": {`{"Fn::GetAtt": ["Undelivered", "Arn"]}`, `"arn:aws:sqs:eu-west-3:1:other"`, "no queue of the template"},
		"bus":          {`"State": "ENABLED"`, `"EventBusName": "theirs"`, "the bus theirs"},
		"runtime":      {`provided.al2023`, `python3.13`, `"python3.13"`},
		"express":      {`"DefinitionString"`, `"StateMachineType": "EXPRESS", "DefinitionString"`, "EXPRESS"},
		"placeholder":  {`${AdmitFunctionArn}`, `${StopFunctionArn}`, "${StopFunctionArn}"},
		"reference":    {`{"Ref": "Ledger"}`, `{"Ref": "Nothing"}`, "refers to Nothing"},
		"attribute":    {`{"Fn::GetAtt": ["Artifacts", "Arn"]}`, `{"Fn::GetAtt": ["Artifacts", "WebsiteURL"]}`, "WebsiteURL of Artifacts"},
		"window":       {`{"Mode": "OFF"}`, `{"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}`, "MaximumWindowInMinutes"},
		"zone":         {`"ScheduleExpression"`, `"ScheduleExpressionTimezone": "Europe/Paris", "ScheduleExpression"`, "only UTC"},
		"calls":        {`"Target": {"Arn": {"Fn::GetAtt": ["Admit", "Arn"]}`, `"Target": {"Arn": {"Fn::GetAtt": ["Undelivered", "Arn"]}`, "schedule Nightly calls"},
		"action":       {`"Statistic": "Maximum"`, `"Statistic": "Maximum", "AlarmActions": ["arn:aws:sns:eu-west-3:1:x"]`, "property AlarmActions"},
		"fifo":         {`"DisplayName"`, `"FifoTopic"`, "property FifoTopic"},
		"name circle":  {`"Name": {"Ref": "AWS::StackName"}`, `"Name": {"Ref": "Bus"}`, "made of itself"},
	}
	text, err := os.ReadFile("testdata/plane.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(string(text), c.from) {
				t.Fatalf("the template has no %s", c.from)
			}
			parsed, err := template.Parse([]byte(strings.Replace(string(text), c.from, c.to, 1)))
			if err == nil {
				_, err = parsed.Resolve(place, nil)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q is not said in: %v", c.want, err)
			}
		})
	}
}

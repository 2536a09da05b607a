package cloudwatch_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/sluice-flink/sluice/internal/cloudwatch"
	"github.com/sluice-flink/sluice/internal/flink"
)

// service is a CloudWatch that knows some alarms and answers in the protocol of
// the real one, RPC v2 with CBOR.
type service struct {
	t        *testing.T
	alarms   map[string]cbor.Map // by kind, "/" and name
	pageSize int
	refuses  string // error code of every answer
	requests []cbor.Map
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, known := strings.CutPrefix(r.URL.Path, "/service/GraniteServiceVersion20100801/operation/")
	if !known || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		s.t.Errorf("asked for %s with %q", r.URL.Path, r.Header.Get("Authorization"))
	}
	body, _ := io.ReadAll(r.Body)
	value, err := cbor.Decode(body)
	if err != nil {
		s.t.Error(err)
		return
	}
	in := value.(cbor.Map)
	s.requests = append(s.requests, in)
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("Content-Type", "application/cbor")
	if s.refuses != "" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write(cbor.Encode(cbor.Map{"__type": cbor.String("com.amazonaws.cloudwatch#" + s.refuses), "message": cbor.String("no")}))
		return
	}
	_, _ = w.Write(cbor.Encode(s.answer(operation, in)))
}

func (s *service) answer(operation string, in cbor.Map) cbor.Map {
	switch operation {
	case "DescribeAlarms":
		return s.page(in)
	case "DescribeAlarmContributors":
		return s.contributors(in)
	case "ListTagsForResource":
		return cbor.Map{"Tags": cbor.List{cbor.Map{"Key": cbor.String("sluice:application"), "Value": cbor.String("of " + string(in["ResourceARN"].(cbor.String)))}}}
	}
	s.t.Errorf("asked for %s", operation)
	return cbor.Map{}
}

// contributors answers with two pages of one series each.
func (s *service) contributors(in cbor.Map) cbor.Map {
	name := string(in["AlarmName"].(cbor.String))
	if _, second := in["NextToken"]; second {
		return cbor.Map{"AlarmContributors": cbor.List{cbor.Map{"ContributorId": cbor.String("b"), "ContributorAttributes": cbor.Map{}, "StateReason": cbor.String(name)}}}
	}
	first := cbor.Map{"ContributorId": cbor.String("a"), "ContributorAttributes": cbor.Map{"Application": cbor.String("fraud")}, "StateReason": cbor.String("5 > 2\nand more"),
		"StateTransitionedTimestamp": &cbor.Tag{ID: 1, Value: cbor.Float64(1795226720)}}
	return cbor.Map{"AlarmContributors": cbor.List{first}, "NextToken": cbor.String("more")}
}

// page answers with as many of the alarms that are named as fit on one.
func (s *service) page(in cbor.Map) cbor.Map {
	names, from := in["AlarmNames"].(cbor.List), 0
	if token, ok := in["NextToken"].(cbor.String); ok {
		_, _ = fmt.Sscan(string(token), &from)
	}
	out := cbor.Map{}
	for i := from; i < len(names); i++ {
		if s.pageSize > 0 && i == from+s.pageSize {
			out["NextToken"] = cbor.String(fmt.Sprint(i))
			break
		}
		for _, kind := range []string{"Metric", "Composite", "Log"} {
			if a, ok := s.alarms[kind+"/"+string(names[i].(cbor.String))]; ok {
				list, _ := out[kind+"Alarms"].(cbor.List)
				out[kind+"Alarms"] = append(list, a)
			}
		}
	}
	return out
}

func alarm(name, state string, transitioned, updated int64) cbor.Map {
	a := cbor.Map{"AlarmName": cbor.String(name), "StateValue": cbor.String(state), "StateReason": cbor.String("Threshold Crossed: 1 datapoint\nand more")}
	for field, at := range map[string]int64{"StateTransitionedTimestamp": transitioned, "StateUpdatedTimestamp": updated} {
		if at > 0 {
			a[field] = &cbor.Tag{ID: 1, Value: cbor.Float64(at)}
		}
	}
	return a
}

func reading(t *testing.T, s *service) cloudwatch.Reader {
	t.Helper()
	s.t = t
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return cloudwatch.New(aws.Config{Region: "eu-west-1", RetryMaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}, server.URL)
}

func TestAlarmsOfEachKindAreRead(t *testing.T) {
	s := &service{alarms: map[string]cbor.Map{
		"Metric/latency": alarm("latency", "ALARM", 1795226720, 1795226999),
		"Composite/all":  alarm("all", "OK", 0, 1795226720),
		"Log/oops":       alarm("oops", "INSUFFICIENT_DATA", 0, 0),
	}}
	got, err := reading(t, s).Alarms(t.Context(), []string{"latency", "all", "oops", "gone"})
	if err != nil || len(got) != 3 {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := []flink.AlarmFacts{
		{Name: "latency", State: flink.AlarmRaised, Since: time.Unix(1795226720, 0).UTC(), Reason: "Threshold Crossed: 1 datapoint"},
		{Name: "all", State: flink.AlarmOK, Since: time.Unix(1795226720, 0).UTC(), Reason: "Threshold Crossed: 1 datapoint"},
		{Name: "oops", State: flink.AlarmNoData, Reason: "Threshold Crossed: 1 datapoint"},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
	if kinds := s.requests[0]["AlarmTypes"].(cbor.List); len(kinds) != 3 {
		t.Errorf("asked for kinds %v: CloudWatch tells of metric alarms alone when none are named", kinds)
	}
}

func TestTheSeriesOfAnAlarmThatAreRaisedAreReadPageByPage(t *testing.T) {
	got, err := reading(t, &service{}).Series(t.Context(), "restarts")
	want := map[string]flink.AlarmFacts{
		"a": {Name: "restarts", State: flink.AlarmRaised, Since: time.Unix(1795226720, 0).UTC(), Reason: "5 > 2"},
		"b": {Name: "restarts", State: flink.AlarmRaised, Reason: "restarts"},
	}
	if err != nil || len(got) != 2 || got["a"] != want["a"] || got["b"] != want["b"] {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := reading(t, &service{refuses: "ResourceNotFoundException"}).Series(t.Context(), "gone"); flink.CodeOf(err) != flink.NotFound {
		t.Errorf("of an alarm that is gone: %v", err)
	}
}

func TestTheTagsOfAnAlarmAreReadByItsName(t *testing.T) {
	got, err := reading(t, &service{}).Tags(t.Context(), "arn:x")
	if err != nil || len(got) != 1 || got["sluice:application"] != "of arn:x" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := reading(t, &service{refuses: "AccessDenied"}).Tags(t.Context(), "arn:x"); flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), "cloudwatch:ListTagsForResource") {
		t.Errorf("without the right: %v", err)
	}
}

func TestManyAlarmsAreAskedForInPortionsAndReadPageByPage(t *testing.T) {
	s := &service{alarms: map[string]cbor.Map{}, pageSize: 40}
	var names []string
	for i := range 130 {
		name := fmt.Sprintf("alarm-%d", i)
		names = append(names, name)
		s.alarms["Metric/"+name] = alarm(name, "OK", 1, 1)
	}
	got, err := reading(t, s).Alarms(t.Context(), names)
	if err != nil || len(got) != 130 || len(s.requests) != 4 {
		t.Errorf("got %d alarms with %d requests, %v", len(got), len(s.requests), err)
	}
}

func TestARoleThatMayNotReadAlarmsIsToldSo(t *testing.T) {
	_, err := reading(t, &service{refuses: "AccessDeniedException"}).Alarms(t.Context(), []string{"latency"})
	if flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), "cloudwatch:DescribeAlarms") {
		t.Errorf("got %v", err)
	}
}

func TestAServiceThatIsAwayIsUnavailable(t *testing.T) {
	_, err := reading(t, &service{refuses: "ThrottlingException"}).Alarms(t.Context(), []string{"latency"})
	if flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("throttled: %v", err)
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	reader := cloudwatch.New(aws.Config{Region: "eu-west-1", RetryMaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}, server.URL)
	if _, err := reader.Alarms(t.Context(), []string{"latency"}); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("away: %v", err)
	}
}

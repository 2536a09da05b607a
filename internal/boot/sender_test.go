package boot

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// service answers every call with one error, or with an empty object, and keeps
// what it was asked.
func service(t *testing.T, failure string) (sender, *[]string) {
	t.Helper()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Header.Get("X-Amz-Target")+" "+string(body))
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		if failure != "" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"no"}`, failure)
			return
		}
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(server.Close)
	cfg := aws.Config{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("a", "s", "")}
	return newSender(cfg, Environment{EventBus: "bus", Machine: "arn", Escalations: "arn:aws:sns:eu-west-1:111122223333:calls", EventsEndpoint: server.URL, StatesEndpoint: server.URL, TopicsEndpoint: server.URL}), &asked
}

func TestWhoSleepsOnATokenIsWoken(t *testing.T) {
	s, asked := service(t, "")
	err := s.Send(t.Context(), flink.Application{}, ledger.Message{Name: "wake-r1", Kind: ledger.EndWait, Payload: []byte(`{"token":"AAAA"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(*asked, "\n"); got != `AWSStepFunctions.SendTaskSuccess {"output":"{}","taskToken":"AAAA"}` {
		t.Errorf("asked %s", got)
	}
}

func TestWakingWhoDoesNotSleepAnyMoreCountsAsSent(t *testing.T) {
	wake := ledger.Message{Name: "wake-r1", Kind: ledger.EndWait, Payload: []byte(`{"token":"AAAA"}`)}
	for failure, sent := range map[string]bool{"TaskTimedOut": true, "TaskDoesNotExist": true, "InvalidToken": true, "AccessDeniedException": false} {
		s, _ := service(t, failure)
		err := s.Send(t.Context(), flink.Application{}, wake)
		if sent && err != nil || !sent && flink.CodeOf(err) != flink.Unavailable {
			t.Errorf("%s: %v", failure, err)
		}
	}
}

func TestSomebodyIsCalledWithSubjectAndText(t *testing.T) {
	s, asked := service(t, "")
	message := ledger.Message{Name: "call-i1", Kind: ledger.Escalation, Payload: []byte(`{"subject":"Sluice: team-a/counter: lag","text":"what\nto do"}`)}
	if err := s.Send(t.Context(), flink.Application{}, message); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(strings.TrimSpace(strings.Join(*asked, "")))
	if err != nil || form.Get("Action") != "Publish" || form.Get("TopicArn") != "arn:aws:sns:eu-west-1:111122223333:calls" || form.Get("Subject") != "Sluice: team-a/counter: lag" || form.Get("Message") != "what\nto do" {
		t.Errorf("asked %s, %v", *asked, err)
	}
	if form.Get("MessageAttributes.entry.1.Name") != "id" || form.Get("MessageAttributes.entry.1.Value.StringValue") != "call-i1" {
		t.Errorf("a call that is published twice cannot be told from two: %s", *asked)
	}
	s.escalations = ""
	if err := s.Send(t.Context(), flink.Application{}, message); flink.CodeOf(err) != flink.Internal {
		t.Errorf("without a topic: %v", err)
	}
	refusing, _ := service(t, "AuthorizationError")
	if err := refusing.Send(t.Context(), flink.Application{}, message); flink.CodeOf(err) != flink.Unavailable {
		t.Errorf("refused: %v", err)
	}
}

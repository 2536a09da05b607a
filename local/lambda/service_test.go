package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/sluice-flink/sluice/local/lambda"
)

// handler is a lambda.Handler made of a function.
type handler func(ctx context.Context, payload []byte) ([]byte, error)

func (h handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) { return h(ctx, payload) }

const arn = "arn:aws:lambda:eu-west-3:111122223333:function:demo"

// service runs one function, demo, in process.
func service(t *testing.T, timeout time.Duration, build lambda.Builder) *lambda.Service {
	t.Helper()
	f := lambda.Function{ARN: arn, Name: "demo", Code: "demo", Timeout: timeout, Environment: map[string]string{"GREETING": "hello"}}
	s := lambda.New([]lambda.Function{f}, lambda.NewInProcess(build), t.Logf)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func always(h handler) lambda.Builder {
	return func(context.Context, string, func(string) string) (awslambda.Handler, error) { return h, nil }
}

func TestAHandlerIsMadeOnceFromItsEnvironmentAndAnswers(t *testing.T) {
	var made atomic.Int32
	s := service(t, time.Minute, func(_ context.Context, name string, env func(string) string) (awslambda.Handler, error) {
		made.Add(1)
		return handler(func(ctx context.Context, payload []byte) ([]byte, error) {
			lc, _ := lambdacontext.FromContext(ctx)
			return json.Marshal([]string{name, env("GREETING"), env("HOME"), string(payload), lc.InvokedFunctionArn})
		}), nil
	})
	for _, called := range []string{"demo", arn, arn + ":$LATEST"} {
		got, err := s.Invoke(context.Background(), called, []byte(`1`))
		if want := `["demo","hello","","1","` + arn + `"]`; err != nil || string(got) != want {
			t.Errorf("got %s (%v), want %s", got, err, want)
		}
	}
	if made.Load() != 1 {
		t.Errorf("the handler was made %d times", made.Load())
	}
	if _, err := s.Invoke(context.Background(), "other", nil); !errors.Is(err, lambda.ErrNoFunction) {
		t.Errorf("got %v", err)
	}
}

type customError struct{}

func (*customError) Error() string { return "custom" }

func TestAnErrorIsReportedAsTheGoRuntimeOfLambdaReportsIt(t *testing.T) {
	cases := map[string]struct {
		err            error
		name, contains string
	}{
		"named":   {messages.InvokeResponse_Error{Type: "Sluice.LeaseLost", Message: "gone"}, "Sluice.LeaseLost", `"errorMessage":"gone"`},
		"typed":   {&customError{}, "customError", `"errorType":"customError"`},
		"wrapped": {fmt.Errorf("outer: %w", &customError{}), "wrapError", `"errorMessage":"outer: custom"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := service(t, time.Minute, always(func(context.Context, []byte) ([]byte, error) { return nil, c.err }))
			_, err := s.Invoke(context.Background(), "demo", nil)
			var failure *lambda.Failure
			if !errors.As(err, &failure) || failure.Type != c.name || !strings.Contains(string(failure.Payload), c.contains) {
				t.Errorf("got %+v", err)
			}
		})
	}
}

func TestAPanicIsAFailureAndTheNextInvocationStartsAnew(t *testing.T) {
	var made atomic.Int32
	s := service(t, time.Minute, func(context.Context, string, func(string) string) (awslambda.Handler, error) {
		first := made.Add(1) == 1
		return handler(func(context.Context, []byte) ([]byte, error) {
			if first {
				panic(&customError{})
			}
			return []byte(`"fine"`), nil
		}), nil
	})
	_, err := s.Invoke(context.Background(), "demo", nil)
	var failure *lambda.Failure
	if !errors.As(err, &failure) || failure.Type != "customError" || !strings.Contains(string(failure.Payload), "TestAPanicIs") {
		t.Errorf("got %+v", err)
	}
	if got, err := s.Invoke(context.Background(), "demo", nil); err != nil || string(got) != `"fine"` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAFunctionThatDoesNotStartIsTriedAgainAtTheNextInvocation(t *testing.T) {
	var made atomic.Int32
	s := service(t, time.Minute, func(context.Context, string, func(string) string) (awslambda.Handler, error) {
		if made.Add(1) == 1 {
			return nil, errors.New("SLUICE_LEDGER_BUCKET is not set")
		}
		return handler(func(context.Context, []byte) ([]byte, error) { return []byte(`{}`), nil }), nil
	})
	_, err := s.Invoke(context.Background(), "demo", nil)
	var failure *lambda.Failure
	if !errors.As(err, &failure) || failure.Type != lambda.ExitError || !strings.Contains(failure.Message, "SLUICE_LEDGER_BUCKET") {
		t.Errorf("got %+v", err)
	}
	if _, err := s.Invoke(context.Background(), "demo", nil); err != nil {
		t.Error(err)
	}
}

func TestAFunctionEndsAtItsTimeoutAndNotWithItsCaller(t *testing.T) {
	ended := make(chan error, 1)
	s := service(t, 50*time.Millisecond, always(func(ctx context.Context, _ []byte) ([]byte, error) {
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return nil, ctx.Err()
	}))
	caller, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Invoke(caller, "demo", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller was told %v", err)
	}
	if cause := <-ended; cause == nil || errors.Is(cause, context.Canceled) {
		t.Errorf("the function ended with its caller: %v", cause)
	}
	_, err := s.Invoke(context.Background(), "demo", nil)
	var failure *lambda.Failure
	if !errors.As(err, &failure) || failure.Type != "Sandbox.Timedout" || !strings.Contains(failure.Message, "Task timed out after 0.05 seconds") {
		t.Errorf("got %+v", err)
	}
}

package boot

import (
	"bytes"
	"context"
	"errors"
	"log"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"k8s.io/klog/v2"
)

const planted = "hunter2-Tr0ub4dor"

// logged gives what is logged while do runs.
func logged(t *testing.T, do func()) string {
	t.Helper()
	var out bytes.Buffer
	before, writer, flags := slog.Default(), log.Writer(), log.Flags()
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetOutput(writer)
		log.SetFlags(flags)
		klog.ClearLogger()
	})
	logTo(&out)
	do()
	return out.String()
}

func TestNothingThatIsLoggedHoldsASecret(t *testing.T) {
	out := logged(t, func() {
		slog.Info("password="+planted, "token", planted, "error", errors.New("https://a:"+planted+"@b"))
		slog.Info("group", slog.Group("request", slog.String("authorization", "Bearer "+planted), slog.String("url", "https://a:"+planted+"@b")))
		log.Printf("Unsolicited response: %q", `{"secret":"`+planted+`"}`)
		klog.Warningf("admission says: env DB_PASSWORD=%s", planted)
		klog.ErrorS(errors.New("token: "+planted), "it failed", "credentials", planted)
	})
	if strings.Contains(out, planted) || strings.Count(out, "\n") < 5 {
		t.Errorf("it logs\n%s", out)
	}
}

func TestAStepThatPanicsEndsAsOneThatFailed(t *testing.T) {
	var err error
	out := logged(t, func() {
		_, err = handler(func(context.Context, []byte) ([]byte, error) {
			panic("no way on with password=" + planted)
		}).Invoke(t.Context(), nil)
	})
	var named messages.InvokeResponse_Error
	if !errors.As(err, &named) || named.Type != "Sluice.Internal" || !strings.Contains(named.Message, "a bug of Sluice's") {
		t.Errorf("it fails with %v", err)
	}
	if said := err.Error() + out; strings.Contains(said, planted) || !strings.Contains(out, "logs_test.go") {
		t.Errorf("it says %s", said)
	}
}

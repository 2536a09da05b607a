package boot

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/internal/flink"
)

// environment is complete, with a kubeconfig instead of an EKS cluster.
func environment(t *testing.T) map[string]string {
	file := filepath.Join(t.TempDir(), "kubeconfig")
	config := `{"apiVersion":"v1","kind":"Config","current-context":"c","clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:1"}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{"token":"t"}}]}`
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s",
		functions.EnvArtifacts: "artifacts", functions.EnvLedger: "ledger", functions.EnvEventBus: "bus", functions.EnvMachine: "arn", functions.EnvMetrics: "Sluice/test", functions.EnvEscalations: "arn:topic",
		functions.EnvOperator: "apache", functions.EnvPlaceholders: `{"DATA_BUCKET":"data"}`, functions.EnvKubeconfig: file}
}

func TestEveryFunctionOfTheCatalogueStarts(t *testing.T) {
	env := environment(t)
	for _, f := range functions.Catalogue() {
		if h, err := Handler(t.Context(), f.Name, func(k string) string { return env[k] }); err != nil || h == nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestAllThatIsMissingIsSaidAtOnce(t *testing.T) {
	_, err := Handler(t.Context(), "escalate", func(string) string { return "" })
	for _, want := range []string{"AWS_REGION", functions.EnvLedger, functions.EnvEventBus, functions.EnvMachine, functions.EnvEscalations} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in: %v", want, err)
		}
	}
}

func TestAFunctionNeedsOnlyWhatItsGrantsAskFor(t *testing.T) {
	env := environment(t)
	for _, k := range []string{functions.EnvKubeconfig, functions.EnvOperator, functions.EnvEventBus, functions.EnvMachine} {
		delete(env, k)
	}
	if _, err := Handler(t.Context(), "promote", func(k string) string { return env[k] }); err != nil {
		t.Errorf("promote: %v", err)
	}
	_, err := Handler(t.Context(), "apply", func(k string) string { return env[k] })
	if err == nil || !strings.Contains(err.Error(), functions.EnvClusterEndpoint) || !strings.Contains(err.Error(), "emr or apache") {
		t.Errorf("apply: %v", err)
	}
}

func TestAnUnknownFunctionIsRefused(t *testing.T) {
	if _, err := Handler(t.Context(), "nope", os.Getenv); err == nil || !strings.Contains(err.Error(), `"nope"`) {
		t.Errorf("got %v", err)
	}
}

func TestAnErrorCarriesItsCodeAsLambdasErrorType(t *testing.T) {
	for err, want := range map[error]string{
		flink.Errorf(flink.LeaseLost, "renew", "gone"): "Sluice.LeaseLost",
		errors.New("a bug"):                            "Sluice.Internal",
	} {
		_, got := handler(func(context.Context, []byte) ([]byte, error) { return nil, err }).Invoke(t.Context(), nil)
		var lambda messages.InvokeResponse_Error
		if !errors.As(got, &lambda) || lambda.Type != want || lambda.Message != err.Error() {
			t.Errorf("%v became %#v", err, got)
		}
	}
}

func TestAnInputThatIsNoDocumentIsInternal(t *testing.T) {
	env := environment(t)
	h, err := Handler(t.Context(), "promote", func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Invoke(t.Context(), json.RawMessage(`[1`))
	var lambda messages.InvokeResponse_Error
	if !errors.As(err, &lambda) || lambda.Type != "Sluice.Internal" {
		t.Errorf("got %v", err)
	}
}

package redact_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/redact"
)

const resource = `{"spec":{
	"flinkConfiguration":{"s3.secret-key":"config-secret","s3.endpoint":"http://s3:9000","security.ssl.enabled":"true",
		"url":"jdbc:postgresql://etl:url-secret@db/x","fs.s3a.aws.credentials.provider":"com.acme.Provider"},
	"podTemplate":{"spec":{"containers":[{"env":[
		{"name":"DB_PASSWORD","value":"env-secret"},
		{"name":"LEVEL","value":"info"}, {"secret":{"secretName":"flink-tls"}},
		{"name":"API_TOKEN","valueFrom":{"secretKeyRef":{"name":"api","key":"tokenfield"}}}]}]}},
	"job":{"args":["--password","flag-secret","--db-password=equals-secret","--topic","orders"]}}}`

func TestTheSecretsOfAManifestAreFoundByTheirKeys(t *testing.T) {
	var manifest any
	if err := json.Unmarshal([]byte(resource), &manifest); err != nil {
		t.Fatal(err)
	}
	values := redact.Values(manifest)
	for _, want := range []string{"config-secret", "url-secret", "env-secret", "flag-secret", "equals-secret"} {
		if !slices.Contains(values, want) {
			t.Errorf("%s is not found in %q", want, values)
		}
	}
	for _, harmless := range []string{"info", "orders", "com.acme.Provider", "true", "tokenfield", "api", "flink-tls"} {
		if slices.Contains(values, harmless) {
			t.Errorf("%s is taken for a secret", harmless)
		}
	}
}

func TestAKnownSecretIsTakenOutWhereverItStands(t *testing.T) {
	const value = "a \"quoted\"\nsecret"
	values := redact.Values(map[string]any{"password": value, "token": "a \"quoted"})
	for _, text := range []string{"it was " + value + " all along", `it was a \"quoted\"\nsecret`} {
		if got := redact.Known(text, values); strings.Contains(got, "quoted") || !strings.Contains(got, "it was "+redact.Mark) {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func FuzzAnyDocumentHasItsSecretsTakenOut(f *testing.F) {
	f.Add([]byte(resource))
	f.Add([]byte(`{"password":["a",{"b":"https://a:bbbb@c"}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var v any
		if json.Unmarshal(doc, &v) != nil {
			return
		}
		values := redact.Values(v)
		for _, value := range values {
			if redact.Known("x "+value+" y", values) == "x "+value+" y" {
				t.Errorf("%q was found and stays", value)
			}
		}
	})
}

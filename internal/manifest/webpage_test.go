package manifest

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestAPlatformThatServesNoWebPagesSaysSo(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/layers/web-page.txtar")
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string][]byte{}
	for _, f := range archive.Files {
		docs[f.Name] = f.Data
	}
	layer, err := ParseLayer(docs["namespace.yaml"], NamespaceKey(fraud.Namespace))
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(docs["application.yaml"]), "${WEB_DOMAIN}", "acme.example")
	_, err = Parse([]byte(page), fraud, map[string]string{"DATA_BUCKET": "acme-data"}, nil, layer)
	if err == nil || !strings.Contains(err.Error(), "spec.ingress.className: this platform serves no web pages, so it has no class sluice") {
		t.Error(err)
	}
}

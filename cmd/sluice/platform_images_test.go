package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/mirror"
)

func TestTheChartsAndImagesOfTheShippedPlatformAreListed(t *testing.T) {
	code, out, errs := call(t, nil, "platform", "images", "--platform", shipped)
	if code != exitWell || errs != "" {
		t.Fatalf("exit %d, %s", code, errs)
	}
	golden(t, "platform-images", out)
}

func TestWithAMirrorTheScriptIsPrintedAndJSONSaysFromWhereToWhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "platform.yaml")
	if err := os.WriteFile(file, []byte("region: eu-west-1\nmirror: {registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/mirror}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call(t, nil, "platform", "images", "--platform", file)
	if code != exitWell || errs != "" {
		t.Fatalf("exit %d, %s", code, errs)
	}
	golden(t, "platform-images-mirrored", out)
	_, out, _ = call(t, nil, "platform", "images", "--platform", file, "-o", "json")
	var copies mirror.Copies
	if err := json.Unmarshal([]byte(out), &copies); err != nil {
		t.Fatal(err)
	}
	for _, i := range copies.Images {
		if name, _, _ := strings.Cut(i.From, "@"); i.To != copies.Mirror+"/"+name {
			t.Errorf("%s goes to %s", i.From, i.To)
		}
	}
	if len(copies.Charts) < 9 || len(copies.Images) < 20 {
		t.Errorf("%d charts, %d images", len(copies.Charts), len(copies.Images))
	}
}

package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheLongestPrefixWins(t *testing.T) {
	c := Catalogue{"flink": {Cwd: "/any"}, "flink:1.20": {Cwd: "/1.20"}, "python": {}}
	for name, want := range map[string]string{"flink:1.20-java17": "/1.20", "flink:1.19": "/any", "flink": "/any"} {
		got, err := c.Find(name)
		if err != nil || got.Cwd != want {
			t.Errorf("%s: got %q, %v, want %q", name, got.Cwd, err, want)
		}
	}
}

func TestAnUnknownImageIsAnsweredWithTheKnownOnes(t *testing.T) {
	_, err := Catalogue{"python": {}, "flink:1.20": {}}.Find("nginx:1")
	if err == nil || !strings.Contains(err.Error(), `"nginx:1"`) || !strings.Contains(err.Error(), "flink:1.20, python") {
		t.Errorf("got %v", err)
	}
}

func TestAnImageFileIsRead(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, `{"flink": {"layers": [{"src": "`+dir+`", "dst": "/opt/flink"}], "env": {"A": "b"}, "entrypoint": ["/x"], "cwd": "/opt/flink"}}`)
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	got := c["flink"]
	if len(got.Layers) != 1 || got.Layers[0] != (Layer{dir, "/opt/flink"}) || got.Env["A"] != "b" || got.Entrypoint[0] != "/x" || got.Cwd != "/opt/flink" {
		t.Errorf("got %+v", got)
	}
}

func TestEveryFaultOfAnImageFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	cases := map[string]struct{ text, want string }{
		"not JSON":              {`{`, "unexpected EOF"},
		"a field nobody knows":  {`{"a": {"layer": []}}`, `unknown field "layer"`},
		"a relative source":     {`{"a": {"layers": [{"src": "x", "dst": "/y"}]}}`, "must be absolute"},
		"a source that is gone": {`{"a": {"layers": [{"src": "` + dir + `/gone", "dst": "/y"}]}}`, "cannot be read"},
		"the root as target":    {`{"a": {"layers": [{"src": "` + dir + `", "dst": "/"}]}}`, "must not be /"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Load(write(t, dir, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func write(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "images.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

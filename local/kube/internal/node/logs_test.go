package node

import (
	"io"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestEachRunOfAContainerKeepsItsLog(t *testing.T) {
	f := logFolder(t.TempDir())
	if _, err := f.previous("ns", "p", "c"); err == nil {
		t.Error("a previous run before the first")
	}
	for _, text := range []string{"one", "two", "three"} {
		file, err := f.open("ns", "p", "c")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString(text); err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	previous, err := f.previous("ns", "p", "c")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{f.current("ns", "p", "c"): "three", previous: "two", f.numbered("ns", "p", "c", 1): "one"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}

func TestTheTailBeginsAtALine(t *testing.T) {
	long := strings.Repeat("x", 50_000)
	cases := []struct {
		text string
		n    int64
		want string
	}{
		{"a\nb\nc\n", 2, "b\nc\n"}, {"a\nb\nc", 2, "b\nc"}, {"a\nb\n", 5, "a\nb\n"}, {"a\nb\n", 0, ""}, {"", 3, ""},
		{"\n\n\n", 2, "\n\n"}, {"a\n" + long + "\nz\n", 2, long + "\nz\n"},
	}
	for _, c := range cases {
		r := strings.NewReader(c.text)
		if err := tail(r, c.n); err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(r); string(got) != c.want {
			t.Errorf("%d of %.20q: got %.20q", c.n, c.text, got)
		}
	}
}

func TestLogOptionsThatCannotBeHadAreRefused(t *testing.T) {
	read := func(query map[string]string) (corev1.PodLogOptions, error) {
		var o corev1.PodLogOptions
		return o, readLogOptions(func(k string) string { return query[k] }, &o)
	}
	for _, q := range []map[string]string{{"timestamps": "true"}, {"sinceSeconds": "5"}, {"sinceTime": "x"}, {"tailLines": "-1"}, {"limitBytes": "x"}} {
		if _, err := read(q); err == nil {
			t.Errorf("%v was accepted", q)
		}
	}
	if _, err := read(map[string]string{"timestamps": "false", "follow": "true", "tailLines": "10"}); err != nil {
		t.Error(err)
	}
}

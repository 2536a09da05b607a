package options

import (
	"errors"
	"flag"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestACompleteCommandLineIsRead(t *testing.T) {
	o, err := Parse([]string{"--dir", "d", "--listen", "127.0.0.1:17443", "--images", "i.json", "--with-stdin",
		"--egress", "s3/objects:9000=127.0.0.1:7070", "--egress", "s3/other:80=gateway.test:8080"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := Options{Dir: "d", Listen: "127.0.0.1:17443", Images: "i.json", WithStdin: true, Egress: []Egress{
		{Namespace: "s3", Service: "objects", Port: 9000, Target: "127.0.0.1:7070"},
		{Namespace: "s3", Service: "other", Port: 80, Target: "gateway.test:8080"},
	}}
	if !reflect.DeepEqual(o, want) {
		t.Errorf("got %+v, want %+v", o, want)
	}
}

func TestEveryFaultOfACommandLineIsNamed(t *testing.T) {
	cases := map[string]struct {
		args []string
		want []string
	}{
		"everything missing":      {nil, []string{"--dir is required", "--images is required"}},
		"an address of the world": {[]string{"--dir", "d", "--images", "i", "--listen", "0.0.0.0:1"}, []string{"only a loopback address"}},
		"a port out of range":     {[]string{"--dir", "d", "--images", "i", "--listen", "127.0.0.1:70000"}, []string{"0 to 65535"}},
		"no port":                 {[]string{"--dir", "d", "--images", "i", "--listen", "127.0.0.1"}, []string{"is not ADDRESS:PORT"}},
		"a stray argument":        {[]string{"--dir", "d", "--images", "i", "up"}, []string{`unexpected argument "up"`}},
		"an unknown flag":         {[]string{"--node"}, []string{"not defined: -node"}},
		"one service twice": {[]string{"--dir", "d", "--images", "i", "--egress", "a/b:1=h:1", "--egress", "a/b:2=h:2"},
			[]string{"names the service a/b twice"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(c.args, io.Discard)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}

func TestAnEgressThatIsNotInTheFormIsRefused(t *testing.T) {
	for _, text := range []string{"", "a/b:1", "a:1=h:1", "a/b=h:1", "a/B:1=h:1", "a/b:0=h:1", "a/b:x=h:1", "a/b:1=h", "a/b:1=:1", "a/b:1=h:"} {
		if e, err := ParseEgress(text); err == nil {
			t.Errorf("%q was read as %+v", text, e)
		}
	}
}

func TestHelpIsNoFault(t *testing.T) {
	var out strings.Builder
	if _, err := Parse([]string{"--help"}, &out); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "-egress") {
		t.Errorf("error %v, text %q", err, out.String())
	}
}

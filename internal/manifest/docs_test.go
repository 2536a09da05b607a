package manifest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

const docsFile = "../../docs/policy.md"

func TestTheDocumentationNamesEveryFieldWithItsDefault(t *testing.T) {
	text, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range leaves() {
		value := "`" + Written(f.leaf.value(defaultSettings())) + "`"
		if f.own {
			value = "none"
		}
		if row := "| `" + f.path + "` | " + value + " |"; !strings.Contains(string(text), row) {
			t.Errorf("%s has no row that begins with %s", docsFile, row)
		}
	}
}

func TestTheDocumentationsExamplesAreInOrder(t *testing.T) {
	text, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 2 {
		t.Fatalf("there are %d examples, and two are read", len(blocks))
	}
	if _, err := Parse([]byte(example(t, "good/plain")+"---\n"+blocks[0][1]), fraud, placeholders); err != nil {
		t.Error(err)
	}
	l, err := ParseLayer([]byte(blocks[1][1]), PlatformKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Explain(fraud, placeholders, l); err != nil {
		t.Error(err)
	}
}

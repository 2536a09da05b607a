package asltest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/asl/asltest"
)

// recorder is a testing.TB that keeps what would fail the test.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Errorf(format string, arguments ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, arguments...))
}

func TestValidateSaysWhatIsWrongWithADefinition(t *testing.T) {
	cases := map[string]string{
		`{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}`:                           "",
		`{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}`:                           "MISSING_TRANSITION_TARGET",
		`{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Output":"{% $states. %}","End":true}}}`: "/States/A/Output is invalid",
	}
	for definition, want := range cases {
		recorded := &recorder{TB: t}
		asltest.Validate(recorded, []byte(definition))
		said := strings.Join(recorded.errors, "\n")
		if (want == "") != (said == "") || !strings.Contains(said, want) {
			t.Errorf("%s: got %q, want %q", definition, said, want)
		}
	}
}

package agree

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func scenarios(t *testing.T) []Scenario {
	t.Helper()
	list, err := Scenarios("testdata")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheModelShowsWhatRealPartsShowed(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			trace, err := Run(t.Context(), OnModel(), s)
			if err != nil {
				t.Fatalf("%v\n%s", err, trace)
			}
			if diff := cmp.Diff(strings.Split(s.Trace, "\n"), strings.Split(trace, "\n")); diff != "" {
				t.Errorf("%s\nthe model (+) shows something else than real parts (-):\n%s", s.Shows, diff)
			}
		})
	}
}

func TestThePageListsEveryScenario(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "model.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios(t) {
		if row := "| " + s.Name + " | " + s.Shows + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/model.md lacks the row\n%s", row)
		}
	}
}

func TestThereAreScenariosEnoughAndEachHasATrace(t *testing.T) {
	const promised = 25
	all := scenarios(t)
	if len(all) < promised {
		t.Errorf("%d scenarios, and %d are promised", len(all), promised)
	}
	for _, s := range all {
		if s.Trace == "" || strings.Contains(s.Trace, never) {
			t.Errorf("%s has no whole trace: run it on real parts, make agree SCENES=%s AGREE_UPDATE=1", s.Name, s.Name)
		}
	}
}

func TestEveryScenarioHasItsTurnBeforeAnyHasItsSecond(t *testing.T) {
	all := scenarios(t)
	seen := map[string]int{}
	day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for range (len(all) + handful - 1) / handful {
		for _, s := range rotating(all, day) {
			seen[s.Name]++
		}
		day = day.AddDate(0, 0, 1)
	}
	if len(seen) != len(all) {
		t.Errorf("%d of %d scenarios had a turn", len(seen), len(all))
	}
}

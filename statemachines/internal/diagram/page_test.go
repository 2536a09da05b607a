package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/statemachines"
)

func TestTheCommittedPagesAreTheMachines(t *testing.T) {
	for name, definition := range statemachines.Definitions() {
		page, err := Page(string(name), definition)
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(file("../../../docs/statemachines", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(committed), string(page)); diff != "" {
			t.Errorf("the page of %s is not of its machine (-committed +made): run go generate ./statemachines\n%s", name, diff)
		}
	}
}

func TestEveryDefinitionHasAPage(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	definitions, pages := 0, len(statemachines.Definitions())
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".asl.json") {
			definitions++
		}
	}
	if definitions != pages {
		t.Errorf("there are %d definitions and %d pages: add the new machine to statemachines.Definitions", definitions, pages)
	}
}

const small = `{"Comment": "Asks, then works.", "StartAt": "Ask?", "TimeoutSeconds": 60, "States": {
  "Ask?": {"Type": "Choice", "Comment": "Whether to work.", "Default": "Rest", "Choices": [
    {"Condition": "{% $states.input.decision = 'Work' %}", "Next": "Work"},
    {"Condition": "{% $states.input.n > 3 %}", "Next": "Work"},
    {"Condition": "{% $states.input.decision = 'Rest' %}", "Next": "Rest"}]},
  "Work": {"Type": "Task", "Comment": "Works.", "TimeoutSeconds": 5, "Next": "Rest",
    "Retry": [{"ErrorEquals": ["A", "B"]}], "Catch": [{"ErrorEquals": ["A"], "Next": "Gone"}, {"ErrorEquals": ["States.ALL"], "Next": "Rest"}]},
  "Wait": {"Type": "Wait", "Comment": "Waits.", "Next": "Work"},
  "Gone": {"Type": "Fail", "Comment": "It failed."},
  "Rest": {"Type": "Succeed", "Comment": "Done."}}}`

const smallPage = "<!-- Made from statemachines/small.asl.json by `go generate ./statemachines`. Do not edit. -->\n" + `
# The state machine small

Asks, then works.
An execution ends after 60 seconds at the latest.

An arrow without a word is taken when the decision names the state it leads to, or always. The diagram leaves out
where caught errors lead: that stands with each state.

` + "```mermaid" + `
stateDiagram-v2
    state "Ask?" as Ask_
    [*] --> Ask_
    Ask_ --> Work: Work, $states.input.n > 3
    Ask_ --> Rest: Rest, otherwise
    Work --> Rest
    Wait --> Work
    Gone --> [*]
    Rest --> [*]
` + "```" + `

## The states

Every Task is retried before an error leads anywhere. Up to 3 retries for ` + "`A`, `B`" + `.

### Ask?

Choice: Whether to work.

### Work

Task: Works.

- May take 5 seconds.
- ` + "`A`" + ` leads to Gone.
- Any other error leads to Rest.

### Wait

Wait: Waits.

### Gone

Fail: It failed.

### Rest

Succeed: Done.
`

func TestAPageTellsEveryStateInTheFilesOrder(t *testing.T) {
	page, err := Page("small", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(smallPage, string(page)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRetriesThatDifferStandWithTheirState(t *testing.T) {
	page, err := Page("two", []byte(`{"StartAt": "A", "States": {
	  "A": {"Type": "Task", "Comment": "First.", "Next": "B", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], "Retry": [{"ErrorEquals": ["X"], "MaxAttempts": 0}]},
	  "B": {"Type": "Task", "Comment": "Second.", "End": true, "Retry": [{"ErrorEquals": ["Y"], "MaxAttempts": 2}]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"- No retry for `X`.\n- Any error leads to B.", "- Up to 2 retries for `Y`.\n", "B --> [*]"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if strings.Contains(string(page), "Every Task") {
		t.Errorf("the page says of every Task what holds for one:\n%s", page)
	}
}

func TestWhatCannotBeDrawnIsRefusedByName(t *testing.T) {
	for definition, want := range map[string]string{
		`{`:               "unexpected end",
		`{"StartAt": ""}`: "no StartAt",
		`{"StartAt": "All", "States": {"All": {"Type": "Parallel"}}}`: "state All is a Parallel",
		`{"StartAt": "A", "States": {"A": {"Type": 7}}}`:              "state A",
	} {
		if _, err := Page("odd", []byte(definition)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v and should say %q", definition, err, want)
		}
	}
}

package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Page is the Markdown page of a state machine of that name.
func Page(name string, definition []byte) ([]byte, error) {
	m, err := parse(definition)
	if err != nil {
		return nil, fmt.Errorf("the state machine %s: %w", name, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Made from statemachines/%s.asl.json by `go generate ./statemachines`. Do not edit. -->\n\n# The state machine %s\n\n%s\n", name, name, m.Comment)
	if m.TimeoutSeconds > 0 {
		fmt.Fprintf(&b, "An execution ends after %d seconds at the latest.\n", m.TimeoutSeconds)
	}
	b.WriteString("\nAn arrow without a word is taken when the decision names the state it leads to, or always. The diagram leaves out\nwhere caught errors lead: that stands with each state.\n\n")
	m.draw(&b)
	b.WriteString("\n## The states\n")
	shared := m.sharedRetries()
	if shared != "" {
		b.WriteString("\nEvery Task is retried before an error leads anywhere. " + shared)
	}
	for _, s := range m.all() {
		s.describe(&b, shared)
	}
	return []byte(b.String()), nil
}

// draw writes the diagram (https://mermaid.js.org/syntax/stateDiagram.html).
func (m machine) draw(b *strings.Builder) {
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	for _, s := range m.all() {
		if id(s.Name) != s.Name {
			fmt.Fprintf(b, "    state \"%s\" as %s\n", s.Name, id(s.Name))
		}
	}
	m.drawStates(b, "    ")
	b.WriteString("```\n")
}

// drawStates draws the states of a machine or, inside of the Map that it belongs
// to, of a processor.
func (m machine) drawStates(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s[*] --> %s\n", indent, id(m.StartAt))
	for _, s := range m.States {
		if s.ItemProcessor != nil {
			fmt.Fprintf(b, "%sstate %s {\n", indent, id(s.Name))
			s.ItemProcessor.drawStates(b, indent+"    ")
			fmt.Fprintf(b, "%s}\n", indent)
		}
		for _, t := range s.transitions() {
			fmt.Fprintf(b, "%s%s --> %s", indent, id(t.from), id(t.to))
			if !slices.Equal(t.labels, []string{t.to}) && len(t.labels) > 0 {
				fmt.Fprintf(b, ": %s", strings.Join(t.labels, ", "))
			}
			b.WriteString("\n")
		}
		if s.ends() {
			fmt.Fprintf(b, "%s%s --> [*]\n", indent, id(s.Name))
		}
	}
}

var notInID = regexp.MustCompile(`\W`)

// id is a state's name as Mermaid takes it.
func id(name string) string { return notInID.ReplaceAllString(name, "_") }

// sharedRetries is what all Tasks have in common, so that it is said once;
// empty when they differ.
func (m machine) sharedRetries() string {
	shared := ""
	for _, s := range m.all() {
		switch text := s.retries(); {
		case s.Type != "Task":
		case shared == "":
			shared = text
		case text != shared:
			return ""
		}
	}
	return shared
}

// retries says what is tried again.
func (s state) retries() string {
	var b strings.Builder
	for _, r := range s.Retry {
		attempts := int64(3) // the language's default
		if r.MaxAttempts != nil {
			attempts = *r.MaxAttempts
		}
		if attempts == 0 {
			fmt.Fprintf(&b, "No retry for %s.\n", code(r.ErrorEquals))
			continue
		}
		fmt.Fprintf(&b, "Up to %d retries for %s.\n", attempts, code(r.ErrorEquals))
	}
	return b.String()
}

// describe writes one state: its comment, and what bounds, repeats and ends it.
func (s state) describe(b *strings.Builder, shared string) {
	fmt.Fprintf(b, "\n### %s\n\n%s: %s\n", s.Name, s.Type, s.Comment)
	switch timeout := s.TimeoutSeconds.(type) {
	case float64:
		fmt.Fprintf(b, "\n- May take %d seconds.\n", int64(timeout))
	case string:
		fmt.Fprintf(b, "\n- May take as many seconds as `%s` says.\n", timeout)
	}
	if text := s.retries(); text != shared {
		for line := range strings.Lines(text) {
			b.WriteString("- " + line)
		}
	}
	for i, c := range s.Catch {
		fmt.Fprintf(b, "- %s leads to %s.\n", caught(c.ErrorEquals, i == 0), c.Next)
	}
}

// caught names the errors of a catcher, the first or a later one.
func caught(errors []string, first bool) string {
	switch all := slices.Equal(errors, []string{"States.ALL"}); {
	case all && first:
		return "Any error"
	case all:
		return "Any other error"
	}
	return code(errors)
}

func code(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }

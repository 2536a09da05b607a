package agree

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

// Scenario is a file of testdata: what it shows, in a sentence; `-- do --`, a
// step a line; and `-- trace --`, what real parts showed then.
type Scenario struct {
	Name  string
	Shows string
	Steps []string
	Trace string

	file string
}

// Scenarios reads the folder.
func Scenarios(dir string) ([]Scenario, error) {
	dir, err := filepath.Abs(dir) // a local plane changes the working directory
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var list []Scenario
	for _, file := range files {
		s, err := read(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		list = append(list, s)
	}
	return list, nil
}

func read(file string) (Scenario, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return Scenario{}, err
	}
	s := Scenario{Name: strings.TrimSuffix(filepath.Base(file), ".txtar"), Shows: strings.TrimSpace(string(archive.Comment)), file: file}
	for _, f := range archive.Files {
		switch f.Name {
		case "do":
			s.Steps = lines(string(f.Data))
		case "trace":
			s.Trace = string(f.Data)
		default:
			return s, fmt.Errorf("there is a part %q, and only do and trace are known", f.Name)
		}
	}
	if s.Shows == "" || len(s.Steps) == 0 {
		return s, fmt.Errorf("a scenario has a sentence that says what it shows, and steps below -- do --")
	}
	for _, line := range s.Steps {
		if _, _, err := parse(line); err != nil {
			return s, err
		}
	}
	return s, nil
}

// lines are a text's lines without blank ones and comments.
func lines(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

// Write puts a trace into the scenario's file.
func (s Scenario) Write(trace string) error {
	body := txtar.Format(&txtar.Archive{
		Comment: []byte(s.Shows + "\n\n"),
		Files:   []txtar.File{{Name: "do", Data: []byte(strings.Join(s.Steps, "\n") + "\n\n")}, {Name: "trace", Data: []byte(trace)}},
	})
	return os.WriteFile(s.file, body, 0o644)
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// machine is what a page needs of a definition.
type machine struct {
	Comment        string
	StartAt        string
	TimeoutSeconds int64
	States         states
}

// states keeps the order of the file, which is the order to read them in.
type states []state

// state is one state of any type.
type state struct {
	Name           string `json:"-"`
	Type           string
	Comment        string
	Next           string
	End            bool
	Default        string
	TimeoutSeconds any // a number, or a JSONata expression
	Choices        []struct{ Condition, Next string }
	Retry          []struct {
		ErrorEquals []string
		MaxAttempts *int64
	}
	Catch []struct {
		ErrorEquals []string
		Next        string
	}
	ItemProcessor *machine // of a Map: what is done with each item
}

// UnmarshalJSON reads an object and keeps the order of its keys.
func (s *states) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil { // the opening brace
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var one state
		if err := d.Decode(&one); err != nil {
			return fmt.Errorf("state %v: %w", name, err)
		}
		one.Name = fmt.Sprint(name)
		*s = append(*s, one)
	}
	return nil
}

func parse(definition []byte) (machine, error) {
	var m machine
	if err := json.Unmarshal(definition, &m); err != nil {
		return m, err
	}
	if m.StartAt == "" || len(m.States) == 0 {
		return m, fmt.Errorf("the definition has no StartAt or no States")
	}
	for _, s := range m.all() {
		if s.Type == "Parallel" {
			return m, fmt.Errorf("state %s is a %s, whose states inside cannot be drawn yet", s.Name, s.Type)
		}
	}
	return m, nil
}

// all are the machine's states, those inside of a Map right after it.
func (m machine) all() states {
	var all states
	for _, s := range m.States {
		all = append(all, s)
		if s.ItemProcessor != nil {
			all = append(all, s.ItemProcessor.all()...)
		}
	}
	return all
}

package platform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Open reads a file.
func Open(file string, regions Regions) (Platform, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return Platform{}, fmt.Errorf("the platform's configuration cannot be read: %w; infra/platform.yaml is one to copy", err)
	}
	return Read(file, raw, regions)
}

// Read reads the text of a file and checks it. The error is *Faults, unless the
// text is no YAML.
func Read(file string, raw []byte, regions Regions) (Platform, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return Platform{}, fmt.Errorf("%s is no YAML: %w", file, err)
	}
	found := &faults{file: file, root: &root}
	p := New()
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	switch err := decoder.Decode(&p); {
	case errors.Is(err, io.EOF): // an empty file says nothing
	case err != nil:
		found.ofTypes(err)
		return Platform{}, found.err() // what was not understood cannot be checked
	}
	p.settlePools()
	p.settleTeams()
	p.check(regions, found)
	return p, found.err()
}

// Faults is everything wrong with a file, in the order of its lines.
type Faults struct {
	File string
	List []Fault
}

// Fault is one thing wrong.
type Fault struct {
	Line    int    // from 1; 0: of the whole file
	Path    string // as in network.cidr
	Message string // says what to do
}

// Error says each fault in a line of its own.
func (f *Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s cannot be used:", f.File)
	for _, x := range f.List {
		b.WriteString("\n  ")
		if x.Line > 0 {
			fmt.Fprintf(&b, "line %d: ", x.Line)
		}
		if x.Path != "" {
			b.WriteString(x.Path + ": ")
		}
		b.WriteString(x.Message)
	}
	return b.String()
}

// faults gathers what is wrong while a file is read.
type faults struct {
	file string
	root *yaml.Node
	list []Fault
}

// add says what is wrong with the value at a path, as "network.zones[1]".
func (f *faults) add(path, format string, args ...any) {
	f.list = append(f.list, Fault{Line: lineOf(f.root, path), Path: path, Message: fmt.Sprintf(format, args...)})
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b Fault) int { return a.Line - b.Line })
	return &Faults{File: f.file, List: f.list}
}

var (
	typeFault    = regexp.MustCompile(`^line (\d+): (.*)$`)
	unknownField = regexp.MustCompile(`^field (\S+) not found in type platform\.(\S+)$`)
)

// ofTypes takes apart what the YAML library says of fields and types: each with its line.
func (f *faults) ofTypes(err error) {
	var types *yaml.TypeError
	if !errors.As(err, &types) {
		f.list = append(f.list, Fault{Message: err.Error()})
		return
	}
	for _, text := range types.Errors {
		fault := Fault{Message: text}
		if m := typeFault.FindStringSubmatch(text); m != nil {
			fault.Line, _ = strconv.Atoi(m[1])
			fault.Message = m[2]
		}
		if m := unknownField.FindStringSubmatch(fault.Message); m != nil {
			fault.Message = fmt.Sprintf("there is no field %s here; infra/platform.yaml has all there are", m[1])
		}
		f.list = append(f.list, fault)
	}
}

var step = regexp.MustCompile(`[^.\[\]]+`)

// lineOf finds the line of a path, or of the nearest thing above it that is there.
func lineOf(n *yaml.Node, path string) int {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	line := 0
	for _, name := range step.FindAllString(path, -1) {
		next := child(n, name)
		if next == nil {
			break
		}
		n, line = next, next.Line
	}
	return line
}

func child(n *yaml.Node, name string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

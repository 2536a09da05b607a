package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Template is a CloudFormation template, read and not yet resolved.
type Template struct {
	Parameters map[string]Parameter
	Conditions map[string]any
	Mappings   map[string]map[string]map[string]any
	Resources  map[string]Resource
	Outputs    map[string]Output
}

// Resource is one resource of a template. Properties holds JSON values and
// intrinsics; numbers are json.Number.
type Resource struct {
	Type       string
	Properties map[string]any
	Condition  string
}

// Output is one output of a template.
type Output struct {
	Value     any
	Condition string
}

// sections that a template may have. Those with a reason are read and left.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
var sections = map[string]string{
	"AWSTemplateFormatVersion": "there is one version",
	"Description":              "for people",
	"Metadata":                 "for tools",
	"Parameters":               "", "Conditions": "", "Mappings": "", "Resources": "", "Outputs": "",
	"Rules": "only the CDK's own bootstrap check is let through",
}

// Parse reads a template in JSON. Every fault is reported at once.
func Parse(text []byte) (*Template, error) {
	var raw map[string]json.RawMessage
	if err := decode(text, &raw); err != nil {
		return nil, fmt.Errorf("the template is no JSON object: %w", err)
	}
	faults := checkSections(raw)
	t := &Template{}
	for name, into := range map[string]any{
		"Parameters": &t.Parameters, "Conditions": &t.Conditions, "Mappings": &t.Mappings, "Resources": &t.Resources, "Outputs": &t.Outputs,
	} {
		if section, given := raw[name]; given {
			if err := decode(section, into); err != nil {
				faults = append(faults, fmt.Errorf("the template's section %s cannot be read: %w", name, err))
			}
		}
	}
	if len(t.Resources) == 0 && len(faults) == 0 {
		faults = append(faults, errors.New("the template has no resources"))
	}
	return t, errors.Join(append(faults, t.checkTypes()...)...)
}

func checkSections(raw map[string]json.RawMessage) []error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if _, known := sections[name]; !known {
			faults = append(faults, fmt.Errorf("the template has a section %s, which is not understood here", name))
		}
	}
	var rules map[string]any
	if raw["Rules"] != nil && json.Unmarshal(raw["Rules"], &rules) == nil {
		delete(rules, "CheckBootstrapVersion") // asserts the version of the CDK's bootstrap stack, which is not needed here
		for _, name := range slices.Sorted(maps.Keys(rules)) {
			faults = append(faults, fmt.Errorf("the template has a rule %s: assertions on parameters are not checked here", name))
		}
	}
	return faults
}

func (t *Template) checkTypes() []error {
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		r := t.Resources[id]
		_, read := kinds[r.Type]
		_, left := harmless[r.Type]
		if !read && !left {
			faults = append(faults, fmt.Errorf("resource %s is of type %q, which is not understood here", id, r.Type))
		}
	}
	return faults
}

// decode keeps numbers as they were written, so that 86400 does not become 8.64e+04.
func decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(into)
}

package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Parameter is a parameter as the template declares it.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
type Parameter struct {
	Type                  string
	Default               any
	AllowedValues         []any
	AllowedPattern        string
	ConstraintDescription string
	MinLength, MaxLength  json.Number
	MinValue, MaxValue    json.Number
}

// fill gives every parameter its value: a string, or []any for the list types.
func (t *Template) fill(given map[string]string) (map[string]any, error) {
	values := map[string]any{}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, declared := t.Parameters[name]; !declared {
			faults = append(faults, fmt.Errorf("the template has no parameter %s", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Parameters)) {
		value, err := t.Parameters[name].value(given, name)
		if err != nil {
			faults = append(faults, fmt.Errorf("parameter %s: %w", name, err))
			continue
		}
		values[name] = value
	}
	return values, errors.Join(faults...)
}

func (p Parameter) value(given map[string]string, name string) (any, error) {
	text, ok := given[name]
	if !ok {
		if p.Default == nil {
			return nil, errors.New("it has no default: give it a value")
		}
		text = fmt.Sprint(p.Default)
	}
	if err := p.check(text); err != nil {
		if p.ConstraintDescription != "" {
			err = fmt.Errorf("%w (%s)", err, p.ConstraintDescription)
		}
		return nil, err
	}
	if p.Type == "CommaDelimitedList" || strings.HasPrefix(p.Type, "List<") {
		return listOf(text), nil
	}
	return text, nil
}

func listOf(text string) []any {
	list := []any{}
	if text == "" {
		return list
	}
	for item := range strings.SplitSeq(text, ",") {
		list = append(list, strings.TrimSpace(item))
	}
	return list
}

// check holds a value against the constraints the template declares.
func (p Parameter) check(text string) error {
	if len(p.AllowedValues) > 0 && !slices.ContainsFunc(p.AllowedValues, func(v any) bool { return fmt.Sprint(v) == text }) {
		return fmt.Errorf("%q is none of %v", text, p.AllowedValues)
	}
	if p.AllowedPattern != "" {
		pattern, err := regexp.Compile("^(?:" + p.AllowedPattern + ")$")
		if err != nil {
			return fmt.Errorf("its AllowedPattern %q is not understood here: %w", p.AllowedPattern, err)
		}
		if !pattern.MatchString(text) {
			return fmt.Errorf("%q does not match %s", text, p.AllowedPattern)
		}
	}
	if err := within(float64(len([]rune(text))), p.MinLength, p.MaxLength, "characters"); err != nil {
		return err
	}
	if p.Type != "Number" {
		return nil
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%q is no number", text)
	}
	return within(number, p.MinValue, p.MaxValue, "")
}

func within(value float64, least, most json.Number, unit string) error {
	if low, err := least.Float64(); err == nil && value < low {
		return fmt.Errorf("%v %s is less than the least allowed, %v", value, unit, least)
	}
	if high, err := most.Float64(); err == nil && value > high {
		return fmt.Errorf("%v %s is more than the most allowed, %v", value, unit, most)
	}
	return nil
}

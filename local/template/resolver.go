package template

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Place says where the stack stands: what AWS's pseudo parameters yield.
type Place struct {
	Account, Region, Partition, Stack string
}

// pseudo returns the value of a pseudo parameter.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func (p Place) pseudo(name string) (string, bool) {
	value, ok := map[string]string{
		"AWS::AccountId": p.Account, "AWS::Region": p.Region, "AWS::Partition": p.Partition, "AWS::StackName": p.Stack,
		"AWS::StackId":   fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/local", p.Partition, p.Region, p.Account, p.Stack),
		"AWS::URLSuffix": "amazonaws.com",
	}[name]
	return value, ok
}

// resolver evaluates intrinsics. naming guards against resources whose names
// are made of each other.
type resolver struct {
	t          *Template
	place      Place
	parameters map[string]any
	naming     map[string]bool
}

// noValue is what AWS::NoValue yields: the property is not there.
type noValue struct{}

// value resolves everything inside v.
func (r *resolver) value(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if name, argument, is := intrinsic(v); is {
			return r.call(name, argument)
		}
		return r.object(v)
	case []any:
		return r.list(v)
	}
	return v, nil
}

func (r *resolver) object(object map[string]any) (any, error) {
	out := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		value, err := r.value(object[key])
		if err != nil {
			return nil, err
		}
		if _, absent := value.(noValue); !absent {
			out[key] = value
		}
	}
	return out, nil
}

func (r *resolver) list(list []any) (any, error) {
	out := []any{}
	for _, item := range list {
		value, err := r.value(item)
		if err != nil {
			return nil, err
		}
		if _, absent := value.(noValue); !absent {
			out = append(out, value)
		}
	}
	return out, nil
}

// intrinsic tells a call of an intrinsic function from an ordinary object.
func intrinsic(object map[string]any) (name string, argument any, is bool) {
	if len(object) != 1 {
		return "", nil, false
	}
	for name, argument := range object {
		return name, argument, name == "Ref" || name == "Condition" && isText(argument) || strings.HasPrefix(name, "Fn::")
	}
	return "", nil, false
}

func isText(v any) bool { _, ok := v.(string); return ok }

// text resolves v to a string; numbers and truth values are written as they stand.
func (r *resolver) text(v any) (string, error) {
	value, err := r.value(v)
	if err != nil {
		return "", err
	}
	switch value := value.(type) {
	case string:
		return value, nil
	case json.Number, bool:
		return fmt.Sprint(value), nil
	}
	return "", fmt.Errorf("a text is wanted where the template has %s", short(v))
}

func short(v any) string {
	text, err := json.Marshal(v)
	if err != nil || len(text) > 200 {
		return fmt.Sprintf("a value of type %T", v)
	}
	return string(text)
}

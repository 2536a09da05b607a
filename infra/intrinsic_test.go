package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// only returns the one resource of a type and fails when there is another number.
func (t template) only(tt *testing.T, kind string) (id string, r resource) {
	tt.Helper()
	found := t.ofType(kind)
	if len(found) != 1 {
		tt.Fatalf("the template has %d resources of type %s, want 1", len(found), kind)
	}
	for id, r = range found {
	}
	return id, r
}

// at follows keys into nested objects; nil when one is missing.
func at(v any, path ...string) any {
	for _, key := range path {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[key]
	}
	return v
}

// many is a value that CloudFormation takes as one thing or a list of them.
func many(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func texts(v any) []string {
	var all []string
	for _, one := range many(v) {
		all = append(all, text(one))
	}
	return all
}

// text writes a value with its intrinsic functions resolved to readable
// stand-ins: {"Ref": "Bucket"} is <Bucket>, an attribute <Bucket.Arn>.
func text(v any) string {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprint(v)
	}
	if id, ok := object["Ref"]; ok {
		return fmt.Sprintf("<%s>", id)
	}
	if parts, ok := object["Fn::GetAtt"]; ok {
		return "<" + strings.Join(texts(parts), ".") + ">"
	}
	if join, ok := object["Fn::Join"].([]any); ok {
		return strings.Join(texts(join[1]), text(join[0]))
	}
	if sub, ok := object["Fn::Sub"].(string); ok {
		return placeholder.ReplaceAllString(sub, "<$1>")
	}
	return fmt.Sprint(v)
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z0-9:.]+)\}`)

// walk calls visit for every object below v, v included.
func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(v)
		for _, inner := range v {
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

func TestTheTemplateUsesOnlyTheIntrinsicFunctionsThatTheLocalPlaneKnows(t *testing.T) {
	known := []string{"Fn::GetAtt", "Fn::Join", "Fn::Sub"}
	for id, r := range read(t, publicStack).Resources {
		walk(r.Properties, func(object map[string]any) {
			for key := range object {
				if strings.HasPrefix(key, "Fn::") && !slices.Contains(known, key) {
					t.Errorf("%s uses %s", id, key)
				}
			}
		})
	}
}

func TestNoResourceDependsOnItself(t *testing.T) {
	for _, stack := range []string{publicStack, privateStack} {
		needs := dependencies(read(t, stack))
		done, under := map[string]bool{}, map[string]bool{}
		var visit func(id string, path []string)
		visit = func(id string, path []string) {
			path = append(path, id)
			if under[id] {
				t.Fatalf("%s: a cycle: %s", stack, strings.Join(path, " -> "))
			}
			if done[id] {
				return
			}
			under[id] = true
			for _, next := range needs[id] {
				visit(next, path)
			}
			under[id], done[id] = false, true
		}
		for id := range needs {
			visit(id, nil)
		}
		if len(done) != len(needs) || len(needs) < 10 {
			t.Errorf("%s: %d of %d resources were visited", stack, len(done), len(needs))
		}
	}
}

// dependencies lists, for every resource, the resources it names.
func dependencies(t template) map[string][]string {
	needs := map[string][]string{}
	for id, r := range t.Resources {
		needs[id] = nil
		add := func(name any) {
			to, _, _ := strings.Cut(fmt.Sprint(name), ".")
			if _, ok := t.Resources[to]; ok {
				needs[id] = append(needs[id], to)
			}
		}
		for _, on := range many(r.DependsOn) {
			add(on)
		}
		walk(r.Properties, func(object map[string]any) {
			add(object["Ref"])
			if parts := many(object["Fn::GetAtt"]); len(parts) > 0 {
				add(parts[0])
			}
			if sub, ok := object["Fn::Sub"].(string); ok {
				for _, found := range placeholder.FindAllStringSubmatch(sub, -1) {
					add(found[1])
				}
			}
		})
	}
	return needs
}

package manifest

import (
	"maps"
	"reflect"
	"strings"
)

// Source says which layer a value comes from.
type Source string

// The layers, from the lowest to the highest.
const (
	FromDefault     Source = "default"
	FromPlatform    Source = "platform"
	FromNamespace   Source = "namespace"
	FromApplication Source = "application"
)

// Setting is one field of what applies to an application.
type Setting struct {
	Path   string `json:"path"`             // as in rollback.mode or allow.images
	Value  any    `json:"value"`            // as a document would write it
	Source Source `json:"source"`           // layer that said it last
	Locked Source `json:"locked,omitempty"` // layer that locked it; empty: none
}

// stratum is what one document says, on top of what lies under it.
type stratum struct {
	source Source
	file   string
	given  []given
	locks  []lock
}

// given is a field that a document sets.
type given struct {
	path         string
	line, column int
	set          func(*settings)
}

// lock is a field, or a mapping of fields, that a document locks.
type lock struct {
	path         string
	line, column int
}

// covers tells whether the lock is of that field.
func (l lock) covers(path string) bool {
	return path == l.path || strings.HasPrefix(path, l.path+".")
}

// origin is where something was said.
type origin struct {
	source Source
	file   string
	line   int
	column int
}

// conflict is a field that a stratum sets though a layer under it locked it.
type conflict struct {
	given
	by    origin // of the lock
	value any    // that is locked
}

// resolution is what the strata say together, and who said what. It is a value:
// with gives another and changes nothing.
type resolution struct {
	settings  settings
	said      map[string]origin // by path; a field that is not there has its default
	locked    map[string]origin
	conflicts []conflict // of the stratum on top
}

// nothingSaid is a resolution with the defaults alone.
func nothingSaid(defaults settings) resolution { return resolution{settings: defaults} }

// with lays one stratum on top. What is locked below keeps its value; setting
// it to the very same value is no conflict.
func (r resolution) with(s stratum) resolution {
	out := resolution{settings: r.settings, said: clone(r.said), locked: clone(r.locked)}
	for _, g := range s.given {
		if by, is := r.locked[g.path]; is {
			if now, wanted := valueAt(r.settings, g.path), valueAt(g.on(r.settings), g.path); !reflect.DeepEqual(now, wanted) {
				out.conflicts = append(out.conflicts, conflict{g, by, now})
			}
			continue
		}
		out.settings = g.on(out.settings)
		out.said[g.path] = origin{s.source, s.file, g.line, g.column}
	}
	for _, f := range leaves() {
		for _, l := range s.locks {
			if _, already := out.locked[f.path]; !already && !f.own && l.covers(f.path) {
				out.locked[f.path] = origin{s.source, s.file, l.line, l.column}
			}
		}
	}
	return out
}

func clone(m map[string]origin) map[string]origin {
	if c := maps.Clone(m); c != nil {
		return c
	}
	return map[string]origin{}
}

// on is the settings with the field set.
func (g given) on(s settings) settings {
	g.set(&s)
	return s
}

// source is the layer that a field's value comes from.
func (r resolution) source(path string) Source {
	if o, is := r.said[path]; is {
		return o.source
	}
	return FromDefault
}

// explained is every field with its value and where that comes from, in the
// order of the schema; a pin only where there is one.
func explained(r resolution) []Setting {
	var all []Setting
	for _, f := range leaves() {
		if _, said := r.said[f.path]; said || !f.own {
			all = append(all, Setting{Path: f.path, Value: f.leaf.value(r.settings), Source: r.source(f.path), Locked: r.locked[f.path].source})
		}
	}
	return all
}

// valueAt is the value of a field.
func valueAt(s settings, path string) any { return leafAt()[path].value(s) }

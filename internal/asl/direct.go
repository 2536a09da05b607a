package asl

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"
)

// handedOn are the expressions that only hand on what is there, or ask whether
// it is a certain text: most of those a machine evaluates.
var handedOn = regexp.MustCompile(`^\$states\.(input|result)((?:\.[A-Za-z_][A-Za-z0-9_]*)*)(?:\s*=\s*'([^'\\]*)')?$`)

// keywords cannot be steps of a path without quotes.
var keywords = map[string]bool{"and": true, "or": true, "in": true, "true": true, "false": true, "null": true, "function": true}

// direct answers such an expression without JavaScript, which would read the
// whole document and write it again: the value that the session answers, or
// nothing, when the document holds what the two might write differently.
func (e *evaluation) direct(code string) (json.RawMessage, bool) {
	parts := handedOn.FindStringSubmatch(code)
	if parts == nil || e.visit.JSONata == nil || e.visit.ctx.Err() != nil {
		return nil, false
	}
	value := e.extra["result"]
	if parts[1] == "input" {
		value = e.visit.input
	}
	for _, step := range strings.FieldsFunc(parts[2], func(r rune) bool { return r == '.' }) {
		if value = fieldOf(value, step); keywords[step] {
			return nil, false
		}
	}
	compares := strings.HasSuffix(code, "'")
	switch {
	case len(value) == 0, value[0] == '[', !utf8.Valid(value), !asWritten(value):
		return nil, false
	case !compares:
		return value, true
	case value[0] != '"' || strings.ContainsRune(string(value), '\\'):
		return nil, false
	case string(value[1:len(value)-1]) == parts[3]:
		return json.RawMessage("true"), true
	}
	return json.RawMessage("false"), true
}

// fieldOf finds a field of an object, the last one of that name; nothing when
// there is none, or when the object is not written as asWritten has it.
func fieldOf(object json.RawMessage, name string) json.RawMessage {
	var found json.RawMessage
	if len(object) == 0 || object[0] != '{' {
		return nil
	}
	for i := 1; i < len(object) && object[i] == '"'; i++ {
		end := i + endOf(object[i:])
		if end >= len(object) || object[end] != ':' {
			return nil
		}
		value := object[end+1:]
		value = value[:endOf(value)]
		if string(object[i+1:end-1]) == name {
			found = value
		}
		i = end + 1 + len(value)
	}
	return found
}

// endOf is the length of the value that raw begins with.
func endOf(raw json.RawMessage) int {
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return min(i+1, len(raw))
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			} else if depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(raw)
}

// asWritten tells whether JavaScript, having read the value, writes the same
// one: no spaces, and numbers that it does not round.
func asWritten(raw json.RawMessage) bool {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			i += endOf(raw[i:]) - 1
		case c == '-' || isDigit(c):
			end := i + 1
			for end < len(raw) && isDigit(raw[end]) {
				end++
			}
			if !exact(string(raw[i:end])) || end < len(raw) && strings.IndexByte(".eE", raw[end]) >= 0 {
				return false
			}
			i = end - 1
		case c <= ' ':
			return false
		}
	}
	return true
}

// exact tells whether a whole number is one to JavaScript, too: at most 2^53-1.
func exact(digits string) bool {
	const most = "9007199254740991"
	return digits != "-0" && (len(digits) < len(most) || len(digits) == len(most) && digits <= most)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

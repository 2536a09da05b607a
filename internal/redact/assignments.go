package redact

import (
	"regexp"
	"strings"
)

// key finds what may be a key that names a secret, flags (--db-password) included.
var key = regexp.MustCompile(`(?i)[\w.-]*(?:` + words + `|[-_.]pass\b)[\w.-]*`)

// What may stand between a key and its value. The quote that closes the key may
// be escaped, several times over, when JSON was quoted in JSON.
var (
	// assigned: k=v, k: v, "k": "v", k => v, k%3Dv, <k>v, and the refusals of Kubernetes' validation, k: Invalid value: v.
	assigned = regexp.MustCompile(`^\\*["'\])]{0,3}\s{0,4}(?:=>|->|:=|==|=|:|>|%3[DdAa])\s{0,4}(?:(?:Invalid|Unsupported|Duplicate) value:\s{0,4})?`)
	// paired: {"name": "K", "value": "v"}, name: K value: v, <name>K</name><value>v.
	paired = regexp.MustCompile(`^(?:</name>\s{0,64}<value>|\\*["']?[\s,;]{1,64}\\*["']?value\\*["']?\s{0,4}[:=]\s{0,4})`)
	// flagged: --k v and "--k", "v".
	flagged = regexp.MustCompile(`^(?:\\*["']\s{0,4},\s{0,4}|\s{1,4})`)
)

// assignments redacts the values of keys that name a secret.
func assignments(s string) string {
	var out strings.Builder
	done := 0 // what of s is in out, or was left out
	for _, at := range key.FindAllStringIndex(s, -1) {
		if at[0] < done || !SensitiveKey(s[at[0]:at[1]]) {
			continue
		}
		begin, loose := valueAfter(s, at[0], at[1])
		if begin < 0 {
			continue
		}
		from, to := extent(s, begin)
		if spared(s[from:to], loose && !endsLine(s[to:])) {
			continue
		}
		out.WriteString(s[done:from])
		out.WriteString(Mark)
		done = to
	}
	return out.String() + s[done:]
}

// valueAfter finds where the value of the key s[from:to] begins; -1: there is
// none. A value is loose when it may as well be the next word of a sentence, as
// in "get the credentials: connection refused".
func valueAfter(s string, from, to int) (begin int, loose bool) {
	rest := s[to:]
	if m := paired.FindString(rest); m != "" {
		return to + len(m), false
	}
	if m := assigned.FindString(rest); m != "" {
		return to + len(m), strings.HasSuffix(m, ": ") && !strings.Contains(m, "value")
	}
	if m := flagged.FindString(rest); m != "" && strings.HasPrefix(s[from:], "--") {
		return to + len(m), false
	}
	return -1, false
}

// spared are values that are none, and words in the middle of a sentence.
func spared(value string, inSentence bool) bool {
	switch value {
	case "", "null", "nil", "true", "false", "None", "<nil>":
		return true
	}
	return inSentence && isWord(value)
}

// endsLine tells whether nothing but blanks follows in the line.
func endsLine(s string) bool {
	s = strings.TrimLeft(s[:min(len(s), 80)], " \t\r")
	return s == "" || s[0] == '\n'
}

// extent is where the value that begins at begin lies, without its quotes.
func extent(s string, begin int) (from, to int) {
	from = begin
	for from < len(s) && s[from] == '\\' {
		from++
	}
	if from == len(s) {
		return begin, len(s)
	}
	switch c := s[from]; c {
	case '"', '\'', '`':
		return from + 1, closing(s, from+1, c, from-begin)
	case '{', '[':
		return begin, balanced(s, from)
	}
	return begin, begin + bare(s[begin:])
}

// closing finds the quote that ends a value: quotes inside it carry more
// backslashes than the one that began it. Its backslashes are not the value's.
func closing(s string, from int, quote byte, escapes int) int {
	run := 0
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '\\':
			run++
			continue
		case quote:
			if run <= escapes {
				return i - run
			}
		}
		run = 0
	}
	return len(s)
}

// balanced is the end of a mapping or list.
func balanced(s string, from int) int {
	depth := 0
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// bare is the length of a value without quotes.
func bare(s string) int {
	if end := strings.IndexAny(s, " \t\r\n,;&)]}\"'<>\\"); end >= 0 {
		return end
	}
	return len(s)
}

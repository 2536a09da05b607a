package redact

import (
	"regexp"
	"strings"
)

// Mark stands where a secret stood.
const Mark = "***"

// Text gives the text without what looks like a secret. Redacting twice is
// redacting once. It takes time linear in the length of the text.
func Text(s string) string {
	for _, f := range forms {
		if f.hint == "" || strings.Contains(s, f.hint) {
			s = f.pattern.ReplaceAllString(s, f.with)
		}
	}
	return assignments(schemes(s))
}

// forms are secrets that are known by their own look, whatever stands before
// them. Those that hold others come first.
var forms = []struct {
	hint    string // without it in the text, the pattern need not be tried
	pattern *regexp.Regexp
	with    string
}{
	{"-----BEGIN", regexp.MustCompile(`(?s)-----BEGIN [^-]{1,64}-----.*?(?:-----END [^-]{1,64}-----|\z)`), Mark},
	{"://", regexp.MustCompile(`(://)[^\s:/@?#"'<>]*:[^\s@"'<>]*@`), "${1}" + Mark + "@"}, // user:password@
	{"://", regexp.MustCompile(`(://)[^\s:/@?#"'<>]+@`), "${1}" + Mark + "@"},             // token@
	{"jdbc:", regexp.MustCompile(`(jdbc:[a-z0-9:]+:)[^\s/@"']+/[^\s@"']+@`), "${1}" + Mark + "@"},
	{"", regexp.MustCompile(`(?i)((?:proxy-)?authorization\\*["']?\s*[:=]\s*\[?\\*["']?)[^"'\\\r\n\]}]+`), "${1}" + Mark},
	{"", regexp.MustCompile(`(?i)(x-amz-(?:signature|credential|security-token)(?:=|%3D|\\*["']?\s*:\s*\\*["']?))[^&\s"'\\,;]+`), "${1}" + Mark},
	{"", regexp.MustCompile(`(?i)([?&](?:sig|signature|key|code)(?:=|%3D))[^&\s"'\\,;]+`), "${1}" + Mark},
	{"k8s-aws-v1.", regexp.MustCompile(`k8s-aws-v1\.[\w-]+`), Mark},
	{"eyJ", regexp.MustCompile(`\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?`), Mark},     // JSON web token
	{"", regexp.MustCompile(`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}`), Mark},        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
	{"", regexp.MustCompile(`\b(?:gh[pousr]_|glpat-|xox[abprs]-)[\w-]{16,}`), Mark}, // GitHub, GitLab, Slack
	{"_pat_", regexp.MustCompile(`\bgithub_pat_\w{16,}`), Mark},
}

// scheme is how a header names the kind of its credentials.
var scheme = regexp.MustCompile(`(?i)\b(bearer|basic)(\s+)([\w.~+/=-]{8,})`)

// schemes redacts what follows the word Bearer or Basic, unless it is a word of
// a sentence ("basic authentication is off").
func schemes(s string) string {
	return scheme.ReplaceAllStringFunc(s, func(found string) string {
		m := scheme.FindStringSubmatch(found)
		if isWord(m[3]) {
			return found
		}
		return m[1] + m[2] + Mark
	})
}

// isWord: letters alone, and capitals at most in front.
func isWord(s string) bool {
	s = strings.TrimRight(s, ".,:;!?")
	for i, r := range s {
		if (r < 'a' || r > 'z') && (i > 0 || r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != ""
}

package redact

import (
	"regexp"
	"slices"
	"strings"
)

// Mark stands where a secret stood.
const Mark = "***"

// Text gives the text without what looks like a secret. Redacting twice is
// redacting once. It takes time linear in the length of the text, and little
// where nothing reminds of a secret.
func Text(s string) string {
	lower := strings.ToLower(s)
	for _, f := range forms {
		if containsAny(lower, f.hints) {
			s = f.pattern.ReplaceAllString(s, f.with)
		}
	}
	if containsAny(lower, schemeHints) {
		s = schemes(s)
	}
	if containsAny(lower, keyHints) {
		s = assignments(s)
	}
	return s
}

func containsAny(s string, hints []string) bool {
	return slices.ContainsFunc(hints, func(hint string) bool { return strings.Contains(s, hint) })
}

// forms are secrets that are known by their own look, whatever stands before
// them. Those that hold others come first.
var forms = []struct {
	hints   []string // in lower case; without one of them in the text, the pattern need not be tried
	pattern *regexp.Regexp
	with    string
}{
	{[]string{"-----begin"}, regexp.MustCompile(`(?s)-----BEGIN [^-]{1,64}-----.*?(?:-----END [^-]{1,64}-----|\z)`), Mark},
	{[]string{"://"}, regexp.MustCompile(`(://)[^\s:/@?#"'<>]*:[^\s@"'<>]*@`), "${1}" + Mark + "@"}, // user:password@
	{[]string{"://"}, regexp.MustCompile(`(://)[^\s:/@?#"'<>]+@`), "${1}" + Mark + "@"},             // token@
	{[]string{"jdbc:"}, regexp.MustCompile(`(jdbc:[a-z0-9:]+:)[^\s/@"']+/[^\s@"']+@`), "${1}" + Mark + "@"},
	{[]string{"authorization"}, regexp.MustCompile(`(?i)((?:proxy-)?authorization\\*["']?\s*[:=]\s*\[?\\*["']?)[^"'\\\r\n\]}]+`), "${1}" + Mark},
	{[]string{"x-amz-"}, regexp.MustCompile(`(?i)(x-amz-(?:signature|credential|security-token)(?:=|%3D|\\*["']?\s*:\s*\\*["']?))[^&\s"'\\,;]+`), "${1}" + Mark},
	{[]string{"sig", "key", "code"}, regexp.MustCompile(`(?i)([?&](?:sig|signature|key|code)(?:=|%3D))[^&\s"'\\,;]+`), "${1}" + Mark},
	{[]string{"k8s-aws-v1."}, regexp.MustCompile(`k8s-aws-v1\.[\w-]+`), Mark},
	{[]string{"eyj"}, regexp.MustCompile(`\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?`), Mark}, // JSON web token
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
	{[]string{"akia", "asia", "abia", "acca"}, regexp.MustCompile(`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}`), Mark},
	{[]string{"gh", "glpat-", "xox"}, regexp.MustCompile(`\b(?:gh[pousr]_|glpat-|xox[abprs]-)[\w-]{16,}`), Mark}, // GitHub, GitLab, Slack
	{[]string{"_pat_"}, regexp.MustCompile(`\bgithub_pat_\w{16,}`), Mark},
}

var (
	schemeHints = []string{"bearer", "basic"}
	keyHints    = []string{"pass", "pwd", "secret", "token", "credential", "key", "jaas", "connection", "cookie"}
)

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

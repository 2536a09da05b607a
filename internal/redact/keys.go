package redact

import (
	"regexp"
	"strings"
)

// words in a key say that its value is secret.
const words = `passwo?r?d|passphrase|secret|token|credential|api[-_.]?key|access[-_.]?key|private[-_.]?key|account[-_.]?key|` +
	`encryption[-_.]?key|signing[-_.]?key|shared[-_.]?key|jaas[-_.]?config|connection[-_.]?string|cookie|pwd`

var sensitive = regexp.MustCompile(`(?i)(?:` + words + `)|(?:^|[-_.])pass$`)

// harmless are the ends of keys whose value is no secret though a word above is
// in them: where it lies, what it is called, which class provides it. A key as
// Kubernetes writes it (secretKeyRef, tokenExpirationSeconds) is looked at in
// lower case.
var harmless = []string{
	"provider", "providers", "class", "name", "names", "ref", "refs", "path", "file", "location", "directory", "dir", "type", "kind",
	"seconds", "expiration", "expiry", "lifetime", "interval", "timeout", "enabled", "version", "exception", "error", "namespace",
}

// SensitiveKey tells whether a key (s3.secret-key, DB_PASSWORD) names a secret.
func SensitiveKey(key string) bool {
	if !sensitive.MatchString(key) {
		return false
	}
	key = strings.ToLower(strings.TrimRight(key, "-_."))
	for _, end := range harmless {
		if strings.HasSuffix(key, end) {
			return false
		}
	}
	return true
}

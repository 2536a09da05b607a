// Package redact takes what looks like a secret out of texts that others wrote:
// exceptions of Flink, refusals of the API server, errors of HTTP clients. A
// text is judged by its form alone (a key that names a password and its value,
// the userinfo of a URL, an access key, a token, a signature, a PEM block), or
// held against values that are known to be secret.
//
// It is pure. It knows nothing of who calls it, and it does not promise to find
// a secret that stands in a sentence like any other word: whoever has the value
// itself uses Known as well. Start with Text.
package redact

// Package standin stands in for AWS where tests have none: it answers, over HTTP
// and through the real SDK, those actions that infra/account uses, in the form
// that AWS documents, from a state that the test sets up.
//
// It is no AWS: it knows nothing of rights, and time passes in it when it is asked.
// It refuses every action and member that it does not know. Start with standin.go.
package standin

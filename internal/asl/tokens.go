package asl

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"
)

// What answering a task token is refused with.
// Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
const (
	ErrorInvalidToken     = "InvalidToken"     // not a token of this service
	ErrorTaskDoesNotExist = "TaskDoesNotExist" // a token that was never waited for
	ErrorTaskTimedOut     = "TaskTimedOut"     // whose task has ended, however it did
	ErrorInvalidOutput    = "InvalidOutput"    // an output that is not JSON
)

// Tokens hands answers to tasks that wait for them with a token. One serves all
// executions of a service; it is safe for concurrent use. A token may be
// answered from the moment its task's arguments were evaluated, thus also while
// the call that carries it has not returned; the first answer counts.
type Tokens struct {
	mu    sync.Mutex
	waits map[string]*tokenWait
	ended map[string]bool
}

// tokenWait is one attempt at a task that waits.
type tokenWait struct {
	answered context.CancelFunc // wakes who waits
	beat     func()             // moves the deadline of its heartbeats
	done     bool
	output   json.RawMessage
	failure  *Error // instead of output
}

// NewTokens makes one that nobody waits with yet.
func NewTokens() *Tokens { return &Tokens{waits: map[string]*tokenWait{}, ended: map[string]bool{}} }

// Output and error fields that an answer may have, in bytes and characters.
// Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html
const (
	maxErrorName = 256
	maxCause     = 32768
)

// SendTaskSuccess ends the task with an output. The error is an *Error with one
// of the names above.
func (t *Tokens) SendTaskSuccess(token string, output json.RawMessage) error {
	var compacted bytes.Buffer
	switch err := json.Compact(&compacted, output); {
	case err != nil:
		return &Error{ErrorInvalidOutput, "the output is not JSON: " + err.Error()}
	case len(output) > MaxPayload:
		return &Error{ErrorInvalidOutput, fmt.Sprintf("the output has %d bytes, at most %d are allowed", len(output), MaxPayload)}
	}
	return t.answer(token, func(w *tokenWait) { w.output = compacted.Bytes() })
}

// SendTaskFailure ends the task with an error, which its Retry and Catch see by
// its name; none is States.TaskFailed.
func (t *Tokens) SendTaskFailure(token, name, cause string) error {
	if len([]rune(name)) > maxErrorName || len([]rune(cause)) > maxCause {
		return &Error{"ValidationException", fmt.Sprintf("an error has at most %d characters and a cause %d", maxErrorName, maxCause)}
	}
	return t.answer(token, func(w *tokenWait) { w.failure = failureOf(&Error{name, cause}) })
}

// SendTaskHeartbeat says that whoever will answer is at work.
func (t *Tokens) SendTaskHeartbeat(token string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	w, err := t.find(token)
	if err != nil {
		return err
	}
	w.beat()
	return nil
}

func (t *Tokens) answer(token string, with func(*tokenWait)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	w, err := t.find(token)
	if err != nil {
		return err
	}
	with(w)
	w.done = true
	t.forget(token)
	w.answered()
	return nil
}

// find answers who waits with the token, or why nobody does. The lock is held.
func (t *Tokens) find(token string) (*tokenWait, error) {
	if w := t.waits[token]; w != nil {
		return w, nil
	}
	switch {
	case t.ended[token]:
		return nil, &Error{ErrorTaskTimedOut, "Task Timed Out: 'Provided task does not exist anymore'"}
	case !isToken(token):
		return nil, &Error{ErrorInvalidToken, "Invalid Token: 'Invalid token'"}
	}
	return nil, &Error{ErrorTaskDoesNotExist, "Task does not exist"}
}

// open lets a token be answered; the context ends when it has been.
func (t *Tokens) open(ctx context.Context, token string, beat func()) (context.Context, *tokenWait) {
	ctx, answered := context.WithCancel(ctx)
	w := &tokenWait{answered: answered, beat: beat}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waits[token] = w
	return ctx, w
}

// close ends the wait, whether it was answered or not, and tells which.
func (t *Tokens) close(token string, w *tokenWait) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(token)
	w.answered()
	return w.done
}

func (t *Tokens) forget(token string) {
	delete(t.waits, token)
	t.ended[token] = true
}

func (t *Tokens) isAnswered(w *tokenWait) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return w.done
}

// tokenPrefix stands in every token, so that another's text is seen to be none.
const tokenPrefix = "task:"

// newToken is the token of one attempt: the same in every run of the same
// execution, and of no other attempt.
func newToken(execution string, event, attempt int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s%s#%d.%d", tokenPrefix, execution, event, attempt))
}

func isToken(text string) bool {
	decoded, err := base64.StdEncoding.DecodeString(text)
	return err == nil && bytes.HasPrefix(decoded, []byte(tokenPrefix))
}

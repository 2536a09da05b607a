package lambda

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/aws/aws-lambda-go/lambda/messages"
)

// runtimeAPI is the HTTP API through which a function's process gets
// invocations and answers them.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type runtimeAPI struct {
	next       chan *pending
	initFailed chan *Failure

	mu    sync.Mutex
	taken map[string]*pending // by request
}

// pending is an invocation that is not answered yet.
type pending struct {
	Invocation
	deadline int64 // milliseconds since 1970
	answer   chan answer
}

// maxAnswer bounds an answer: 6 MB is what Lambda takes.
const maxAnswer = 6 << 20

func newRuntimeAPI() *runtimeAPI {
	return &runtimeAPI{next: make(chan *pending), initFailed: make(chan *Failure, 1), taken: map[string]*pending{}}
}

// offer prepares an invocation for the process.
func (r *runtimeAPI) offer(ctx context.Context, i Invocation) *pending {
	p := &pending{Invocation: i, answer: make(chan answer, 1)}
	if deadline, ok := ctx.Deadline(); ok {
		p.deadline = deadline.UnixMilli()
	}
	return p
}

func (r *runtimeAPI) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", r.serveNext)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{request}/response", r.answered(func(_ *http.Request, body []byte) answer {
		return answer{payload: body}
	}))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{request}/error", r.answered(func(q *http.Request, body []byte) answer {
		return answer{err: reported(q, body)}
	}))
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", r.serveInitError)
	return mux
}

// serveNext waits for the next invocation and hands it out.
func (r *runtimeAPI) serveNext(w http.ResponseWriter, q *http.Request) {
	select {
	case p := <-r.next:
		r.mu.Lock()
		r.taken[p.Request] = p
		r.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", p.Request)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(p.deadline, 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", p.Function.ARN)
		_, _ = w.Write(p.Payload) // a process that is gone is noticed by its end
	case <-q.Context().Done():
	}
}

// answered takes the answer of an invocation.
func (r *runtimeAPI) answered(read func(*http.Request, []byte) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxAnswer))
		if err != nil {
			body, read = nil, func(*http.Request, []byte) answer {
				return answer{err: answered(messages.InvokeResponse_Error{Type: "Function.ResponseSizeTooLarge", Message: "Response payload size exceeded maximum allowed payload size (6291556 bytes)."})}
			}
		}
		request := q.PathValue("request")
		r.mu.Lock()
		p := r.taken[request]
		delete(r.taken, request)
		r.mu.Unlock()
		if p == nil {
			accept(w, http.StatusBadRequest, "InvalidRequestID")
			return
		}
		p.answer <- read(q, body)
		accept(w, http.StatusAccepted, "OK")
	}
}

// serveInitError takes the report of a process that could not start.
func (r *runtimeAPI) serveInitError(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(http.MaxBytesReader(w, q.Body, maxAnswer)) // what came is better than nothing
	select {
	case r.initFailed <- reported(q, body):
	default: // a second report adds nothing
	}
	accept(w, http.StatusAccepted, "OK")
}

// reported reads an error report: its body, with the type of a header where the body has none.
func reported(q *http.Request, body []byte) *Failure {
	f := &Failure{Payload: body}
	var said struct{ ErrorType, ErrorMessage string }
	if json.Unmarshal(body, &said) != nil {
		said.ErrorMessage = string(body)
		f.Payload = nil
	}
	f.Type, f.Message = said.ErrorType, said.ErrorMessage
	if f.Type == "" {
		f.Type = q.Header.Get("Lambda-Runtime-Function-Error-Type")
	}
	if f.Type == "" {
		f.Type = "Runtime.UnknownReason"
	}
	if f.Payload == nil {
		return answered(messages.InvokeResponse_Error{Type: f.Type, Message: f.Message})
	}
	return f
}

func accept(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"status": word})
}

package jsonata

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/dop251/goja"
)

// DefaultLimit is how long one evaluation may take (wall time). It guards
// against expressions that do not end; ordinary ones take under a millisecond.
const DefaultLimit = 5 * time.Second

// Engine evaluates expressions. It is safe for concurrent use: every Session
// works on a JavaScript machine of its own, and machines are reused.
type Engine struct {
	program *goja.Program
	glue    *goja.Program
	idle    chan *machine
	limit   time.Duration
}

// Load reads and compiles jsonata.js. path is what Find returns.
func Load(path string) (*Engine, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("jsonata.js cannot be read: %w", err)
	}
	program, err := goja.Compile(path, string(source), false)
	if err != nil {
		return nil, fmt.Errorf("%s is not a JavaScript file that can be run here: %w", path, err)
	}
	glue, err := goja.Compile("glue.js", glueSource, true)
	if err != nil {
		return nil, err
	}
	engine := &Engine{program: program, glue: glue, idle: make(chan *machine, 2*runtime.GOMAXPROCS(0)), limit: DefaultLimit}
	first, err := engine.newMachine()
	if err != nil {
		return nil, fmt.Errorf("%s does not work as jsonata.js: %w", path, err)
	}
	engine.idle <- first
	return engine, nil
}

// WithLimit returns an engine that stops evaluations after limit (wall time)
// and otherwise shares everything with e.
func (e *Engine) WithLimit(limit time.Duration) *Engine {
	other := *e
	other.limit = limit
	return &other
}

// Inspect reads an expression without evaluating it. The error is an *Error.
func (e *Engine) Inspect(expression string) (Facts, error) {
	m, err := e.take()
	if err != nil {
		return Facts{}, err
	}
	defer e.give(m)
	compiled, err := m.compile(expression)
	if err != nil {
		return Facts{}, err
	}
	return compiled.facts, nil
}

// Open takes a machine for the expressions of one moment: all of them see the
// same variables. Close gives it back.
func (e *Engine) Open(env Env) (*Session, error) {
	m, err := e.take()
	if err != nil {
		return nil, err
	}
	m.env = env
	return &Session{engine: e, machine: m, variables: env.Variables, bound: map[string]goja.Value{}}, nil
}

func (e *Engine) take() (*machine, error) {
	select {
	case m := <-e.idle:
		return m, nil
	default:
		return e.newMachine()
	}
}

func (e *Engine) give(m *machine) {
	m.env = Env{}
	select {
	case e.idle <- m:
	default: // enough are idle
	}
}

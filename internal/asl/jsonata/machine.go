package jsonata

import (
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/dop251/goja"
)

//go:embed glue.js
var glueSource string

// maxCompiled bounds the cache of one machine; a project's state machines have
// a few hundred expressions.
const maxCompiled = 2000

// maxDepth bounds the JavaScript call stack: an expression that recurses for
// ever fails instead of eating memory.
const maxDepth = 1 << 16

// machine is one JavaScript runtime with jsonata.js loaded. It is used by one
// goroutine at a time.
type machine struct {
	vm       *goja.Runtime
	compiler goja.Callable
	runner   goja.Callable
	parse    goja.Callable
	cache    map[string]*compiled
	env      Env
	broken   bool // an evaluation was interrupted: what it left behind is not known
}

// compiled is an expression that one machine has read.
type compiled struct {
	value goja.Value
	facts Facts
	names []string // the variables to bind, each once
}

func (e *Engine) newMachine() (*machine, error) {
	vm := goja.New()
	vm.SetMaxCallStackSize(maxDepth)
	vm.SetFieldNameMapper(goja.UncapFieldNameMapper()) // facts.variables fills Facts.Variables
	m := &machine{vm: vm, cache: map[string]*compiled{}}
	vm.SetTimeSource(m.now)
	vm.SetRandSource(m.random)
	if err := m.browser(); err != nil {
		return nil, err
	}
	if _, err := vm.RunProgram(e.program); err != nil {
		return nil, err
	}
	library := vm.Get("jsonata")
	if library == nil || goja.IsUndefined(library) {
		return nil, errors.New("it defines no function named jsonata")
	}
	return m, m.connect(e.glue, library)
}

// connect runs the glue and keeps the functions that Go calls.
func (m *machine) connect(glue *goja.Program, library goja.Value) error {
	factory, err := m.vm.RunProgram(glue)
	if err != nil {
		return err
	}
	build, _ := goja.AssertFunction(factory)
	result, err := build(goja.Undefined(), library, m.additions())
	if err != nil {
		return err
	}
	functions := result.ToObject(m.vm)
	m.compiler, _ = goja.AssertFunction(functions.Get("compile"))
	m.runner, _ = goja.AssertFunction(functions.Get("evaluate"))
	m.parse, _ = goja.AssertFunction(m.vm.Get("JSON").ToObject(m.vm).Get("parse"))
	return nil
}

func (m *machine) now() time.Time {
	if m.env.Now == nil {
		return time.Now()
	}
	return m.env.Now()
}

func (m *machine) random() float64 {
	if m.env.Rand == nil {
		return rand.Float64()
	}
	return m.env.Rand.Float64()
}

// compile reads an expression, or finds that it has been read before.
func (m *machine) compile(expression string) (*compiled, error) {
	if known, ok := m.cache[expression]; ok {
		return known, nil
	}
	value, err := m.compiler(goja.Undefined(), m.vm.ToValue(expression))
	if err != nil {
		return nil, m.fault(err)
	}
	read := &compiled{value: value}
	if err := m.vm.ExportTo(value.ToObject(m.vm).Get("facts"), &read.facts); err != nil {
		return nil, fmt.Errorf("facts of an expression: %w", err)
	}
	read.names = namesOf(read.facts)
	if len(m.cache) >= maxCompiled {
		clear(m.cache)
	}
	m.cache[expression] = read
	return read, nil
}

func namesOf(facts Facts) []string {
	seen := map[string]bool{}
	var names []string
	for _, list := range [][]Reference{facts.Variables, facts.Calls} {
		for _, reference := range list {
			if !seen[reference.Name] {
				seen[reference.Name] = true
				names = append(names, reference.Name)
			}
		}
	}
	return names
}

// fault turns what JavaScript threw into an error of this package.
func (m *machine) fault(err error) error {
	var exception *goja.Exception
	if errors.As(err, &exception) {
		return m.thrown(exception.Value())
	}
	var overflow *goja.StackOverflowError
	if errors.As(err, &overflow) {
		return &Error{Code: "U1001", Message: "the expression recurses too deeply"}
	}
	var interrupted *goja.InterruptedError
	if errors.As(err, &interrupted) {
		return ErrTooLong
	}
	return err
}

// thrown reads the objects that jsonata.js and the glue throw.
func (m *machine) thrown(value goja.Value) error {
	object, ok := value.(*goja.Object)
	if !ok {
		return &Error{Message: value.String()}
	}
	switch text(object, "kind") {
	case "undefined":
		return ErrUndefined
	case "unsupported":
		return ErrUnsupportedResult
	}
	position := 0
	if at := object.Get("position"); at != nil {
		position = int(at.ToInteger())
	}
	message := text(object, "message")
	if message == "" {
		message = object.String()
	}
	return &Error{Code: text(object, "code"), Message: message, Position: position}
}

func text(object *goja.Object, field string) string {
	value := object.Get(field)
	if value == nil || goja.IsUndefined(value) || goja.IsNull(value) {
		return ""
	}
	return value.String()
}

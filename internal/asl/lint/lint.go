package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/internal/asl/jsonata"
)

// Known is what a definition may refer to.
type Known struct {
	Errors        []string // names that tasks report, besides those that start with "States."
	Functions     []string // placeholders that stand for functions: Admit for ${Admit}
	Substitutions []string // placeholders that will be replaced, those of functions included
	Resources     []string // what Tasks may call; empty: anything
}

// Rules, as Finding.Rule names them.
const (
	RuleDefinition   = "definition"   // what asl.Parse refuses
	RuleComment      = "comment"      // every state and the machine have a Comment
	RuleReachable    = "reachable"    // every state can be reached
	RuleEnds         = "ends"         // from every state an end can be reached
	RuleDefault      = "default"      // every Choice has a Default
	RuleRetry        = "retry"        // every Task has Retry, and every Map that reads its items
	RuleCatch        = "catch"        // every Task has Catch, and every Map that reads its items
	RuleTimeout      = "timeout"      // every Task has TimeoutSeconds
	RuleConcurrency  = "concurrency"  // every distributed Map has MaxConcurrency
	RuleTolerance    = "tolerance"    // every distributed Map says how many items may fail
	RuleResource     = "resource"     // every Resource is known
	RuleFunction     = "function"     // every function called is known
	RuleError        = "error"        // every ErrorEquals is an error that exists
	RuleSubstitution = "substitution" // placeholders are exactly those that are replaced
	RuleSyntax       = "syntax"       // every expression can be read
	RuleJSONata      = "jsonata"      // every function of an expression exists, every name has a value
	RuleStates       = "states"       // $states has the field there
	RuleVariable     = "variable"     // variables are assigned on every path before they are used
)

// Finding is one breach of a rule.
type Finding struct {
	Rule    string
	State   string // empty: the machine
	Field   string // empty: the state as a whole
	Message string // what is wrong and what to do
}

func (f Finding) String() string {
	where := asl.Fault{State: f.State, Field: f.Field, Message: f.Message}
	return fmt.Sprintf("%s (%s)", where, f.Rule)
}

// Lint returns every breach of a rule, in the order of states and rules; none
// for a sound definition. Without jsonata.js it says so as a finding, because
// half of the rules could not be checked.
func Lint(definition []byte, known Known) []Finding {
	c := &checker{known: known}
	c.definition(definition)
	machine, err := readMachine(definition)
	if err != nil {
		return c.findings // said by definition
	}
	c.comment(machine)
	c.substitutions(definition, machine)
	engine, err := loadEngine()
	if err != nil {
		c.add(RuleSyntax, "", "", "expressions were not checked: %s", err)
		return c.findings
	}
	c.engine = engine
	c.scope(machine.scope, set{})
	return slices.CompactFunc(c.findings, func(a, b Finding) bool { return a == b })
}

// loadEngine reads jsonata.js once a process.
var loadEngine = sync.OnceValues(func() (*jsonata.Engine, error) {
	path, err := jsonata.Find()
	if err != nil {
		return nil, err
	}
	return jsonata.Load(path)
})

type checker struct {
	known    Known
	engine   *jsonata.Engine
	findings []Finding
}

func (c *checker) add(rule, state, field, format string, arguments ...any) {
	c.findings = append(c.findings, Finding{rule, state, field, fmt.Sprintf(format, arguments...)})
}

// definition passes on what the interpreter itself refuses: targets that do not
// exist, States.ALL not alone and last, names too long, unknown fields.
func (c *checker) definition(definition []byte) {
	_, err := asl.Parse(definition)
	var faults asl.Faults
	if !errors.As(err, &faults) {
		return
	}
	for _, fault := range faults {
		c.add(RuleDefinition, fault.State, fault.Field, "%s", fault.Message)
	}
}

func (c *checker) comment(m *machine) {
	if strings.TrimSpace(m.Comment) == "" {
		c.add(RuleComment, "", "Comment", "is missing: say what the state machine is for")
	}
}

// scope checks the states of the machine, a branch or an item processor.
// available are the variables that can be read from around it; nil: not known,
// because the state around it is never reached.
func (c *checker) scope(s *scope, available set) {
	flow := newFlow(s)
	c.reachable(s, flow)
	assigned := flow.assignedBefore(s, available)
	for _, state := range s.ordered() {
		c.state(state)
		before := assigned[state.name]
		c.expressions(state, before)
		for _, inner := range state.inner() {
			if inner.isolated {
				c.scope(inner, set{})
			} else {
				c.scope(inner, before)
			}
		}
	}
}

func (c *checker) state(s *state) {
	if strings.TrimSpace(s.Comment) == "" {
		c.add(RuleComment, s.name, "Comment", "is missing: say what the state does and why")
	}
	if s.Type == "Choice" && s.Default == "" {
		c.add(RuleDefault, s.name, "Default", "is missing: an execution for which no rule holds would fail with States.NoChoiceMatched")
	}
	if s.Type == "Task" {
		c.task(s)
	}
	c.distributed(s)
	c.errorNames(s)
}

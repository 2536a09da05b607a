package agree

import (
	"context"
	"fmt"
	"regexp"
)

// step is one kind of line below -- do --.
type step struct {
	form *regexp.Regexp
	do   func(r *run, ctx context.Context, words []string) error // words: the form's groups
}

func form(s string) *regexp.Regexp { return regexp.MustCompile("^" + s + "$") }

// under is how a step names a fence other than the run's own.
const under = `(?: under fence (\d+))?`

// steps lists every step there is.
var steps = []step{
	// The port's methods. The trace tells ok or the error's code.
	{form(`apply (\S+) from (\S+)` + under), (*run).apply},
	{form(`apply again` + under), (*run).applyAgain},
	{form(`dry run (\S+)` + under), (*run).dryRun},
	{form(`suspend( keeping the record)?` + under), (*run).suspend},
	{form(`(try to )?adopt`), (*run).adopt},
	{form(`savepoint (\S+)( into nowhere)?( of another job)?` + under), (*run).savepoint},
	{form(`look at savepoint (\S+)`), (*run).lookAtSavepoint},
	{form(`remove savepoint (\S+)`), (*run).removeSavepoint},
	{form(`remove` + under), (*run).remove},

	// By hand.
	{form(`kill the TaskManager`), byHand(Place.KillTaskManager)},
	{form(`kill the JobManager`), byHand(Place.KillJobManager)},
	{form(`delete by hand`), byHand(Place.DeleteByHand)},
	{form(`create (\S+) by hand`), (*run).createByHand},
	{form(`suspend by hand`), byHand(Place.SuspendByHand)},
	{form(`lose (\S+)`), (*run).lose},

	// Looking. The trace tells the facts, but of until.
	{form(`until (.+)`), (*run).until},
	{form(`await (.+)`), (*run).await},
	{form(`watch (\d+)s`), (*run).watch},
}

func parse(line string) (step, []string, error) {
	for _, s := range steps {
		words := s.form.FindStringSubmatch(line)
		if words == nil {
			continue
		}
		if c := words[1:]; len(c) == 1 && s.looks(line) && conditions[c[0]] == nil {
			return step{}, nil, fmt.Errorf("%q: there is no condition %q", line, c[0])
		}
		return s, words[1:], nil
	}
	return step{}, nil, fmt.Errorf("%q is no step: see steps.go", line)
}

// looks tells whether the step waits for a condition.
func (s step) looks(line string) bool {
	return regexp.MustCompile(`^(until|await) `).MatchString(line)
}

func byHand(do func(Place, context.Context) error) func(*run, context.Context, []string) error {
	return func(r *run, ctx context.Context, _ []string) error { return do(r.place, ctx) }
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// change is what one command asks for.
type change struct {
	kind       flink.ChangeKind
	use, short string // use begins with the command's name
	long       string // more than short says; may be empty
	takes      string // what its arguments are, for whoever gives others
	count      int    // of its arguments
	subject    int    // which of them is the application that is changed
	// further reads what stands beside the application; nil when nothing does.
	further func(args []string, d *events.ChangeRequestedDetail) error
	// choose fills in what has to be looked up first; nil when nothing has.
	choose func(ctx context.Context, p *program, i *installation, d *events.ChangeRequestedDetail) error
	// flags declares its own flags on what will be asked for; nil when it has none.
	flags func(set *pflag.FlagSet, d *events.ChangeRequestedDetail)
}

// changes lists the commands that ask for a change, in the order of help.
func changes() []change {
	return []change{adoptChange(), deleteChange(), forkChange(), redeployChange(), restartChange(), rollbackChange(), scaleChange(), suspendChange()}
}

// errNoPlane: there is nobody to ask.
var errNoPlane = errors.New("no event bus is named: give --event-bus (the stack's output EventBusName) or set SLUICE_EVENT_BUS")

// asked is what is known of a change once it was asked for.
type asked struct {
	Request string         `json:"request"` // client's token: the same again is the same change
	Release *ledger.Record `json:"release"` // null: nobody waited for it
}

// asking are the flags of every command that asks for a change.
type asking struct {
	by, why, request string
	dryRun, noWait   bool
	wait             bool
	patience         time.Duration
}

func (o *asking) declare(set *pflag.FlagSet, dryRuns bool) {
	o.voice(set)
	set.StringVar(&o.request, "request", "", "token of 8 to 64 letters, digits or '-': the same one again is the same change (default: a new one)")
	set.BoolVar(&o.wait, "wait", true, "wait for the release to end and tell it")
	set.BoolVar(&o.noWait, "no-wait", false, "ask and leave")
	set.DurationVar(&o.patience, "timeout", time.Hour, "how long to wait; 0: for ever")
	if dryRuns {
		set.BoolVar(&o.dryRun, "dry-run", false, "have the plan made and change nothing")
	}
}

// voice declares who speaks.
func (o *asking) voice(set *pflag.FlagSet) {
	set.StringVar(&o.by, "by", "", "who asks (default: you@this-machine)")
	set.StringVar(&o.why, "why", "", "why, for the record")
}

// fill puts what every change says into the request.
func (o asking) fill(d *events.ChangeRequestedDetail, app flink.Application, kind flink.ChangeKind) {
	d.Namespace, d.Application, d.Change = app.Namespace, app.Name, string(kind)
	d.Request, d.By, d.Why = o.request, orElse(o.by, whoami()), o.why
	d.DryRun = d.DryRun || o.dryRun
	if d.Request == "" {
		d.Request = strings.ToLower(rand.Text())
	}
}

// whoami is user@host as far as the machine knows.
func whoami() string {
	name, host := "somebody", "somewhere"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil && h != "" {
		host = h
	}
	return name + "@" + host
}

// changeCommand makes the command of a change; with dryRun it only plans.
func (p *program) changeCommand(ch change, dryRun bool) *cobra.Command {
	var o asking
	var d events.ChangeRequestedDetail
	c := &cobra.Command{
		Use: ch.use, Short: ch.short, Long: ch.long, Args: takes(ch.count, ch.count, ch.takes),
		RunE: func(c *cobra.Command, args []string) error {
			app, err := application(args[ch.subject])
			if err == nil && ch.further != nil {
				err = ch.further(slices.Delete(slices.Clone(args), ch.subject, ch.subject+1), &d)
			}
			if err != nil {
				return err
			}
			o.dryRun = o.dryRun || dryRun
			o.fill(&d, app, ch.kind)
			return p.askAndTell(c.Context(), ch, o, d)
		},
	}
	o.declare(c.Flags(), !dryRun)
	if ch.flags != nil {
		ch.flags(c.Flags(), &d)
	}
	return c
}

// askAndTell asks for a change, waits for its record, and tells it: in the
// installation that the flags name.
func (p *program) askAndTell(ctx context.Context, ch change, o asking, d events.ChangeRequestedDetail) error {
	i, err := p.open(ctx)
	if err != nil {
		return err
	}
	if ch.choose != nil {
		if err := ch.choose(ctx, p, i, &d); err != nil {
			return err
		}
	}
	return p.carryOut(ctx, i, o, d)
}

// carryOut does it in an installation.
func (p *program) carryOut(ctx context.Context, i *installation, o asking, d events.ChangeRequestedDetail) error {
	a, err := p.ask(ctx, i, o, d)
	if err != nil {
		return err
	}
	if err := p.say(renderAsked(d, a), a); err != nil {
		return err
	}
	return a.end()
}

// ask asks for a change and waits for its record unless it is told not to.
func (p *program) ask(ctx context.Context, i *installation, o asking, d events.ChangeRequestedDetail) (asked, error) {
	a := asked{Request: d.Request}
	if i.Plane == nil {
		return a, errNoPlane
	}
	if err := i.Plane.Ask(ctx, d); err != nil {
		return a, err
	}
	if o.noWait || !o.wait {
		return a, nil
	}
	r, err := p.await(ctx, i.Ledger, o.patience, d)
	a.Release = r
	return a, err
}

// end is the exit code that the release's outcome stands for.
func (a asked) end() error {
	if a.Release == nil {
		return nil
	}
	switch a.Release.Outcome {
	case flink.FailedClean:
		return errSaid
	case flink.FailedDirty:
		return errDirty
	}
	return nil
}

func renderAsked(d events.ChangeRequestedDetail, a asked) string {
	app := flink.Application{Namespace: d.Namespace, Name: d.Application}
	switch {
	case a.Release == nil:
		return fmt.Sprintf("asked for %s of %s as request %s; what becomes of it: sluice releases %s\n", strings.ToLower(d.Change), app, a.Request, app)
	case d.DryRun:
		return renderPlan(*a.Release)
	}
	return renderRecord(*a.Release)
}

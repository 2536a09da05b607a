package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Exit codes.
const (
	exitWell        = 0
	exitFault       = 1
	exitUsage       = 2
	exitDirty       = 3   // a release ended FailedDirty: somebody has to look
	exitInterrupted = 130 // as shells have it for a program that Ctrl-C ended
)

// program is one call of the command.
type program struct {
	out, err io.Writer
	env      func(string) string
	open     func(ctx context.Context) (*installation, error)
	flags    flags
	poll     time.Duration                         // how often a command that waits looks
	prompt   func(question string) (string, error) // nil: there is nobody to ask
}

// usageError is a fault of the command line.
type usageError struct{ error }

// errSaid ends a command whose output says already what is wrong.
var errSaid = errors.New("said already")

// errDirty ends a command whose output tells of a release that needs somebody.
var errDirty = errors.New("said already: FailedDirty")

func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return exitWell
	case errors.Is(err, errSaid):
		return exitFault
	case errors.Is(err, errDirty):
		return exitDirty
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		_, _ = fmt.Fprintln(p.err, "sluice: interrupted")
		return exitInterrupted
	case errors.As(err, new(usageError)) || strings.HasPrefix(err.Error(), "unknown command"):
		sentence := strings.Join(strings.Fields(err.Error()), " ") // cobra's suggestions are spread over lines
		_, _ = fmt.Fprintf(p.err, "sluice: %s; see sluice help\n", sentence)
		return exitUsage
	default:
		_, _ = fmt.Fprintf(p.err, "sluice: %v\n", err)
		return exitFault
	}
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sluice",
		Short: "Safe changes of running Apache Flink applications",
		Long: "Sluice turns a jar dropped into S3 into a safe upgrade of a running Flink job.\n\n" +
			"Commands that read an installation use the local plane in --dir (./.sluice if one runs there) or,\n" +
			"on AWS, the buckets that the stack's outputs name, with the SDK's own credentials.\n\n" +
			"Commands that ask for a change need the stack's event bus as well, and wait for the release to end.\n\n" +
			"Exit codes: 0 it went well, 1 it did not and nothing is broken, 2 the command line was wrong,\n" +
			"3 a release ended FailedDirty and somebody has to look, 130 it was interrupted.",
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	p.flags.declare(root.PersistentFlags())
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return p.flags.check() }
	root.AddCommand(p.approveCommand(), p.cancelCommand(), p.costCommand(), p.demoCommand(), p.denyCommand(), p.forgetCommand(), p.incidentsCommand(), p.inspectCommand(), p.localCommand(), p.planCommand(), p.platformCommand(), p.policyCommand(),
		p.releasesCommand(), p.renderCommand(), p.replayCommand(), p.resumeCommand(), p.sendCommand(), p.showCommand(), p.snapshotsCommand(), p.statusCommand(), p.uiCommand(), p.validateCommand(), p.versionCommand())
	for _, ch := range changes() {
		root.AddCommand(p.changeCommand(ch, false))
	}
	return root
}

// takes checks the number of arguments and says what they are.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usageError{fmt.Errorf("it takes %s, and %d arguments were given", what, len(args))}
		}
		return nil
	}
}

// application reads NAMESPACE/APP.
func application(text string) (flink.Application, error) {
	a, err := flink.ParseKey(text + "/" + flink.ManifestFile)
	if err != nil {
		return flink.Application{}, usageError{fmt.Errorf("%q is no application: write NAMESPACE/APP, as in flink-team-a-ns/counter", text)}
	}
	return a.Application, nil
}

// say prints for people, or the value as JSON for machines.
func (p *program) say(text string, value any) error {
	if p.flags.output != outputJSON {
		_, err := io.WriteString(p.out, text)
		return err
	}
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

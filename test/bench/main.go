package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/sluice-flink/sluice/local/kit"
	"github.com/sluice-flink/sluice/test/bench/figures"
)

// options say what to measure.
type options struct {
	quick  bool     // few pairs, and nothing is kept
	render bool     // only make the tables again
	only   []string // parts; empty: all
	pairs  int      // of the figure that most depends on their number
	dir    string   // of the installation, emptied first
	lock   string   // file whose lock is held while real parts are busy
	module string   // root of the checkout
	commit string
	out    io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args, out)
	if err != nil {
		return err
	}
	results, err := figures.Load(o.results())
	if err != nil {
		return err
	}
	if o.quick {
		results = figures.Results{}
	}
	if !o.render {
		err = o.measure(ctx, &results)
	}
	if shown := show(out, results.Goals()); shown != nil || o.quick {
		return errors.Join(err, shown)
	}
	return errors.Join(err, figures.WriteInto(filepath.Join(o.module, "docs", "benchmarks.md"), results.Markdown()))
}

func parse(args []string, out io.Writer) (options, error) {
	o := options{out: out}
	var only string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.BoolVar(&o.quick, "quick", false, "two pairs of what runs on real parts; nothing is kept")
	flags.BoolVar(&o.render, "render", false, "measure nothing: write the tables anew from test/bench/results")
	flags.StringVar(&only, "only", "", "measure these `parts`, separated by commas: "+strings.Join(partNames(), ", "))
	flags.IntVar(&o.pairs, "pairs", 16, "pairs of upgrades that the downtime is compared over")
	flags.StringVar(&o.dir, "dir", "", "where the installation lives, emptied first (default: .sluice/bench below the checkout)")
	flags.StringVar(&o.lock, "lock", "", "hold the lock of this `file` while real parts are busy, and give it back every few minutes")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	for _, name := range o.only {
		if !slices.Contains(partNames(), name) {
			return o, fmt.Errorf("there is no part %q: the parts are %s", name, strings.Join(partNames(), ", "))
		}
	}
	var err error
	if o.module, err = kit.ModuleRoot(); err != nil {
		return o, err
	}
	if o.dir == "" {
		o.dir = filepath.Join(o.module, ".sluice", "bench")
	}
	o.commit = commit(o.module)
	return o, nil
}

func (o options) results() string { return filepath.Join(o.module, "test", "bench", "results") }

// commit names what is measured; a checkout without git has none. What this
// command writes itself makes a commit no other one.
func commit(module string) string {
	git := func(args ...string) (string, error) {
		said, err := exec.Command("git", append([]string{"-C", module}, args...)...).Output()
		return strings.TrimSpace(string(said)), err
	}
	name, err := git("rev-parse", "--short=12", "HEAD")
	changed, statusErr := git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/benchmarks.md", ":!test/bench/results")
	switch {
	case err != nil || statusErr != nil:
		return "unknown"
	case changed != "":
		return name + " with changes"
	}
	return name
}

// show prints the figures beside their goals.
func show(out io.Writer, goals []figures.Goal) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "\nFIGURE\tMEASURED\tGOAL\tMET\tAT")
	for _, g := range goals {
		met := "yes"
		if !g.Met {
			met = "NO"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", g.Figure, g.Measured, g.Asked, met, g.At)
	}
	return w.Flush()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/events"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// planOptions are the flags of plan for an upload.
type planOptions struct{ jar, manifest string }

func (p *program) planCommand() *cobra.Command {
	var o asking
	var files planOptions
	c := &cobra.Command{
		Use:   "plan NAMESPACE/APP --jar FILE [--manifest FILE]",
		Short: "Tell what an upload, or another change, would do; nothing is changed",
		Long: "Upload a jar, a manifest or both below " + events.PlanPrefix + " of the artifact bucket, where they start no release, and have\n" +
			"the plan made that their release would have. What is not given is what lies in the artifact bucket.\n" +
			"The plan of another change: sluice plan restart NAMESPACE/APP, and so on.",
		Args: takes(1, 1, "one NAMESPACE/APP, or the name of a change"),
		RunE: func(c *cobra.Command, args []string) error {
			app, err := application(args[0])
			if err != nil {
				return err
			}
			return p.plan(c.Context(), app, o, files)
		},
	}
	o.declare(c.Flags(), false)
	c.Flags().StringVar(&files.jar, "jar", "", "jar that would be uploaded")
	c.Flags().StringVar(&files.manifest, "manifest", "", "application.yaml that would be uploaded")
	for _, ch := range changes() {
		c.AddCommand(p.changeCommand(ch, true))
	}
	return c
}

// plan uploads what would be released and has it planned.
func (p *program) plan(ctx context.Context, app flink.Application, o asking, files planOptions) error {
	if files == (planOptions{}) {
		return usageError{errors.New("plan needs --jar or --manifest, or the name of a change as in sluice plan restart NAMESPACE/APP")}
	}
	if files.jar != "" && !strings.HasSuffix(files.jar, ".jar") {
		return usageError{fmt.Errorf("--jar is %s; a jar's name ends with .jar", files.jar)}
	}
	d := events.ChangeRequestedDetail{DryRun: true}
	o.fill(&d, app, flink.Upgrade)
	d.Prefix = events.PlanFiles(app.Namespace, app.Name, d.Request)
	i, err := p.open(ctx)
	if err != nil {
		return err
	}
	if err := files.upload(ctx, i, d.Prefix); err != nil {
		return err
	}
	return p.carryOut(ctx, i, o, d)
}

// upload puts the files below the prefix; the manifest first, since a jar alone
// is planned with the manifest that is there.
func (f planOptions) upload(ctx context.Context, i *installation, prefix string) error {
	if i.Plane == nil {
		return errNoPlane
	}
	for _, file := range []struct{ path, name string }{{f.manifest, flink.ManifestFile}, {f.jar, filepath.Base(f.jar)}} {
		if file.path == "" {
			continue
		}
		if err := uploadFile(ctx, i.Plane, file.path, prefix+file.name); err != nil {
			return err
		}
	}
	return nil
}

func uploadFile(ctx context.Context, to plane, path, key string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	return to.Upload(ctx, key, f)
}

// renderPlan tells what a release would do, from the record of a dry run.
func renderPlan(r ledger.Record) string {
	if r.Reason != flink.Planned {
		return fmt.Sprintf("%s of %s would end %s, %s: %s\n", changeOf(r), r.Application, r.Outcome, r.Reason, r.Message)
	}
	var f fields
	f.addIf("revision", revisions(r))
	f.addIf("plan", planned(r.Plan))
	f.addIf("notes", strings.Join(r.Notes, "\n"))
	return fmt.Sprintf("%s of %s would do this; nothing was changed\n%s\n\n%s", changeOf(r), r.Application, r.Message, table(f))
}

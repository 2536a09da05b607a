package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// appStatus is everything known of one application.
type appStatus struct {
	Ledger      ledger.Document    `json:"ledger"`
	Known       bool               `json:"known"`                 // the ledger has a document of it
	Jars        map[string]string  `json:"jars,omitempty"`        // file name of a revision's jar
	Observation *flink.Observation `json:"observation,omitempty"` // absent where no cluster was asked
	Unasked     string             `json:"unasked,omitempty"`     // why the cluster told nothing
}

func (p *program) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status [NAMESPACE/APP]",
		Short: "Tell what the ledger, the operator and Flink say of an application, and what to do",
		Args:  takes(0, 1, "at most one NAMESPACE/APP"),
		RunE: func(c *cobra.Command, args []string) error {
			i, err := p.open(c.Context())
			if err != nil {
				return err
			}
			apps, err := applications(c.Context(), i.Ledger, args)
			if err != nil {
				return err
			}
			all := []appStatus{}
			for _, app := range apps {
				s, err := i.status(c.Context(), app)
				if err != nil {
					return err
				}
				all = append(all, s)
			}
			return p.say(renderStatus(all), all)
		},
	}
}

func (i *installation) status(ctx context.Context, app flink.Application) (appStatus, error) {
	d, v, err := i.Ledger.Document(ctx, app)
	if err != nil {
		return appStatus{}, err
	}
	s := appStatus{Ledger: d, Known: v != "", Jars: map[string]string{}}
	for _, id := range []string{d.Current, d.LastGood, d.Applied} {
		if _, read := s.Jars[id]; id == "" || read {
			continue
		}
		r, err := i.Ledger.Revision(ctx, app, id)
		if err != nil {
			return s, err
		}
		s.Jars[id] = r.Jar.File
	}
	s.Observation, s.Unasked = observe(ctx, i.Target, app)
	return s, nil
}

// observe asks the cluster; that it cannot be asked is an answer too.
func observe(ctx context.Context, t flink.Target, app flink.Application) (*flink.Observation, string) {
	if t == nil {
		return nil, "no cluster was named: give --kubeconfig, or the cluster's name, endpoint and certificate authority"
	}
	o, err := t.Observe(ctx, app)
	if err != nil {
		return nil, err.Error()
	}
	return &o, ""
}

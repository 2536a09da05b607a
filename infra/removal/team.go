package removal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/flink"
)

var namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}

// OfTeam narrows a removal to one team of the platform: its stack and its namespace.
// It fails for a team that the file does not name: the operator has to look after
// its namespace until its jobs are gone.
func (r *Removal) OfTeam(name string) (*Removal, error) {
	at := slices.IndexFunc(r.Platform.Teams, func(t platform.Team) bool { return t.Name == name })
	if at < 0 {
		var known []string
		for _, t := range r.Platform.Teams {
			known = append(known, t.Name)
		}
		return nil, fmt.Errorf("the platform's file names no team %q, but %s: remove a team first, then take it out of the file", name, strings.Join(known, ", "))
	}
	only := *r
	only.Platform.Teams = r.Platform.Teams[at : at+1]
	only.team = name
	return &only, nil
}

// stepsOfTeam leave the team's jobs alone: Sluice deletes those, with a final
// savepoint and a record.
func (r *Removal) stepsOfTeam() []Step {
	stack, namespace := r.Platform.StackName("team-"+r.team), r.Platform.Teams[0].Namespace
	return []Step{
		{"jobs", "look that nothing runs in " + namespace + ", and that no release of it is in flight", (*Removal).emptied},
		{"load balancers and volumes", "delete Ingresses, Services with a load balancer and volume claims of " + namespace, (*Removal).outside},
		{"stack " + stack, "delete the stack " + stack, func(r *Removal, ctx context.Context) error { return r.stack(ctx, stack) }},
		{"namespace", "delete the namespace " + namespace + ", with everything that is in it", (*Removal).vacate},
	}
}

// emptied refuses while the namespace has a job, and says how each is removed.
func (r *Removal) emptied(ctx context.Context) error {
	if err := r.quiet(ctx); err != nil {
		return err
	}
	if r.Cluster == nil {
		return nil
	}
	var there []string
	for _, kind := range []schema.GroupVersionResource{deployments, sessionJobs} {
		found, err := r.there(ctx, target{kind: kind, namespaces: r.teams()})
		if err != nil {
			return err
		}
		for _, o := range found {
			there = append(there, howRemoved(o))
		}
	}
	if len(there) > 0 {
		return fmt.Errorf("jobs of team %s are there: %s", r.team, first(there))
	}
	return nil
}

func howRemoved(o unstructured.Unstructured) string {
	if o.GetKind() == "FlinkDeployment" && hasJob(o) {
		return "sluice delete " + o.GetNamespace() + "/" + o.GetName()
	}
	return "kubectl delete " + strings.ToLower(o.GetKind()) + " " + o.GetName() + " --namespace " + o.GetNamespace()
}

func (r *Removal) vacate(ctx context.Context) error {
	ours := func(o unstructured.Unstructured) bool { return slices.Contains(r.teams(), o.GetName()) }
	return r.remove(ctx, target{kind: namespaces, namespaces: []string{""}, only: ours}, looksOfJobs, "kubectl describe namespace says what it waits for")
}

// concerns says whether an application is of what is removed.
func (r *Removal) concerns(app flink.Application) bool {
	return r.team == "" || slices.Contains(r.teams(), app.Namespace)
}

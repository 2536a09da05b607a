package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/functions"
	"github.com/sluice-flink/sluice/infra/charts"
	"github.com/sluice-flink/sluice/infra/kubernetes"
	"github.com/sluice-flink/sluice/infra/platform"
)

// whole are the states of a stack that is as its template says.
var whole = []string{"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}

func stacks(p platform.Platform, seen Observed) []Finding {
	var all []Finding
	for _, name := range p.Stacks() {
		what := "stack " + name
		i := slices.IndexFunc(seen.Stacks, func(s Stack) bool { return s.Name == name })
		switch {
		case i < 0:
			all = append(all, fault(what, "it is not there", "make deploy"))
		case slices.Contains(whole, seen.Stacks[i].Status):
			all = append(all, ok("%s: %s", what, seen.Stacks[i].Status))
		case strings.HasSuffix(seen.Stacks[i].Status, "_IN_PROGRESS"):
			all = append(all, fault(what, seen.Stacks[i].Status, "wait until that has ended, and look again"))
		default:
			all = append(all, fault(what, strings.TrimRight(seen.Stacks[i].Status+": "+seen.Stacks[i].Reason, ": "),
				"aws cloudformation describe-stack-events --stack-name "+name+", mend what it says, then make deploy"))
		}
	}
	return all
}

// identities are who has rights in AWS without a key: pods of charts, and jobs.
func identities(p platform.Platform, seen Observed) []Finding {
	var all []Finding
	for _, wanted := range wantedIdentities(p, seen.Account) {
		what := fmt.Sprintf("pod identity of %s/%s", wanted.Namespace, wanted.Account)
		if slices.Contains(seen.Identities, wanted) {
			all = append(all, ok("%s", what))
			continue
		}
		all = append(all, fault(what, "there is none: its pods have no rights in AWS", "make deploy; pods that started before have to be started anew"))
	}
	return all
}

func wantedIdentities(p platform.Platform, account string) []Identity {
	var all []Identity
	for _, c := range Installed(p) {
		if c.Account != "" && (c.Name != charts.EMROperator.Name || p.FlinkOperator.Kind == platform.EMR) {
			all = append(all, Identity{c.Namespace, c.Account})
		}
	}
	if p.Observability.Grafana {
		all = append(all, Identity{charts.PrometheusStack.Namespace, charts.GrafanaAccount})
	}
	for _, t := range p.Teams {
		jobs := kubernetes.JobAccounts(t, account, p.JobRole(t.Namespace))
		names := []string{jobs.JobManager, jobs.TaskManager, jobs.Own}
		if p.FlinkOperator.Kind == platform.Apache {
			names = append(names, jobs.Charts)
		}
		for _, name := range names {
			all = append(all, Identity{t.Namespace, name})
		}
	}
	return all
}

// on are the states of what works.
var on = map[string]string{"rule": "ENABLED", "schedule": "ENABLED", "state machine": "ACTIVE"}

func eventPlane(_ platform.Platform, seen Observed) []Finding {
	var all []Finding
	count := map[string]int{}
	for _, s := range seen.Switches {
		count[s.Kind]++
		what := s.Kind + " " + s.Name
		switch {
		case s.State == on[s.Kind]:
			all = append(all, ok("%s: %s", what, s.State))
		case s.Kind == "rule":
			all = append(all, fault(what, s.State+": its events start nothing", "aws events enable-rule --name "+s.Name))
		default:
			all = append(all, fault(what, s.State+", and not "+on[s.Kind], "make deploy; a schedule that somebody switched off stays off until it is switched on"))
		}
	}
	for kind, least := range map[string]int{"rule": 1, "schedule": 1, "state machine": len(functions.Machines())} {
		if count[kind] < least {
			all = append(all, fault(kind+"s", fmt.Sprintf("the stack has %d, and it takes %d", count[kind], least), "make deploy"))
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return strings.Compare(a.What, b.What) })
	for _, q := range seen.Queues {
		if q.Messages == 0 {
			all = append(all, ok("undelivered events: none"))
			continue
		}
		all = append(all, fault("undelivered events", fmt.Sprintf("%d wait in %s", q.Messages, q.URL), "sluice replay lists them and sends them again"))
	}
	if len(seen.Queues) == 0 {
		all = append(all, fault("undelivered events", "there is no dead-letter queue: what cannot be delivered is lost", "make deploy"))
	}
	return all
}

func buckets(_ platform.Platform, seen Observed) []Finding {
	var all []Finding
	for _, b := range seen.Buckets {
		what := "bucket " + b.Name
		switch {
		case !b.Versioned:
			all = append(all, fault(what, "it keeps no versions: what is overwritten is lost", "aws s3api put-bucket-versioning --bucket "+b.Name+" --versioning-configuration Status=Enabled"))
		case !b.Unreachable:
			all = append(all, fault(what, "public access is not blocked", "aws s3api put-public-access-block --bucket "+b.Name+" --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"))
		default:
			all = append(all, ok("%s: keeps versions, no public access", what))
		}
	}
	if len(seen.Buckets) == 0 {
		all = append(all, fault("buckets", "the stacks have none", "make deploy"))
	}
	return all
}

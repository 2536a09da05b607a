package standin

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Stack is a stack. What it retains outlives it.
type Stack struct {
	Name, Status, Reason string
	Outputs              map[string]string
	Resources            []Resource
	// UsedBy are stacks that use its outputs: it is not deleted before they are.
	UsedBy []string
	// Stuck says of a resource, by its logical id, why it cannot be deleted; the
	// test takes it out when that is mended.
	Stuck map[string]string
	// Slow is how often the stack is asked about before its deletion ends.
	Slow int
	// Protected from deletion, until that is switched off.
	Protected bool

	asked int
}

// Resource is a resource of a stack.
type Resource struct {
	Logical, ID, Type string
	Retained          bool
	Status            string // empty: CREATE_COMPLETE
}

// StackID is the id of a stack by its name.
func StackID(name string) string {
	return "arn:aws:cloudformation:" + Region + ":" + Account + ":stack/" + name + "/0"
}

// find knows a stack that is there by its name, and any by its id.
func (a *AWS) find(named string) *Stack {
	for _, s := range a.Stacks {
		if named == StackID(s.Name) || named == s.Name && s.Status != "DELETE_COMPLETE" {
			return s
		}
	}
	return nil
}

func missing(named string) *fault {
	return bad("ValidationError", "Stack with id %s does not exist", named)
}

// ofStack answers an action that asks about a stack.
func (a *AWS) ofStack(answer func(form url.Values, s *Stack) (string, *fault)) func(url.Values) (string, *fault) {
	return func(form url.Values) (string, *fault) {
		a.mu.Lock()
		defer a.mu.Unlock()
		s := a.find(form.Get("StackName"))
		if s == nil {
			return "", missing(form.Get("StackName"))
		}
		return answer(form, s)
	}
}

func (a *AWS) describeStacks(form url.Values, s *Stack) (string, *fault) {
	a.goOn(s)
	if form.Get("StackName") == s.Name && s.Status == "DELETE_COMPLETE" {
		return "", missing(s.Name)
	}
	out := tags("StackName", s.Name, "StackId", StackID(s.Name), "StackStatus", s.Status, "StackStatusReason", s.Reason, "CreationTime", "2026-11-21T00:00:00Z", "EnableTerminationProtection", fmt.Sprint(s.Protected)) + "<Outputs>"
	for _, key := range sorted(s.Outputs) {
		out += "<member>" + tags("OutputKey", key, "OutputValue", s.Outputs[key]) + "</member>"
	}
	return "<Stacks><member>" + out + "</Outputs></member></Stacks>", nil
}

// goOn ends a deletion after it was asked about so often.
func (a *AWS) goOn(s *Stack) {
	if s.Status != "DELETE_IN_PROGRESS" {
		return
	}
	if s.asked++; s.asked <= s.Slow {
		return
	}
	s.Status = "DELETE_COMPLETE"
	for i := range s.Resources {
		r := &s.Resources[i]
		protected := r.Type == "AWS::EKS::Cluster" && slices.ContainsFunc(slices.Collect(maps.Values(a.Clusters)), func(c *Cluster) bool { return c.Protected })
		if protected {
			s.Stuck = map[string]string{r.Logical: "Cluster deletion is not allowed because deletion protection is enabled."}
		}
		switch why := s.Stuck[r.Logical]; {
		case why != "":
			r.Status, s.Status, s.Reason = "DELETE_FAILED", "DELETE_FAILED", "The following resource(s) failed to delete: ["+r.Logical+"]. "
		case r.Retained:
			r.Status = "DELETE_SKIPPED"
		default:
			r.Status = "DELETE_COMPLETE"
		}
	}
}

func (a *AWS) listStacks(form url.Values) (string, *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var wanted []string
	for i := 1; form.Get(fmt.Sprintf("StackStatusFilter.member.%d", i)) != ""; i++ {
		wanted = append(wanted, form.Get(fmt.Sprintf("StackStatusFilter.member.%d", i)))
	}
	out := ""
	for _, s := range a.Stacks {
		if slices.Contains(wanted, s.Status) {
			out += "<member>" + tags("StackName", s.Name, "StackId", StackID(s.Name), "StackStatus", s.Status, "CreationTime", "2026-11-21T00:00:00Z", "DeletionTime", "2026-11-21T01:00:00Z") + "</member>"
		}
	}
	return "<StackSummaries>" + out + "</StackSummaries>", nil
}

func (a *AWS) listResources(_ url.Values, s *Stack) (string, *fault) {
	out := ""
	for _, r := range s.Resources {
		status := r.Status
		if status == "" {
			status = "CREATE_COMPLETE"
		}
		out += "<member>" + tags("LogicalResourceId", r.Logical, "PhysicalResourceId", r.ID, "ResourceType", r.Type, "ResourceStatus", status, "LastUpdatedTimestamp", "2026-11-21T00:00:00Z") + "</member>"
	}
	return "<StackResourceSummaries>" + out + "</StackResourceSummaries>", nil
}

func (a *AWS) deleteStack(form url.Values) (string, *fault) {
	s := a.find(form.Get("StackName"))
	if s == nil {
		return "", nil // as AWS: to delete what is not there is no fault
	}
	a.mu.Lock()
	if s.Protected {
		a.mu.Unlock()
		return "", bad("ValidationError", "Stack [%s] cannot be deleted while TerminationProtection is enabled", s.Name)
	}
	for _, user := range s.UsedBy {
		if other := a.find(user); other != nil {
			a.mu.Unlock()
			return "", bad("ValidationError", "Export %s:Output cannot be deleted as it is in use by %s", s.Name, user)
		}
	}
	a.mu.Unlock()
	return "", a.changes("DeleteStack "+s.Name, func() { s.Status, s.asked = "DELETE_IN_PROGRESS", 0 })
}

func (a *AWS) protect(form url.Values) (string, *fault) {
	a.mu.Lock()
	s := a.find(form.Get("StackName"))
	a.mu.Unlock()
	switch {
	case s == nil:
		return "", missing(form.Get("StackName"))
	case form.Get("EnableTerminationProtection") != "false":
		return "", bad("ValidationError", "the stand-in only switches it off")
	}
	return tags("StackId", StackID(s.Name)), a.changes("UpdateTerminationProtection "+s.Name, func() { s.Protected = false })
}

func (a *AWS) events(_ url.Values, s *Stack) (string, *fault) {
	out := ""
	for _, r := range s.Resources {
		if why := s.Stuck[r.Logical]; why != "" && r.Status == "DELETE_FAILED" {
			out += "<member>" + tags("EventId", r.Logical, "StackId", StackID(s.Name), "StackName", s.Name, "LogicalResourceId", r.Logical, "PhysicalResourceId", r.ID, "ResourceType", r.Type, "ResourceStatus", "DELETE_FAILED", "ResourceStatusReason", why, "Timestamp", "2026-11-21T00:00:00Z") + "</member>"
		}
	}
	return "<StackEvents>" + out + "</StackEvents>", nil
}

// template says which resources are retained.
func (a *AWS) template(_ url.Values, s *Stack) (string, *fault) {
	resources := map[string]any{}
	for _, r := range s.Resources {
		policy := "Delete"
		if r.Retained {
			policy = "Retain"
		}
		resources[r.Logical] = map[string]any{"Type": r.Type, "DeletionPolicy": policy}
	}
	body, _ := json.Marshal(map[string]any{"Resources": resources}) // strings: cannot fail
	return tags("TemplateBody", string(body)), nil
}

// Named are the names of the stacks that are there, joined.
func (a *AWS) Named() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var names []string
	for _, s := range a.Stacks {
		if s.Status != "DELETE_COMPLETE" {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, " ")
}

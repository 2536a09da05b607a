package standin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// json answers the services that name the action in X-Amz-Target
// (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html).
func (a *AWS) json(w http.ResponseWriter, r *http.Request) {
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var in map[string]any
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		writeJSON(w, nil, bad("SerializationException", "%v", err))
		return
	}
	operations := map[string]func(map[string]any) (any, *fault){
		"DescribeRule": a.describeRule, "DisableRule": a.disableRule, "DescribeStateMachine": a.describeMachine,
		"GetQueueAttributes": a.queueAttributes, "DescribeLogGroups": a.logGroups, "GetResources": a.resources,
	}
	do, known := operations[action]
	if refused := a.begins(action, known); refused != nil {
		writeJSON(w, nil, refused)
		return
	}
	out, refused := do(in)
	writeJSON(w, out, refused)
}

func writeJSON(w http.ResponseWriter, out any, refused *fault) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if refused != nil {
		if refused.code == died {
			hangUp(w)
			return
		}
		w.Header().Set("X-Amzn-ErrorType", refused.code)
		w.WriteHeader(refused.status)
		out = map[string]string{"__type": refused.code, "message": refused.message}
	}
	_ = json.NewEncoder(w).Encode(out) // a client that has gone needs no answer
}

// ruleID is what CloudFormation calls a rule.
func ruleID(in map[string]any) string {
	name, _ := in["Name"].(string)
	if bus, _ := in["EventBusName"].(string); bus != "" && bus != "default" {
		return bus + "|" + name
	}
	return name
}

func (a *AWS) state(id, missing string) (string, *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	state, is := a.Switches[id]
	if !is {
		return "", bad(missing, "%s does not exist.", id)
	}
	return state, nil
}

func (a *AWS) describeRule(in map[string]any) (any, *fault) {
	state, missing := a.state(ruleID(in), "ResourceNotFoundException")
	return map[string]any{"Name": in["Name"], "State": state}, missing
}

func (a *AWS) disableRule(in map[string]any) (any, *fault) {
	id := ruleID(in)
	if _, missing := a.state(id, "ResourceNotFoundException"); missing != nil {
		return nil, missing
	}
	return map[string]any{}, a.changes("DisableRule "+id, func() { a.Switches[id] = "DISABLED" })
}

func (a *AWS) describeMachine(in map[string]any) (any, *fault) {
	arn, _ := in["stateMachineArn"].(string)
	state, missing := a.state(arn, "StateMachineDoesNotExist")
	return map[string]any{"stateMachineArn": arn, "name": arn[strings.LastIndex(arn, ":")+1:], "status": state, "definition": "{}", "roleArn": "arn:aws:iam::" + Account + ":role/r", "type": "STANDARD", "creationDate": 1}, missing
}

func (a *AWS) queueAttributes(in map[string]any) (any, *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n, is := a.Queues[in["QueueUrl"].(string)]
	if !is {
		return nil, bad("QueueDoesNotExist", "the specified queue does not exist")
	}
	return map[string]any{"Attributes": map[string]string{"ApproximateNumberOfMessages": strconv.Itoa(n)}}, nil
}

func (a *AWS) logGroups(in map[string]any) (any, *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	prefix, _ := in["logGroupNamePrefix"].(string)
	groups := []any{}
	for _, name := range sorted(a.LogGroups) {
		if strings.HasPrefix(name, prefix) {
			groups = append(groups, map[string]any{"logGroupName": name, "storedBytes": a.LogGroups[name]})
		}
	}
	return map[string]any{"logGroups": groups}, nil
}

// resources finds what has a tag: filters are all to be met, of a filter's values one.
func (a *AWS) resources(in map[string]any) (any, *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kinds, _ := in["ResourceTypeFilters"].([]any)
	filters, _ := in["TagFilters"].([]any)
	found := []any{}
	for _, one := range a.Tagged {
		if !ofKind(one.ARN, kinds) || !tagged(one.Tags, filters) {
			continue
		}
		found = append(found, map[string]any{"ResourceARN": one.ARN})
	}
	return map[string]any{"ResourceTagMappingList": found, "PaginationToken": ""}, nil
}

// ofKind: elasticloadbalancing:loadbalancer is arn:aws:elasticloadbalancing:…:loadbalancer/….
func ofKind(arn string, kinds []any) bool {
	for _, kind := range kinds {
		service, resource, _ := strings.Cut(kind.(string), ":")
		parts := strings.SplitN(arn, ":", 6)
		if parts[2] == service && strings.HasPrefix(parts[5], resource+"/") {
			return true
		}
	}
	return len(kinds) == 0
}

func tagged(tags map[string]string, filters []any) bool {
	for _, f := range filters {
		filter := f.(map[string]any)
		value, is := tags[filter["Key"].(string)]
		values, _ := filter["Values"].([]any)
		match := len(values) == 0
		for _, v := range values {
			match = match || v == value
		}
		if !is || !match {
			return false
		}
	}
	return true
}

// rest answers the services whose action is a method and a path.
func (a *AWS) rest(w http.ResponseWriter, r *http.Request, service string) {
	parts := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i := range parts {
		parts[i], _ = url.PathUnescape(parts[i])
	}
	action, do := "", func() (any, *fault) { return nil, nil }
	switch {
	case service == "eks" && r.Method == http.MethodGet && len(parts) == 2:
		action, do = "DescribeCluster", func() (any, *fault) { return a.describeCluster(parts[1]) }
	case service == "eks" && r.Method == http.MethodGet && len(parts) == 3 && parts[2] == "pod-identity-associations":
		action, do = "ListPodIdentityAssociations", func() (any, *fault) { return a.listIdentities(parts[1]) }
	case service == "eks" && r.Method == http.MethodPost && len(parts) == 3 && parts[2] == "update-config":
		action, do = "UpdateClusterConfig", func() (any, *fault) { return a.updateCluster(parts[1], r.Body) }
	case service == "scheduler" && r.Method == http.MethodGet && len(parts) == 2:
		action, do = "GetSchedule", func() (any, *fault) { return a.getSchedule(parts[1]) }
	case service == "scheduler" && r.Method == http.MethodPut && len(parts) == 2:
		action, do = "UpdateSchedule", func() (any, *fault) { return a.updateSchedule(parts[1], r.Body) }
	default:
		action = service + " " + r.Method + " " + r.URL.Path
	}
	if refused := a.begins(action, !strings.Contains(action, " ")); refused != nil {
		writeJSON(w, nil, refused)
		return
	}
	out, refused := do()
	writeJSON(w, out, refused)
}

func (a *AWS) describeCluster(name string) (any, *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.Clusters[name]
	if c == nil {
		return nil, &fault{http.StatusNotFound, "ResourceNotFoundException", "No cluster found for name: " + name + "."}
	}
	return map[string]any{"cluster": map[string]any{
		"name": name, "status": "ACTIVE", "endpoint": c.Endpoint, "certificateAuthority": map[string]any{"data": c.CertificateAuthority},
		"deletionProtection": c.Protected,
		"resourcesVpcConfig": map[string]any{"endpointPublicAccess": c.Public, "endpointPrivateAccess": true},
	}}, nil
}

// updateCluster switches the protection from deletion, and nothing else.
func (a *AWS) updateCluster(name string, body io.Reader) (any, *fault) {
	var in map[string]any
	if err := json.NewDecoder(body).Decode(&in); err != nil {
		return nil, bad("SerializationException", "%v", err)
	}
	protected, is := in["deletionProtection"].(bool)
	if !is || len(in) > 2 { // and a token of the client's
		return nil, bad("InvalidParameterException", "the stand-in changes deletionProtection alone: %v", in)
	}
	a.mu.Lock()
	c := a.Clusters[name]
	a.mu.Unlock()
	if c == nil {
		return nil, &fault{http.StatusNotFound, "ResourceNotFoundException", "No cluster found for name: " + name + "."}
	}
	return map[string]any{"update": map[string]any{"status": "InProgress"}}, a.changes("UpdateClusterConfig "+name, func() { c.Protected = protected })
}

func (a *AWS) listIdentities(cluster string) (any, *fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.Clusters[cluster] == nil {
		return nil, &fault{http.StatusNotFound, "ResourceNotFoundException", "No cluster found for name: " + cluster + "."}
	}
	all := []any{}
	for _, name := range sorted(a.Identities) {
		namespace, account, _ := strings.Cut(name, "/")
		all = append(all, map[string]any{"clusterName": cluster, "namespace": namespace, "serviceAccount": account})
	}
	return map[string]any{"associations": all}, nil
}

func (a *AWS) getSchedule(name string) (any, *fault) {
	state, missing := a.state(name, "ResourceNotFoundException")
	if missing != nil {
		missing.status = http.StatusNotFound
		return nil, missing
	}
	return map[string]any{"Name": name, "GroupName": "default", "State": state, "ScheduleExpression": "rate(5 minutes)", "FlexibleTimeWindow": map[string]any{"Mode": "OFF"},
		"Target": map[string]any{"Arn": "arn:aws:states:" + Region + ":" + Account + ":stateMachine:recover", "RoleArn": "arn:aws:iam::" + Account + ":role/schedule", "Input": "{}"}}, nil
}

// updateSchedule takes the place of the whole schedule, as AWS's does.
func (a *AWS) updateSchedule(name string, body io.Reader) (any, *fault) {
	var in struct {
		State, ScheduleExpression string
		FlexibleTimeWindow        struct{ Mode string }
		Target                    struct{ Arn, RoleArn, Input string }
	}
	if err := json.NewDecoder(body).Decode(&in); err != nil || in.ScheduleExpression == "" || in.FlexibleTimeWindow.Mode == "" || in.Target.Arn == "" || in.Target.RoleArn == "" {
		return nil, bad("ValidationException", "a schedule needs its expression, window and target: %v", err)
	}
	return map[string]any{"ScheduleArn": "arn:aws:scheduler:" + Region + ":" + Account + ":schedule/default/" + name}, a.changes("UpdateSchedule "+name+" "+in.State, func() { a.Switches[name] = in.State })
}

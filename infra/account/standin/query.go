package standin

import (
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// query answers the services whose requests are forms and whose answers are XML:
// CloudFormation (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html) and
// EC2 (https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html).
func (a *AWS) query(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, err := url.ParseQuery(string(body))
	if err != nil {
		writeXML(w, "", bad("MalformedQueryString", "%v", err), false)
		return
	}
	action := form.Get("Action")
	operations := map[string]func(url.Values) (string, *fault){
		"DescribeStacks": a.ofStack(a.describeStacks), "ListStacks": a.listStacks, "ListStackResources": a.ofStack(a.listResources), "DeleteStack": a.deleteStack, "UpdateTerminationProtection": a.protect,
		"DescribeStackEvents": a.ofStack(a.events), "GetCallerIdentity": a.identity, "GetTemplate": a.ofStack(a.template),
		"DescribeInstances": a.instances, "DescribeVolumes": a.volumes, "DescribeNetworkInterfaces": a.interfaces, "DescribeAddresses": a.addresses, "DescribeSnapshots": a.snapshots,
	}
	do, known := operations[action]
	ec2 := form.Get("Version") == "2016-11-15"
	if refused := a.begins(action, known); refused != nil {
		writeXML(w, "", refused, ec2)
		return
	}
	out, refused := do(form)
	if !ec2 {
		out = fmt.Sprintf(`<%sResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><%sResult>%s</%sResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></%sResponse>`, action, action, out, action, action)
	} else {
		out = fmt.Sprintf(`<%sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>%s</%sResponse>`, action, out, action)
	}
	writeXML(w, out, refused, ec2)
}

// identity is the one answer of STS.
func (a *AWS) identity(url.Values) (string, *fault) {
	return tags("Account", Account, "UserId", "AIDASTANDIN", "Arn", "arn:aws:iam::"+Account+":user/anna"), nil
}

func writeXML(w http.ResponseWriter, out string, refused *fault, ec2 bool) {
	w.Header().Set("Content-Type", "text/xml")
	if refused != nil {
		if refused.code == died {
			hangUp(w)
			return
		}
		w.WriteHeader(refused.status)
		out = fmt.Sprintf("<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>", refused.code, text(refused.message))
		if ec2 {
			out = fmt.Sprintf("<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>r</RequestID></Response>", refused.code, text(refused.message))
		}
	}
	_, _ = io.WriteString(w, out) // a client that has gone needs no answer
}

func text(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// tags are pairs of name and text, one after the other.
func tags(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(&b, "<%s>%s</%s>", pairs[i], text(pairs[i+1]), pairs[i])
	}
	return b.String()
}

// EC2 is what of a region's machines and networks is looked at.
type EC2 struct {
	Instances, Volumes, Interfaces, Addresses, Snapshots []Machine
}

// Machine is one of them: its id, its state, and its tags. Interfaces stand in a VPC.
type Machine struct {
	ID, State, VPC string
	GiB            int
	Tags           map[string]string
}

// matching are those that meet the filters of a request.
func matching(all []Machine, form url.Values) []Machine {
	var found []Machine
	for _, m := range all {
		meets := true
		for i := 1; ; i++ {
			name := form.Get(fmt.Sprintf("Filter.%d.Name", i))
			if name == "" {
				break
			}
			var values []string
			for k := 1; ; k++ {
				v := form.Get(fmt.Sprintf("Filter.%d.Value.%d", i, k))
				if v == "" {
					break
				}
				values = append(values, v)
			}
			meets = meets && m.meets(name, values)
		}
		if meets {
			found = append(found, m)
		}
	}
	return found
}

func (m Machine) meets(name string, values []string) bool {
	switch {
	case strings.HasPrefix(name, "tag:"):
		return slices.Contains(values, m.Tags[strings.TrimPrefix(name, "tag:")])
	case name == "tag-key":
		return slices.ContainsFunc(values, func(v string) bool { _, is := m.Tags[v]; return is })
	case name == "vpc-id":
		return slices.Contains(values, m.VPC)
	case name == "status" || name == "instance-state-name":
		return slices.Contains(values, m.State)
	}
	panic("the stand-in does not know the filter " + name)
}

func items(all []Machine, one func(Machine) string) string {
	var b strings.Builder
	for _, m := range all {
		b.WriteString("<item>" + one(m) + "</item>")
	}
	return b.String()
}

func (a *AWS) instances(form url.Values) (string, *fault) {
	return "<reservationSet><item><instancesSet>" + items(matching(a.EC2.Instances, form), func(m Machine) string {
		return tags("instanceId", m.ID) + "<instanceState><code>16</code><name>" + m.State + "</name></instanceState>"
	}) + "</instancesSet></item></reservationSet>", nil
}

func (a *AWS) volumes(form url.Values) (string, *fault) {
	return "<volumeSet>" + items(matching(a.EC2.Volumes, form), func(m Machine) string {
		return tags("volumeId", m.ID, "status", m.State, "size", fmt.Sprint(m.GiB))
	}) + "</volumeSet>", nil
}

func (a *AWS) interfaces(form url.Values) (string, *fault) {
	return "<networkInterfaceSet>" + items(matching(a.EC2.Interfaces, form), func(m Machine) string {
		return tags("networkInterfaceId", m.ID, "status", m.State, "vpcId", m.VPC)
	}) + "</networkInterfaceSet>", nil
}

func (a *AWS) addresses(form url.Values) (string, *fault) {
	return "<addressesSet>" + items(matching(a.EC2.Addresses, form), func(m Machine) string { return tags("allocationId", m.ID, "publicIp", "203.0.113.1") }) + "</addressesSet>", nil
}

func (a *AWS) snapshots(form url.Values) (string, *fault) {
	return "<snapshotSet>" + items(matching(a.EC2.Snapshots, form), func(m Machine) string {
		return tags("snapshotId", m.ID, "status", m.State, "volumeSize", fmt.Sprint(m.GiB))
	}) + "</snapshotSet>", nil
}

package real

import (
	"os"
	"strings"
	"testing"
)

// conf is the configuration that the local operator is installed with.
func conf(t *testing.T) string {
	t.Helper()
	body, err := os.ReadFile("../../../local/cluster/manifests/operator.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(body), "flink-conf.yaml: |")
	text, _, _ := strings.Cut(rest, "log4j-operator.properties")
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "    ")
	}
	return strings.Join(lines, "")
}

func TestEveryGroupIsAmongWhatIsShipped(t *testing.T) {
	shipped := settings{conf: conf(t), options: "-Dsun.net.inetaddr.ttl=1"}
	none := shipped.only()
	if none.options != "" {
		t.Errorf("the defaults have the options %q", none.options)
	}
	for _, g := range groups {
		alone := shipped.only(g.name)
		if alone == none {
			t.Errorf("%s: there is nothing of it in the manifest", g.name)
		}
		for _, key := range g.keys {
			if strings.Contains(none.conf, "\n"+key) || !strings.Contains(alone.conf, "\n"+key) {
				t.Errorf("%s: %s has to be in its own settings and not in the defaults", g.name, key)
			}
		}
	}
	if all := shipped.only(Groups()...); all != shipped {
		t.Error("all groups together are not what is shipped")
	}
}

func TestTheDefaultsKeepWhatAJobNeeds(t *testing.T) {
	none := settings{conf: conf(t)}.only()
	for _, key := range []string{"s3.endpoint:", "env.java.opts.all:", "kubernetes.operator.health.probe.enabled:", "kubernetes.operator.deployment.rollback.enabled: false"} {
		if !strings.Contains(none.conf, "\n"+key) {
			t.Errorf("%s is gone", key)
		}
	}
}

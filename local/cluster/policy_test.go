package cluster

import (
	"os"
	"path"
	"testing"
)

func TestThePoliciesAreThoseThatRunOnEKS(t *testing.T) {
	for _, file := range []string{fencePolicy, rehearsal} {
		here, err := manifests.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		there, err := os.ReadFile("../../infra/kubernetes/" + path.Base(file))
		if err != nil {
			t.Fatal(err)
		}
		if string(here) != string(there) {
			t.Errorf("%s differs: run make generate", file)
		}
	}
	objects, err := render(Options{Teams: []string{"team-a"}})
	if err != nil {
		t.Fatal(err)
	}
	if closed := find(t, objects, "NetworkPolicy", "sluice-rehearsal"); closed.GetNamespace() != "team-a" {
		t.Errorf("rehearsals are closed in namespace %q", closed.GetNamespace())
	}
	for _, name := range []string{"sluice-fence", "sluice-fence-grows"} {
		find(t, objects, "ValidatingAdmissionPolicy", name)
	}
	for _, name := range []string{"sluice-fence-of-the-resource", "sluice-fence-of-the-application", "sluice-fence-grows"} {
		find(t, objects, "ValidatingAdmissionPolicyBinding", name)
	}
}

package cluster

import (
	"os"
	"testing"
)

func TestTheFenceIsTheOneThatRunsOnEKS(t *testing.T) {
	here, err := manifests.ReadFile(fencePolicy)
	if err != nil {
		t.Fatal(err)
	}
	there, err := os.ReadFile("../../infra/kubernetes/fence-policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(here) != string(there) {
		t.Error("the policies differ: run make generate")
	}
	objects, err := render(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sluice-fence", "sluice-fence-grows"} {
		find(t, objects, "ValidatingAdmissionPolicy", name)
	}
	for _, name := range []string{"sluice-fence-of-the-resource", "sluice-fence-of-the-application", "sluice-fence-grows"} {
		find(t, objects, "ValidatingAdmissionPolicyBinding", name)
	}
}

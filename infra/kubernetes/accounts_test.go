package kubernetes_test

import (
	"testing"

	"github.com/sluice-flink/sluice/infra/kubernetes"
)

func TestARolesNameIsWrittenAsEMRWritesIt(t *testing.T) {
	for name, want := range map[string]string{"+=,.@-_": "3bu5b0xg4tb", "abcdefghijkl+=,.@-_": "1ll75jdngh5gbk11wbh7h35ji05wtb"} {
		if got := kubernetes.Base36(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

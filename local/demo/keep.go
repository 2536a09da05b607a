package demo

import (
	"context"
	"fmt"
	"os"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/sluice-flink/sluice/internal/flinkui"
	"github.com/sluice-flink/sluice/local/demo/laptop"
)

// keep leaves everything running until ctx is done, and says how to look around.
func (s *stage) keep(ctx context.Context, l *laptop.Laptop) error {
	config, err := clientcmd.BuildConfigFromFlags("", l.Where.Kubeconfig)
	if err != nil {
		return err
	}
	ui, err := flinkui.Serve(config, counter.Namespace, counter.Name)
	if err != nil {
		return err
	}
	s.say("Everything goes on running. To look around, in another terminal:\n\n%s", LookAround(l, s.dir, ui.URL()))
	s.say("Ctrl-C ends it and removes everything.")
	<-ctx.Done()
	return ui.Close()
}

// LookAround says how to use a running installation from another terminal. ui
// is the URL of Flink's Web UI, or empty.
func LookAround(l *laptop.Laptop, dir, ui string) string {
	w, self := l.Where, "sluice"
	if path, err := os.Executable(); err == nil {
		self = path
	}
	text := ""
	if ui != "" {
		text += "  Flink Web UI   " + ui + "\n"
	}
	return text + fmt.Sprintf(`  releases       %[1]s releases --dir %[2]s
                 %[1]s status --dir %[2]s
                 %[1]s show --dir %[2]s %[3]s
  Kubernetes     export KUBECONFIG=%[4]s
                 kubectl get flinkdeployments -A
                 kubectl get pods -A
  S3             export AWS_ENDPOINT_URL_S3=%[5]s AWS_REGION=%[6]s AWS_ACCESS_KEY_ID=%[7]s AWS_SECRET_ACCESS_KEY=%[8]s
                 aws s3 ls --recursive s3://%[9]s/
                 aws s3 cp my.jar s3://%[9]s/%[3]s/      releases it
                 aws s3 ls --recursive s3://%[10]s/
`, self, dir, counter, w.Kubeconfig, w.S3, w.Region, w.AccessKey, w.SecretKey, w.Artifacts, w.Data)
}

package launch

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/local/kube/internal/options"
)

func TestAFolderBelongsToOneClusterAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	_, unlock, err := claimDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := claimDir(dir); err == nil || !strings.Contains(err.Error(), "another sluice-kube uses") {
		t.Errorf("a second claim: %v", err)
	}
	unlock()
	_, unlock, err = claimDir(dir)
	if err != nil {
		t.Fatalf("after the first let go: %v", err)
	}
	unlock()
}

func TestAnEgressSocketLeadsToItsTarget(t *testing.T) {
	target, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	go func() {
		if c, err := target.Accept(); err == nil {
			_, _ = io.WriteString(c, "from the host")
			c.Close()
		}
	}()
	c := Config{Dir: shortDir(t)}
	closeAll, err := openSockets(&c, []options.Egress{{Namespace: "s3", Service: "objects", Port: 9000, Target: target.Addr().String()}})
	defer closeAll()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", c.Egress[0].Socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if text, err := io.ReadAll(conn); err != nil || string(text) != "from the host" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestAFolderWhosePathIsTooLongForSocketsIsRefused(t *testing.T) {
	c := Config{Dir: "/" + strings.Repeat("x", 120)}
	_, err := openSockets(&c, []options.Egress{{Namespace: "a", Service: "b", Port: 1, Target: "h:1"}})
	if err == nil || !strings.Contains(err.Error(), "shorten it by") {
		t.Errorf("got %v", err)
	}
}

func TestAPortThatIsTakenIsSaidBeforeAnythingStarts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	images := filepath.Join(dir, "images.json")
	if err := os.WriteFile(images, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	err = Run(context.Background(), options.Options{Dir: dir, Images: images, Listen: l.Addr().String()}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "cannot listen for the API server on "+l.Addr().String()) {
		t.Errorf("got %v", err)
	}
}

func TestOnlyOtherUsersThanRootGetAUserNamespace(t *testing.T) {
	if at := namespaces(0, 0); len(at.UidMappings) != 0 {
		t.Error("root is mapped")
	}
	at := namespaces(1000, 1001)
	if len(at.UidMappings) != 1 || at.UidMappings[0].HostID != 1000 || at.UidMappings[0].ContainerID != 0 || at.GidMappings[0].HostID != 1001 {
		t.Errorf("got %+v", at)
	}
}

// shortDir is a folder whose path leaves room for a socket's name.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

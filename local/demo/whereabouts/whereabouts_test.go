package whereabouts

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsWrittenIsReadByTheOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	want := Whereabouts{Process: 7, S3: "http://127.0.0.1:1", SecretKey: "s", Placeholders: map[string]string{"DATA_BUCKET": "data"}}
	if err := Write(dir, want); err != nil {
		t.Fatal(err)
	}
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	st, err := os.Stat(filepath.Join(dir, File))
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", st.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("beside the file there is %v", left)
	}
}

func TestAMissingFileSaysHowToStartAPlane(t *testing.T) {
	dir := t.TempDir()
	_, err := Read(dir)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "sluice local --dir "+dir) {
		t.Errorf("got %v", err)
	}
	if err := Remove(dir); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
}

func TestADamagedFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, File), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "remove it and start sluice local again") {
		t.Errorf("got %v", err)
	}
}

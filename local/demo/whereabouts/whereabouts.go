package whereabouts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is the file's name in the plane's directory.
const File = "local.json"

// DefaultDir is where a plane keeps its files unless it is told otherwise,
// below the working directory.
const DefaultDir = ".sluice"

// Whereabouts says where everything of a local plane is.
type Whereabouts struct {
	Process   int    `json:"process"` // id of the process that runs the plane
	Region    string `json:"region"`
	AccessKey string `json:"accessKey"`
	SecretKey string `json:"secretKey"`

	S3     string `json:"s3"`     // URL of the gateway, path-style
	Events string `json:"events"` // URL of the EventBridge API
	States string `json:"states"` // URL of the Step Functions API
	Door   string `json:"door"`   // URL that takes events as Amazon's own services send them: see Send

	Artifacts string `json:"artifacts"` // bucket users drop jars and manifests into
	Ledger    string `json:"ledger"`    // bucket of the ledger
	Data      string `json:"data"`      // bucket of checkpoints, savepoints and the sample job's output
	EventBus  string `json:"eventBus"`  // bus of Sluice's own events
	Machine   string `json:"machine"`   // ARN of the release machine

	Undelivered string `json:"undelivered"` // URL of the queue of events that could not be delivered

	Kubeconfig   string            `json:"kubeconfig"`
	Operator     string            `json:"operator"`     // emr or apache
	Placeholders map[string]string `json:"placeholders"` // what ${NAME} in a manifest is filled in with
}

// Write leaves the file in dir. It is there whole or not at all.
func Write(dir string, w Whereabouts) error {
	body, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", File, err)
	}
	f, err := os.CreateTemp(dir, File+".*") // 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", File, err)
	}
	_, err = f.Write(append(body, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, File))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", File, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// Remove takes the file away, when the plane has ended.
func Remove(dir string) error {
	err := os.Remove(filepath.Join(dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Read reads the file in dir. The error wraps fs.ErrNotExist when no plane runs there.
func Read(dir string) (Whereabouts, error) {
	var w Whereabouts
	path := filepath.Join(dir, File)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return w, fmt.Errorf("no local plane runs in %s: start one with sluice local --dir %s (%w)", dir, dir, fs.ErrNotExist)
	}
	if err != nil {
		return w, err
	}
	if err := json.Unmarshal(body, &w); err != nil {
		return w, fmt.Errorf("%s cannot be read (%w): remove it and start sluice local again", path, err)
	}
	return w, nil
}

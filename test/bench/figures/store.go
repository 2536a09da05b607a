package figures

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Results is everything that was measured. A part that was not is empty.
type Results struct {
	Downtime  Session   // pairs of upgrades, with the operator's defaults
	Settings  Session   // pairs of upgrades, with each group of the settings that are shipped
	Rollback  Session   // pairs of versions that fail, with the settings that are shipped
	Release   Release   // in process
	Functions Functions // what is deployed
	Rotations Rotations // in process
	Alarm     Alarm     // in process
}

func (r *Results) parts() map[string]any {
	return map[string]any{"downtime": &r.Downtime, "settings": &r.Settings, "rollback": &r.Rollback, "release": &r.Release, "functions": &r.Functions, "rotations": &r.Rotations, "alarm": &r.Alarm}
}

// Load reads the files of a folder. A file that is not there is a part that was
// not measured.
func Load(dir string) (Results, error) {
	var r Results
	for name, part := range r.parts() {
		path := filepath.Join(dir, name+".json")
		body, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(body, part)
		}
		if err != nil {
			return r, fmt.Errorf("read %s: %w", path, err)
		}
	}
	return r, nil
}

// Save writes one part.
func (r *Results) Save(dir, name string) error {
	part, ok := r.parts()[name]
	if !ok {
		return fmt.Errorf("there is no part %q", name)
	}
	body, err := json.MarshalIndent(part, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".json"), append(body, '\n'), 0o644)
}

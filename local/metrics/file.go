package metrics

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// readStatuses reads what an earlier process kept.
func readStatuses(file string) ([]Status, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []Status
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used, remove it to begin without the alarms that were put: %w", file, err)
	}
	return all, nil
}

// keep writes definitions and states in one step. The lock is held.
func (s *Service) keep() error {
	var all []Status
	for _, name := range slices.Sorted(maps.Keys(s.alarms)) {
		all = append(all, *s.alarms[name])
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.o.File), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(s.o.File+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(s.o.File+".new", s.o.File)
}

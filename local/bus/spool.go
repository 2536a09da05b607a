package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// spool keeps things as JSON files of one directory, by id.
type spool[T any] struct{ dir string }

const spooled = ".json"

// put writes a file in one step: a reader sees all of it or nothing.
func (s spool[T]) put(id string, thing T) error {
	text, err := json.MarshalIndent(thing, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(text)
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), s.path(id))
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}

func (s spool[T]) remove(id string) error { return os.Remove(s.path(id)) }

func (s spool[T]) path(id string) string { return filepath.Join(s.dir, filepath.Base(id)+spooled) }

// all reads every file, ordered by id.
func (s spool[T]) all() ([]T, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []T
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), spooled) {
			continue
		}
		var thing T
		text, err := os.ReadFile(filepath.Join(s.dir, entry.Name()))
		if err == nil {
			err = json.Unmarshal(text, &thing)
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read, remove or repair it: %w", filepath.Join(s.dir, entry.Name()), err)
		}
		all = append(all, thing)
	}
	return all, nil
}

package jsonata

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// PathVariable is the environment variable that names the JavaScript file; it
// wins over every other place.
const PathVariable = "SLUICE_JSONATA"

// packageDir is where npm puts the package, below any directory that has a package.json.
var packageDir = filepath.Join("node_modules", "jsonata")

// fileNames in the order they are tried. The modern build needs no promise
// polyfill and evaluates four times as fast as the ES5 one.
var fileNames = []string{"jsonata.min.js", "jsonata.js", "jsonata-es5.min.js"}

// Find returns the path of jsonata.js: what SLUICE_JSONATA names, else the
// nearest node_modules/jsonata at or above the working directory, else at or
// above the directory of the running program. The error says what to do.
func Find() (string, error) {
	if path := os.Getenv(PathVariable); path != "" {
		if !isFile(path) {
			return "", fmt.Errorf("%s names %s, which is not a file: correct or unset it", PathVariable, path)
		}
		return path, nil
	}
	for _, start := range startDirs() {
		if path, ok := findAbove(start); ok {
			return path, nil
		}
	}
	return "", errors.New("jsonata.js was not found (node_modules/jsonata, here or in a directory above): run `make setup`, or set " + PathVariable + " to the file")
}

func startDirs() []string {
	var dirs []string
	if dir, err := os.Getwd(); err == nil {
		dirs = append(dirs, dir)
	}
	if program, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(program))
	}
	return dirs
}

func findAbove(dir string) (string, bool) {
	for {
		for _, name := range fileNames {
			if path := filepath.Join(dir, packageDir, name); isFile(path) {
				return path, true
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Type() == fs.FileMode(0)
}

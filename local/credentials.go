package local

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Credentials are keys that are good for one plane and nothing else.
type Credentials struct {
	AccessKey string `json:"accessKey"`
	SecretKey string `json:"secretKey"`
}

// credentialsIn reads the keys of a plane's directory and makes them the first time.
func credentialsIn(dir string) (Credentials, error) {
	path := filepath.Join(dir, "credentials.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeCredentials(path)
	}
	var c Credentials
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err == nil && (c.AccessKey == "" || c.SecretKey == "") {
		err = errors.New("a key is empty")
	}
	if err != nil {
		return c, fmt.Errorf("%s cannot be used, remove it for new keys: %w", path, err)
	}
	return c, nil
}

func makeCredentials(path string) (Credentials, error) {
	c := Credentials{AccessKey: "LOCAL" + rand.Text()[:15], SecretKey: rand.Text() + rand.Text()}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return c, err
	}
	return c, os.WriteFile(path, text, 0o600)
}

package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestAnUnknownPartIsNamedWithThoseThereAre(t *testing.T) {
	err := run(t.Context(), []string{"-only", "downtime,speed"}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), `no part "speed"`) || !strings.Contains(err.Error(), "rollback") {
		t.Errorf("got %v", err)
	}
}

package demo

import (
	"context"
	"fmt"
	"strings"
)

// Releases is the scene that is told when none is asked for.
const Releases = "releases"

// scene is a story of its own, each on an installation of its own.
type scene struct {
	name  string
	about string // for whoever chooses one
	tell  func(*stage, context.Context) error
}

var scenes = []scene{
	{Releases, "five jars are dropped, of which three are bad", (*stage).tell},
	{Remediate, "a version begins to fail long after its release, and an alarm brings the old one back", (*stage).remediate},
	{Rotate, "ten savepoints are taken and proven, one is damaged and found, three are retired, and one is forked", (*stage).rotate},
}

// Scenes says which scenes there are, and what each is about.
func Scenes() string {
	var all []string
	for _, s := range scenes {
		all = append(all, s.name+" ("+s.about+")")
	}
	return strings.Join(all, ", ")
}

func find(name string) (scene, error) {
	for _, s := range scenes {
		if s.name == name || name == "" && s.name == Releases {
			return s, nil
		}
	}
	return scene{}, fmt.Errorf("there is no scene %q; there are: %s", name, Scenes())
}

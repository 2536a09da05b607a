package stage

import (
	"github.com/sluice-flink/sluice/internal/flink/targettest"
	"github.com/sluice-flink/sluice/internal/jar/jartest"
	"github.com/sluice-flink/sluice/internal/manifest/manifesttest"
)

// Manifest is an application.yaml in order, with a short policy.
const Manifest = manifesttest.Short

// Jar makes a jar with an entry class, another for each name, and says how it
// behaves on the model. attributes are further lines of its own manifest.
func (s *Stage) Jar(name string, b targettest.Behaviour, attributes ...string) []byte {
	s.t.Helper()
	body := jartest.Make(name, attributes...)
	s.Model.Plant(jartest.SHA256(body), b)
	return body
}
